"""Does the suite notice? The product is spoilt on purpose, one way at a time, and a named short test must turn red.

A sabotage (`spoiling.py`) is a patch of the running code or of the database, never a switch in the product. What is
noticed by what is printed at the end of a run. Of the fourteen ways that are known one is not here yet: a draw seeded
from the clock, as there are no draws. That a database forgets (synchronous) is noticed at the start; on SQLite, in a
power cut too.
"""
