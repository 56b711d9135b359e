"""A launch day in small: a crowd, changes of level, processes that are killed; and a checker that trusts none of it.

The stage starts a database, the production server, the timetable and a mail server. People (crowd.py) apply over HTTP
while an administrator cuts and raises the sizes; the nemesis kills whatever runs. Each of them writes what it asked,
did and was told into a journal. Afterwards the checker, which imports nothing of tourbook, compares journals, tables
and mails, and names what was broken by its invariant. `python -m tests.chaos` runs the full dose.
"""
