"""Does what was acknowledged outlive a power cut? Launch days on a disk that forgets what was not synced.

The disk (disk.py, kernel.py) is a file system of our own, in a process of its own; the people, the administrator, the
server and the checker are those of tests/chaos. At chosen moments, counted in changes that the disk has taken, the
power goes (day.py): the disk forgets, whatever runs is killed, and all starts anew from what is left. What is left is
also looked at by itself (judge.py). `python -m tests.cuts --cuts 200` runs the full dose.
"""
