"""Access records: whoever reads other people leaves a record of whom, when, from where, what and for what.

A reading and its record are one transaction. Records are only added; a chain of keyed hashes over them, which the
timetable makes longer, shows whether one was changed, and two years later they go.
"""

from tourbook.records.chain import KEPT as RECORDS_KEPT
from tourbook.records.chain import forget_records, link_due
from tourbook.records.reading import ACCOUNT, APPLICATION, VISITOR, NotRecorded, record_reading
from tourbook.records.verifying import Verified, verify

__all__ = [
    "ACCOUNT",
    "APPLICATION",
    "RECORDS_KEPT",
    "VISITOR",
    "NotRecorded",
    "Verified",
    "forget_records",
    "link_due",
    "record_reading",
    "verify",
]
