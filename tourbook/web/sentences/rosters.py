"""What is refused at the meeting place: marking who came, letting people in, taking fees."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from tourbook.web.sentences.counted import Counted, counted

SENTENCES: dict[str, LazyString | Counted] = {
    "paper_too_long": _("The roster names more than %(most)s people, too many for this paper. Take the spreadsheet."),
    "departure_of_others": _("There is no such departure, or it belongs to another organisation."),
    "not_on_the_roster": _("This person is not expected any more. Load the roster again to see how the party stands."),
    "before_the_day": _("This can be done on the day itself only, %(day)s."),
    "roster_too_early": _("A device is given names from %(since)s on, not earlier."),
    "tour_over": _("The tour is over, and no device is given names any more."),
    "roster_unknown": _("There is no such roster on a device."),
    "roster_revoked": _(
        "This roster was taken back. Nothing that is marked on this device is taken any more. Use the ordinary roster."
    ),
    "token_unknown": _(
        "The service does not know this device's roster. What was marked stays here: press “Fetch anew” to send it."
    ),
    "roster_taken_back": _("The roster was taken back. The device deletes the names when it next has a network."),
    "marks_too_late": _("Marks of this departure were taken until %(until)s."),
    "marks_unreadable": _("These marks cannot be read. Load the page again; what was marked stays on the device."),
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
    "gate_over": _("The tour ended on %(ended)s, so nobody can go along any more."),
    "gate_suspended": _("Nobody may go on this departure at present, so nobody can be let in."),
    "gate_unknown_to_authority": _(
        "On this course an authority checks who goes, and these people are in no list of it. Ask it first; they are "
        "let in only once it has let all of them in, and you have said so."
    ),
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
    "arranged_too_late": _("It was called off or is over: guide and vehicles cannot be changed any more."),
    "arranged_meanwhile": _(
        "Somebody has arranged something else meanwhile: %(stands)s. What you entered stands below; save once more "
        "if it is to count."
    ),
    "message_missing": _("Write the message in both languages: each party reads its own."),
    "message_markup": _("Write plain words: signs such as <b> would stand in the letter as they are."),
    "day_without_departures": _("You have no departures on this day."),
    "nothing_to_write_about": _("It was called off or is over, so nobody is written to any more."),
    "nobody_to_write_to": _("Nobody would get this message: no party has places, or none left a contact."),
    "readers_changed": counted(
        "Nothing was sent. Something has changed since these letters were shown: it is %(parties)s party now. Please "
        "look at them again.",
        "Nothing was sent. Something has changed since these letters were shown: it is %(parties)s parties now. Please "
        "look at them again.",
        by="parties",
    ),
    "group_name_missing": _("Enter the name of the group, for example a school."),
    "allotment_too_small": _("Set aside at least one place."),
    "allotment_too_late": _("Places can be set aside until %(closes_at)s at the latest."),
    "allotment_past": _("Enter a moment that is still to come."),
    "allotment_full": counted(
        "%(free)s place is free at present. Set aside no more than that.",
        "%(free)s places are free at present. Set aside no more than that.",
        by="free",
    ),
    "allotment_others_wait": _("Parties are waiting for places of this departure. They come before a group."),
    "allotment_by_draw": _("A draw gives the places of this departure, so none can be set aside."),
    "allotment_over": _("These places are not set aside any more."),
    "group_changed_meanwhile": _(
        "Somebody has changed this group meanwhile: %(stands)s. What you entered stands below; save once more if it is "
        "to count."
    ),
    "group_release_changed": counted(
        "Nothing was released: this group has changed since its page was opened. %(left)s place would be released now. "
        "Please look at it again.",
        "Nothing was released: this group has changed since its page was opened. %(left)s places would be released "
        "now. Please look at it again.",
        by="left",
    ),
    "allotment_unknown": _("There is no such group, or its places belong to another organisation."),
    "allotment_short": counted(
        "%(left)s place of the group is still to be named, which is not enough for this party.",
        "%(left)s places of the group are still to be named, which is not enough for this party.",
        by="left",
    ),
    "allotment_below_filled": counted(
        "%(filled)s place is named already. Set aside at least that.",
        "%(filled)s places are named already. Set aside at least so many.",
        by="filled",
    ),
    "fee_step": _("The fee has changed meanwhile. Load the roster again to see how it stands."),
}
