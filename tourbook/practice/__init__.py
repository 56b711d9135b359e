"""A rehearsal: a site to practise on, with data that nobody made in earnest and a clock that is moved by hand.

Its database carries a mark (models.py). A rehearsal starts on none without it, production on none with it. All
processes of a rehearsal ask that row what the clock shows; it goes forward only, and a reset begins again.
"""

from tourbook.practice.ahead import Due, What, due_ahead
from tourbook.practice.beginning import begin_anew, keep_beginning, mark
from tourbook.practice.clocks import RehearsalClock, begin_move, check_move, move_clock
from tourbook.practice.losses import Losses, losses
from tourbook.practice.models import Rehearsal
from tourbook.practice.starting import has_mark, holds_data_of_others, is_prepared, refuse_database

__all__ = [
    "Due",
    "Losses",
    "Rehearsal",
    "RehearsalClock",
    "What",
    "begin_anew",
    "begin_move",
    "check_move",
    "due_ahead",
    "has_mark",
    "holds_data_of_others",
    "is_prepared",
    "keep_beginning",
    "losses",
    "mark",
    "move_clock",
    "refuse_database",
]
