"""Is each decision tested? The rules are spoilt in hundreds of small ways, one at a time, and tests must turn red.

`python -m tests.mutants` lets mutmut make the mutants and run the tests, in a copy of the repository. It counts only
what is certain: a mutant is killed where tests ran and failed (exit code 1), never by a timeout, an error of collecting
or a process that died. Before that mutmut runs the tests on the code as it is and ends unless they pass. Two mutants of
a control module prove the rest: one that is certainly wrong must be killed, one that is the same must survive.
What survives stands in docs/mutation.md, each with its reason.
"""
