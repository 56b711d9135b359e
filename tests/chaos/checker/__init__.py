"""Was anything promised that did not hold? Judged from journals, tables and mails alone: nothing of tourbook is used.

`violations(evidence)` names each invariant that is looked at, with what was found against it. What each number means
stands at the function that looks: I1, I2, I10, I15, I17 in seats.py, I3 to I9, I14 and I20 in answers.py, I11 to I13
in told.py, I21 in full.py.
"""

from tests.chaos.checker import answers, full, seats, told
from tests.chaos.checker.evidence import Evidence
from tests.chaos.checker.fold import folded

LOOKS = {**seats.LOOKS, **answers.LOOKS, **told.LOOKS, **full.LOOKS}


def violations(evidence: Evidence) -> dict[str, list[str]]:
    """What was found, by invariant; an empty list where it held."""
    trails = folded(evidence)
    found = {name: list(look(evidence, trails)) for name, look in LOOKS.items()}
    return dict(sorted(found.items(), key=lambda entry: int(entry[0][1:])))
