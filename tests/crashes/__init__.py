"""Every point at which a process can die, tried: nothing is left half done, and asking again ends as if it had not.

An act (`deeds/`) runs in a process of its own that is killed at its k-th point (`points.py`): before each statement,
around each COMMIT, around each thing asked of a mail or text server. Then somebody else looks at the database
(`judge.py`): it is as it was before the act or as after one of its transactions, the recount finds no fault, and the
same form sent again ends as it would have without the crash (`likeness.py` says what "as" means), also where the
repetition dies too.

`make test` takes the short dose: dying before each writing statement and at all other points, and a second time
wherever the first death left something behind. `python -m tests.crashes` takes all points and all pairs of them.
"""
