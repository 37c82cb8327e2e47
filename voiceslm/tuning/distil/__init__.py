"""A larger model teaches once: it says things in other words, and rules decide what of it may teach.

`aims` says what is to be said, `tasks` how the teacher is asked for it, `replies` what it has written and
`checks` what of it is right. `lessons` are those four together; `run` gives one after another, as `plan` has
ordered them, and keeps in a `book` what is right. `teacher` is who is asked: `local` or `remote`.
"""
