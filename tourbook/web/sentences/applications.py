"""What is refused when people apply, wait, answer offers and cancel."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from tourbook.web.sentences.counted import Counted, counted

SENTENCES: dict[str, LazyString | Counted] = {
    "application_unknown": _(
        "There is no such application, or it cannot be opened from here. Sign in, or open the link in the notice that "
        "we sent you."
    ),
    "people_forgotten": _(
        "The people of this application were deleted, as its time is over. Apply anew for another date."
    ),
    "departure_unknown": _("There is no such departure. Choose another one from the calendar."),
    "visitor_unknown": _("There is no such visitor in this application."),
    "offer_unknown": _("There is no such offer, or it cannot be opened from here. Open the link in the notice."),
    "departure_called_off": _("This departure was called off. Choose another one from the calendar."),
    "departure_left": _("This departure is over. Choose a later one from the calendar."),
    "not_open_yet": _("Applications for this departure open on %(opens_at)s."),
    "window_closed": _("Applications for this departure closed on %(closes_at)s. Choose a later one."),
    "suspended": _("There are no visits on this day at present. Choose another day from the calendar."),
    "party_too_small": _("A party has at least one person."),
    "party_too_large": counted(
        "Parties of one person can go on this departure.",
        "Parties of up to %(party_max)s people can go on this departure.",
        by="party_max",
    ),
    "party_above_capacity": counted(
        "This departure takes one person in all. Choose a smaller party or another departure.",
        "This departure takes %(capacity)s people in all. Choose a smaller party or another departure.",
        by="capacity",
    ),
    "full": counted(
        "One place is free, which is not enough for your party. Choose a smaller party or another departure.",
        "%(free)s places are free, which is not enough for your party. Choose a smaller party or another departure.",
        by="free",
    ),
    "hold_exists": _(
        "This browser keeps places for another application. Finish it or give it up, then choose here again."
    ),
    "transfer_full": _(
        "There are not enough places for all of you on that date any more. You keep those you have. Choose another "
        "date."
    ),
    "transfer_late": _(
        "Names for your departure were final on %(until)s, so the date cannot be changed any more. You can still "
        "cancel."
    ),
    "transfer_by_draw": _(
        "The places of your departure are still given by a draw. You can change the date once that is over."
    ),
    "transfer_kept_out": _(
        "Somebody of your party is not let in. Decide first who goes, on the page of your application."
    ),
    "nothing_to_confirm": _("This application has no places that could be confirmed, or its departure is over."),
    "confirmation_sent_often": _(
        "The confirmation was sent three times within the hour. Look among unwanted messages too, or call us at "
        "%(phone)s."
    ),
    "paper_not_there": _("There is no paper for this application at present: it has no places, or not any more."),
    "too_many_holds": _(
        "Many people on your network are applying at this moment. The first of them has time until %(free_at)s: try "
        "again after that, or now from another network."
    ),
    "hold_not_extendable": counted(
        "The time was extended once already, which is as often as it can be. Send what you have typed now.",
        "The time was extended %(times)s times already, which is as often as it can be. Send what you have typed now.",
        by="times",
    ),
    "hold_past_closing": _(
        "Applications for this departure closed on %(closes_at)s, so there is no more time to give. Send what you have "
        "typed now."
    ),
    "hold_expired": _("The time for these places ran out. What you typed is kept: ask for the same places again."),
    "hold_released": _(
        "The rules have changed while you were typing, so we had to let these places go. Reason: %(cause)s. What you "
        "typed is kept."
    ),
    "state_changed": _(
        "This application has changed meanwhile, so this cannot be done any more. See below how it stands now."
    ),
    "visitors_missing": _("Enter all %(seats)s visitors; there are %(given)s so far."),
    "person_twice_in_party": _("This person stands in your party already. Enter somebody else."),
    "person_twice": _(
        "Somebody of this name, birth date and nationality is on this departure already. If that is another person, "
        "call %(phone)s: we can enter your party by telephone."
    ),
    "person_offered": _(
        "Somebody of this name, birth date and nationality is being offered places on this departure. Accept or "
        "decline that offer first: the link is in our message about it. If that is another person, call %(phone)s."
    ),
    "birth_date_unlikely": _("Check the birth date: it lies in the future, or too far back."),
    "too_young": counted(
        "Visitors must be at least one year old on the day of the visit.",
        "Visitors must be at least %(min_age)s years old on the day of the visit.",
        by="min_age",
    ),
    "nationals_only": _("This course is open to Korean nationals only. Choose another course for this visitor."),
    "document_needed": _("Foreign visitors need a passport number here. Enter it as it stands in the passport."),
    "consent_missing": _("This consent is needed to apply. Tick it, or stop here; nothing is kept then."),
    "contact_missing": _("Enter a phone number or an email address at which we can reach you."),
    "last_visitor": _("This is the last visitor of the application. Cancel the whole application instead."),
    "offer_revoked": _(
        "This offer was withdrawn, because the number of places has changed. Your place in the queue is as before."
    ),
    "offer_lapsed": _("This offer ended on %(deadline)s. Look at your application to see what comes next."),
    "exception_reason_missing": _("Say why; it goes into the trail."),
    "no_places_to_keep": _("This party has no places on a departure to come, so there is nothing to keep."),
    "no_seats_to_put_back": _(
        "There are not enough free seats for this party on its departure, or names are final there. It is asked in its "
        "turn."
    ),
    "volunteers_not_asked": _(
        "Nobody is asked to give up places on this departure, or not any more. Your application is as it was."
    ),
    "volunteer_released": _("Your places have gone to others, as you offered. See below what comes next."),
    "own_date_full": _(
        "There are not enough places for all of you on your own date any more. The offer of the other date is as "
        "before."
    ),
    "offer_answered": _("This offer has been answered already. Look at your application to see how it stands."),
    "dates_missing": _("Tick at least one date for which you do not wait yet."),
    "too_many_dates": counted(
        "A party can wait for one date. Tick fewer.",
        "A party can wait for %(most)s dates at once, this one included. Tick fewer.",
        by="most",
    ),
    "date_refused": _("%(day)s cannot be added. %(reason)s"),
    "waiting_list_closed": _("The waiting list of this departure has ended. Choose a later one."),
    "answer_offer_first": _("One of your dates is being offered to you. Accept or decline it first."),
    "person_closed": _(
        "Nobody came of a party that this person was in, and its places were not given back. So nothing can be applied "
        "for with this person until %(closes_at)s. If that is wrong, open that application by the link in our "
        "messages, or under “Find application”, and appeal there."
    ),
    "nothing_to_appeal": _("Nothing follows from this application, so there is nothing to appeal against."),
    "appeal_words": _("Say in at most %(longest)s characters why nobody came, or that somebody did."),
    "appeal_unknown": _("There is no such appeal. It may have been forgotten, since nothing follows from it any more."),
    "appeal_decided": _("This appeal has been decided otherwise meanwhile. Load the page again to see how."),
    "appeal_reason_missing": _("Write the reason in both languages: the party is told it."),
}
