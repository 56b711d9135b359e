"""Acts that span areas: a change of facts with its preview, calling off a departure, and the recount of everything.

A change raises the version of the ruleset and writes no departure; each departure is settled by the next act that
takes its seats, or by the timetable. What the preview shows is made by the plan that is applied later.
"""

from tourbook.operations.call_off import Affected, affected_by_call_off, call_off_departure
from tourbook.operations.called_off_choices import tell_entrants_due
from tourbook.operations.facts import Progress, Proposal, apply_change, progress, recent_changes
from tourbook.operations.previews import Preview, preview
from tourbook.operations.putting_back import Outlook, outlook_of
from tourbook.operations.reach import HeldDraw, Reach
from tourbook.operations.recount import Finding, Report, check
from tourbook.operations.stages import Stage, Touched
from tourbook.operations.stops import (
    Stop,
    StopDraft,
    end_of_stop_proposal,
    stop_by_id,
    stop_proposal,
    stopped_courses,
    stops,
)
from tourbook.operations.taking_back import TakenBack, compensation, may_be_taken_back, take_back, told_of
from tourbook.operations.to_come import counts_next

__all__ = [
    "Affected",
    "Finding",
    "HeldDraw",
    "Outlook",
    "Preview",
    "Progress",
    "Proposal",
    "Reach",
    "Report",
    "Stage",
    "Stop",
    "StopDraft",
    "TakenBack",
    "Touched",
    "affected_by_call_off",
    "apply_change",
    "call_off_departure",
    "check",
    "compensation",
    "counts_next",
    "end_of_stop_proposal",
    "may_be_taken_back",
    "outlook_of",
    "preview",
    "progress",
    "recent_changes",
    "stop_by_id",
    "stop_proposal",
    "stopped_courses",
    "stops",
    "take_back",
    "tell_entrants_due",
    "told_of",
]
