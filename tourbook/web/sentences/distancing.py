"""What is refused when orders and the level table are entered, and when a change is applied."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

SENTENCES: dict[str, LazyString] = {
    "no_such_order": _("There is no such order. Go back to the list and choose again."),
    "withdrawn_already": _("This order was withdrawn already."),
    "order_moved_meanwhile": _(
        "Somebody has moved the end of this order meanwhile. It stands at %(stands)s; you entered %(asked)s. Open it "
        "anew from the list of orders to decide."
    ),
    "end_moved_meanwhile": _(
        "Somebody has moved this end meanwhile. It stands at %(stands)s; you entered %(asked)s. Send the form once "
        "more if yours is to count."
    ),
    "cell_changed_meanwhile": _(
        "Somebody has changed this meanwhile: %(stands)s. What you entered stands below; send the form once more if "
        "it is to count."
    ),
    "public_from_passed": _("This moment has passed. Enter a later one, or leave it empty: then it is public at once."),
    "withdrawn_before_announced": _("The order was withdrawn before it was announced, so it counts at no time."),
    "applies_too_late": _("It applies from 00:00 of its first day (%(first)s) at the latest. Enter an earlier time."),
    "unknown_scale": _("There is no scale “%(value)s”. There are: %(choices)s."),
    "unknown_level": _("This scale has no level “%(value)s”. It has: %(choices)s."),
    "cell_for_kind_or_course": _("A cell is either for a kind of course or for one course. Choose one of the two."),
    "inherit_for_courses_only": _("Only the cell of one course can fall back to that of its kind."),
    "amount_does_not_fit": _("A percentage and a number of people need an amount; closed and no limit have none."),
    "reaches_no_course": _("The order for the region %(value)s reaches no course."),
    "code_of_level_unusable": _(
        "“%(value)s” cannot be a code. Use small letters, digits, dots and hyphens, at most 20."
    ),
    "level_there": _("This scale has a level “%(value)s” already. Choose another code."),
    "change_unknown": _("There is no such change. Go back to the overview and choose again."),
    "grace_over": _("The time in which this change could be taken back without a trace is over."),
    "changed_since": _("Somebody has decided about the same anew since. Take that back first."),
    "cannot_be_taken_back": _("What this change entered cannot be taken back. Enter what is right instead."),
    "taken_back_already": _("This change was taken back already."),
    "rules_changed": _(
        "Somebody has entered another change, or changed the terms of a course, since this preview was made. "
        "Look at the new preview, then decide anew."
    ),
    "preview_missing": _(
        "What you were shown is not what this form would change. Look at its preview again, then decide."
    ),
    "over_already": _("This departure is over, so it cannot be called off any more."),
    "reason_missing": _("Enter the reason in both languages: everybody concerned reads it."),
}
