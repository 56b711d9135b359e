"""What is kept about people: told to themselves, and who has read it, looked through by those who answer for it."""

from tourbook.privacy.gathering import own_data_of_account, own_data_of_application
from tourbook.privacy.own import FORMAT, OwnApplication, OwnData, Reading, as_plain
from tourbook.privacy.proving import prove_account, prove_application
from tourbook.privacy.reviewing import (
    MonthOfRecords,
    PartyReading,
    Review,
    first_day_of,
    note_records_export,
    readings_of_party,
    records_of_month,
    review_month,
    reviews,
)
from tourbook.privacy.rules import OneReading

__all__ = [
    "FORMAT",
    "MonthOfRecords",
    "OneReading",
    "OwnApplication",
    "OwnData",
    "PartyReading",
    "Reading",
    "Review",
    "as_plain",
    "first_day_of",
    "note_records_export",
    "own_data_of_account",
    "own_data_of_application",
    "prove_account",
    "prove_application",
    "readings_of_party",
    "records_of_month",
    "review_month",
    "reviews",
]
