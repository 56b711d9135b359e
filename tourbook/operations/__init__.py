"""Acts that span areas: a change of facts with its preview, another calendar for a course, calling off a departure, and
the recount of everything.

A change raises the version of the ruleset and writes no departure; each departure is settled by the next act that
takes its seats, or by the timetable. What the preview shows is made by the plan that is applied later.
"""

from tourbook.operations.calendar import (
    CalendarChange,
    CalendarChanged,
    Foreseen,
    change_calendar,
    foresee_calendar,
)
from tourbook.operations.call_off import Affected, affected_by_call_off, call_off_departure
from tourbook.operations.called_off_choices import tell_entrants_due
from tourbook.operations.facts import (
    CHOICE_STOPPED,
    Progress,
    Proposal,
    apply_change,
    changes_made,
    progress,
    recent_changes,
    still_settling,
)
from tourbook.operations.figures import Figures, read_figures
from tourbook.operations.forgetting import forget_due
from tourbook.operations.health import Backlog, Database, Health, Outbox, ran_last, read_health, schema_of
from tourbook.operations.key_ends import look_after_keys, note_states
from tourbook.operations.minimum import (
    StandingToRun,
    decide_due,
    decide_early,
    foreseen_now,
    keep_running,
    standings_to_run,
)
from tourbook.operations.people import (
    Invitee,
    add_organisation,
    disable_account,
    enable_account,
    end_all_sign_ins,
    end_role,
    grant_role,
    invite,
    invite_again,
    read_account,
    rename_organisation,
    retire_organisation,
)
from tourbook.operations.previews import Preview, preview
from tourbook.operations.putting_back import Outlook, outlook_of
from tourbook.operations.reach import HeldDraw, Reach, ToldDraw
from tourbook.operations.recount import Finding, Report, check
from tourbook.operations.resealing import Lot, reseal, seal_names_of_groups, unreadable_values
from tourbook.operations.stages import Stage, Touched
from tourbook.operations.stopped_choices import note_stopped_choices
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
from tourbook.operations.titles import days_named
from tourbook.operations.to_come import ToCome
from tourbook.operations.wishes import answer_wishes

__all__ = [
    "CHOICE_STOPPED",
    "Affected",
    "Backlog",
    "CalendarChange",
    "CalendarChanged",
    "Database",
    "Figures",
    "Finding",
    "Foreseen",
    "Health",
    "HeldDraw",
    "Invitee",
    "Lot",
    "Outbox",
    "Outlook",
    "Preview",
    "Progress",
    "Proposal",
    "Reach",
    "Report",
    "Stage",
    "StandingToRun",
    "Stop",
    "StopDraft",
    "TakenBack",
    "ToCome",
    "ToldDraw",
    "Touched",
    "add_organisation",
    "affected_by_call_off",
    "answer_wishes",
    "apply_change",
    "call_off_departure",
    "change_calendar",
    "changes_made",
    "check",
    "compensation",
    "days_named",
    "decide_due",
    "decide_early",
    "disable_account",
    "enable_account",
    "end_all_sign_ins",
    "end_of_stop_proposal",
    "end_role",
    "foresee_calendar",
    "foreseen_now",
    "forget_due",
    "grant_role",
    "invite",
    "invite_again",
    "keep_running",
    "look_after_keys",
    "may_be_taken_back",
    "note_states",
    "note_stopped_choices",
    "outlook_of",
    "preview",
    "progress",
    "ran_last",
    "read_account",
    "read_figures",
    "read_health",
    "recent_changes",
    "rename_organisation",
    "reseal",
    "retire_organisation",
    "schema_of",
    "seal_names_of_groups",
    "standings_to_run",
    "still_settling",
    "stop_by_id",
    "stop_proposal",
    "stopped_courses",
    "stops",
    "take_back",
    "tell_entrants_due",
    "told_of",
    "unreadable_values",
]
