"""What is refused when people enter a draw, or want places that one gives."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from tourbook.web.sentences.counted import Counted, counted

SENTENCES: dict[str, LazyString | Counted] = {
    "by_draw": _(
        "The places of this departure are given by a draw. Those that are left over are free for everybody from "
        "%(left_overs_at)s."
    ),
    "draw_late": _(
        "The places of this departure are given by a draw, which is late. As soon as it is done, places that are left "
        "over are free for everybody."
    ),
    "no_such_draw": _("There is no such draw. Look at the list of draws."),
    "draw_not_drawn": _(
        "This draw has no result yet. The value that decides is known on %(value_at)s; the result follows from it."
    ),
    "draw_not_open": _("Entries for this draw are taken from %(opens_at)s on. Come back then."),
    "draw_closed": _(
        "Entries for this draw closed on %(closes_at)s. The page of the draw says from when left-over places are free "
        "for everybody."
    ),
    "draw_on_hold": _(
        "This draw is on hold, as none of its departures can take place at present. If it goes on, its moments are "
        "announced anew."
    ),
    "choice_missing": _("Choose the departure that you want most. The second and third choice may stay empty."),
    "choice_unknown": _("This departure does not belong to the draw. Choose another one from the list."),
    "choice_twice": _("You have named this departure already. Choose another one, or leave this choice empty."),
    "choice_called_off": _("This departure was called off. Choose another one, or leave this choice empty."),
    "choice_closed": _("There are no visits on this day at present. Choose another one, or leave this choice empty."),
    "choices_too_many": counted(
        "An entry has one choice.",
        "An entry has at most %(most)s choices. Take the others out.",
        by="most",
    ),
    "person_entered": _(
        "Somebody of your party stands in another entry of this draw. Each person may stand in one only: change the "
        "visitors of this entry, or cancel the other entry first."
    ),
}
