"""Draws: who gets the places of a round that more people want than there are places, checkable by anybody.

A draw follows from its sealed entries and one public value alone; what is published of it names nobody. Announced,
sealed, drawn and given, a round only ever goes on; whoever is interrupted at any point goes on to the same end.
"""

from tourbook.draws.drawing import draw_due, give_value, published, say_missed
from tourbook.draws.files import read, written
from tourbook.draws.giving import SOMEBODY_THERE, TOO_LATE, give_due
from tourbook.draws.holding import end_holds_due, hold_due, stop_of, stop_of_round, tell_news_due
from tourbook.draws.leaving_out import tell_left_out_due
from tourbook.draws.queries import (
    Choice,
    Demand,
    Outcome,
    demand,
    departures_of,
    outcome,
    round_by_code,
    round_by_id,
    rounds,
)
from tourbook.draws.resuming import NewMoments, check_new_moments, resume_round
from tourbook.draws.rounds import Covered, RoundTerms, announce_round, covered
from tourbook.draws.rules import Drawn, Entry, Published, faults, publish
from tourbook.draws.sealing import code_of, seal_due
from tourbook.draws.standing import OfDeparture, Stage, by_departure, count_entries, stage_of, waiting_for_value
from tourbook.draws.tallies import Tally, days_drawn, tallies
from tourbook.draws.values import (
    check_missed,
    check_value,
    could_decide,
    decides_at,
    is_bound,
    is_lost,
    only_fallback,
    usable_from,
)
from tourbook.draws.withdrawing import tell_withdrawn_due, withdraw_round

__all__ = [
    "SOMEBODY_THERE",
    "TOO_LATE",
    "Choice",
    "Covered",
    "Demand",
    "Drawn",
    "Entry",
    "NewMoments",
    "OfDeparture",
    "Outcome",
    "Published",
    "RoundTerms",
    "Stage",
    "Tally",
    "announce_round",
    "by_departure",
    "check_missed",
    "check_new_moments",
    "check_value",
    "code_of",
    "could_decide",
    "count_entries",
    "covered",
    "days_drawn",
    "decides_at",
    "demand",
    "departures_of",
    "draw_due",
    "end_holds_due",
    "faults",
    "give_due",
    "give_value",
    "hold_due",
    "is_bound",
    "is_lost",
    "only_fallback",
    "outcome",
    "publish",
    "published",
    "read",
    "resume_round",
    "round_by_code",
    "round_by_id",
    "rounds",
    "say_missed",
    "seal_due",
    "stage_of",
    "stop_of",
    "stop_of_round",
    "tallies",
    "tell_left_out_due",
    "tell_news_due",
    "tell_withdrawn_due",
    "usable_from",
    "waiting_for_value",
    "withdraw_round",
    "written",
]
