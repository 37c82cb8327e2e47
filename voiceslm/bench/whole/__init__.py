"""All benches in one run, each in a process of its own, and one report of them.

`parts` is what there is to measure, `run` measures it, `page` and `voiceslm.bench.pictures` show it.
"""
