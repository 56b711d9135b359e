"""What is refused at the meeting place: marking who came, letting people in, taking fees."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from tourbook.web.sentences.counted import Counted, counted

SENTENCES: dict[str, LazyString | Counted] = {
    "departure_of_others": _("There is no such departure, or it belongs to another organisation."),
    "not_on_the_roster": _("This person is not expected any more. Load the roster again to see how the party stands."),
    "before_the_day": _("This can be done on the day itself only, %(day)s."),
    "after_the_day": _("The day of this departure, %(day)s, is over."),
    "gate_full": counted(
        "One place is free, which is not enough. A party goes as a whole or not at all.",
        "%(free)s places are free, which is not enough. A party goes as a whole or not at all.",
        by="free",
    ),
    "person_there": _(
        "Somebody of this name, birth date and nationality is on this departure already. Look at the roster first. If "
        "it is another person, say below how you know."
    ),
    "person_asked": _(
        "Somebody of this name, birth date and nationality is being offered places on this departure, and answers by "
        "the link in our message. If it is another person, say below how you know."
    ),
    "place_taken": _(
        "Somebody from the standby list has this place, and no other one is free. This person cannot be let in."
    ),
    "over_capacity": _(
        "%(taken)s people hold places where %(allowed)s are allowed. Nobody more can be let in until that is settled."
    ),
    "called_off_already": _("This departure was called off, so nothing can be done for it any more."),
    "gate_suspended": _("Nobody may go on this departure at present, so nobody can be let in."),
    "not_from_the_gate": _("This party applied beforehand. Cancel its application instead."),
    "numbers_first": _(
        "People are waiting with a number. Call the next one, or give this party a number, so that nobody is overtaken."
    ),
    "nobody_fits": counted(
        "One place is free, and nobody can be called: nobody waits, or those whose turn it is do not fit.",
        "%(free)s places are free, and nobody can be called: nobody waits, or those whose turn it is do not fit.",
        by="free",
    ),
    "number_unknown": _("There is no such number, or it belongs to another organisation."),
    "number_not_called": _("Number %(number)s is not being called. Load the page again to see how it stands."),
    "number_admitted": _("Number %(number)s was let in already. To undo it, take the admission back on the roster."),
    "number_for_fewer": _("Number %(number)s was drawn for %(people)s people. Give the others a number of their own."),
    "contact_too_early": _(
        "Contacts can be opened from %(since)s on, when the names are due. Parties that a notice did not reach stand "
        "on the call list before that."
    ),
    "contact_too_late": _("Contacts could be opened until %(until)s. Call the help number if something is left to do."),
    "reached_meanwhile": _("Our notice has reached this party meanwhile. Nobody has to call."),
    "no_contact_given": _("This party left no contact."),
    "fee_step": _("The fee has changed meanwhile. Load the roster again to see how it stands."),
}
