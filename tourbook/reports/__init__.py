"""Reports: how fair it was, reckoned from what stands in the tables and the trail.

Promises: nothing is written, and no name, contact or key of a person is read into a report. What is shown to everybody
leaves out figures of so few parties that somebody could be recognised. A replay plays what people did by the
product's own rules, the same each time, and says where what was does not come out as it was.
"""

from tourbook.reports.breach import Affected, find_affected
from tourbook.reports.chances import FEWEST_SHOWN, MOST_ATTEMPTS, MOST_SEATS, WAYS, Chance, Given
from tourbook.reports.compare import Replay, Replayed, replay_season
from tourbook.reports.demand import AS_IT_WAS, Alternative, OrderChanged, read_alternative
from tourbook.reports.figures import (
    FIGURES,
    WAITED_UP_TO,
    Fairness,
    MovedRow,
    Waiting,
    fairness,
    shown_to_everybody,
)
from tourbook.reports.moved import Moved
from tourbook.reports.period import Period, period_of_fairness
from tourbook.reports.playing import play
from tourbook.reports.reading import recorded
from tourbook.reports.use import USED_BY, Use, Used, use_by, use_of_departures

__all__ = [
    "AS_IT_WAS",
    "FEWEST_SHOWN",
    "FIGURES",
    "MOST_ATTEMPTS",
    "MOST_SEATS",
    "USED_BY",
    "WAITED_UP_TO",
    "WAYS",
    "Affected",
    "Alternative",
    "Chance",
    "Fairness",
    "Given",
    "Moved",
    "MovedRow",
    "OrderChanged",
    "Period",
    "Replay",
    "Replayed",
    "Use",
    "Used",
    "Waiting",
    "fairness",
    "find_affected",
    "period_of_fairness",
    "play",
    "read_alternative",
    "recorded",
    "replay_season",
    "shown_to_everybody",
    "use_by",
    "use_of_departures",
]
