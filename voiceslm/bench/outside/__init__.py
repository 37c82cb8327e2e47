"""The whole product behind real sound software, judged by nothing but what sounds and what is published.

`server` is the sound server with its rooms, `program` a process in one of them, `tape` what is recorded;
`chain` is the serial chain of the same libraries as such a program. `questions`, `commands` and `starts` try
things, `run` does all of it.
"""
