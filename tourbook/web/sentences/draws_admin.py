"""What is refused when a draw is announced, withdrawn, or given its value, and of a file that is none."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from tourbook.web.sentences.counted import Counted, counted

SENTENCES: dict[str, LazyString | Counted] = {
    "draw_code_unfit": _(
        "This cannot be a code. Use small letters, digits and hyphens, at most 40, like autumn-2026, but not “new” or "
        "“check”."
    ),
    "draw_code_taken": _("There is a draw with this code already. Choose another one."),
    "draw_moments_out_of_order": _(
        "This must come later than the moment before it. Entries open, then they close, then the value is known, then "
        "the left-over places are free."
    ),
    "draw_closes_in_past": _("Entries would have closed already. Enter a moment that is still to come."),
    "draw_words_missing": _("Fill this in, in both languages. It is published, and cannot be changed later."),
    "draw_without_departures": _("The course has no departures on these days. Make them first, or choose other days."),
    "draw_too_large": counted(
        "A draw covers at most one departure. Choose fewer days.",
        "A draw covers at most %(most)s departures. Choose fewer days.",
        by="most",
    ),
    "draw_has_departure": _(
        "The departure of %(starts_at)s belongs to another draw. Choose days that no other draw covers."
    ),
    "draw_after_opening": _(
        "People could apply for the departure of %(starts_at)s already. A draw can be announced only before that; "
        "choose later days."
    ),
    "draw_left_overs_too_late": _(
        "Applications for the first departures close on %(closes_at)s, so nobody could apply for their left-over "
        "places. Enter an earlier moment, or choose later days."
    ),
    "draw_value_unfit": _(
        "Everybody must be able to write the value alike: plain letters, digits and signs, single spaces between them, "
        "at most 200. Enter it exactly as the announcement says."
    ),
    "draw_value_given": _("This draw has its value already: %(value)s. A value is never changed."),
    "draw_value_early": _(
        "The value of this draw is known from %(value_at)s on, after the entries are sealed. Enter it then."
    ),
    "draw_fallback_too_early": _(
        "This must come later than the value: it counts where the value does not come, or entries are sealed too late "
        "for it. Enter a later moment, or leave it empty."
    ),
    "draw_sealed_late": _(
        "Entries were sealed on %(sealed_at)s, when the value may have been known already, so it cannot decide. Enter "
        "what was announced for the case that it does not come; that is known from %(fallback_at)s on."
    ),
    "draw_sealed_too_late": _(
        "Entries were sealed on %(sealed_at)s, when every announced value may have been known already, so none can "
        "decide. Withdraw the draw, and announce it anew."
    ),
    "draw_fallback_not_due": _(
        "Nobody has said that the value did not come, so only the value counts. What counts instead may be entered "
        "once that was said, before it is known itself."
    ),
    "draw_value_missed": _(
        "It was said on %(missed_at)s that the value did not come. Enter what was announced for that case; it is known "
        "from %(fallback_at)s on."
    ),
    "draw_fallback_known": _("Enter a moment to come, at which what counts instead of the value will be known."),
    "draw_not_on_hold": _("This draw is not on hold, so nothing of it can be announced anew."),
    "draw_still_stopped": _(
        "Every departure of this draw is still stopped. Lift the stop, or move its end, and then let the draw go on."
    ),
    "draw_value_in_past": _(
        "This value could be known already, and whoever lets the draw go on could choose by it who wins. Name one that "
        "becomes known later."
    ),
    "draw_resumed_too_late": _(
        "Applications for the last of its departures close on %(closes_at)s, so nobody could apply for left-over "
        "places. Enter an earlier moment, or withdraw the draw."
    ),
    "draw_entered": _("Somebody has begun to enter for this draw, so it can no longer be withdrawn."),
    "draw_withdrawn_since": _(
        "This was announced already, and withdrawn since. Nothing was announced again. To announce it anew, look at it "
        "once more and announce it from there."
    ),
    "not_a_draw": _("This is not a draw as it is published here (%(expected)s). Choose the file again."),
}
