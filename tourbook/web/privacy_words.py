"""The catalogue of what is kept about people, in words for everybody: what, what for, how it is protected, until when.

The privacy page shows a row for each item of the catalogue; a test fails for an item without words.
"""

from flask_babel import lazy_gettext as _

SEALED = _("Encrypted, each value by itself; only this service can read it")
NAMELESS = _("Kept beside the application, without your name")
FORGOTTEN = _("Some days after the visit (see below)")
ACCOUNT = _("As long as you have the account")
FOR_GOOD = _("For good, without names")

KEPT = {
    "visitor": (
        _("Name, birth date and nationality of each visitor"),
        _("The roster and the identity check; that nobody applies twice"),
        SEALED,
        FORGOTTEN,
    ),
    "document": (
        _("Passport number of foreign visitors, where a course needs it"),
        _("The identity check by those who guard the place"),
        SEALED,
        FORGOTTEN,
    ),
    "contact": (
        _("Phone number or email address"),
        _("Telling you what happens to your application"),
        SEALED,
        FORGOTTEN,
    ),
    "attendance": (
        _("Who came, and who did not"),
        _("That few places stay empty"),
        NAMELESS,
        FOR_GOOD,
    ),
    "clearance": (
        _("Whether those who check names let a visitor in, and their note"),
        _("Letting visitors in"),
        _("The note is encrypted; the rest stands beside the application"),
        FORGOTTEN,
    ),
    "appeal": (
        _("What you say against a no-show, and the decision"),
        _("Deciding about it"),
        SEALED,
        _("As long as something follows from the no-show"),
    ),
    "consent": (
        _("What you agreed to or refused, and when"),
        _("Proof that we asked"),
        NAMELESS,
        FOR_GOOD,
    ),
    "notice": (
        _("Which notices went to you, and when"),
        _("Proof that you were told"),
        NAMELESS,
        FOR_GOOD,
    ),
    "account": (_("Name and email address of an account"), _("Signing in and greeting you"), SEALED, ACCOUNT),
    "password": (
        _("Password of an account"),
        _("Signing in"),
        _("Kept as a one-way fingerprint; nobody can read it, we neither"),
        ACCOUNT,
    ),
    "passkey": (
        _("Passkeys of an account: the public half of the key, the kind of device, and when it was used last"),
        _("Signing in with a second factor"),
        _("With what is kept here nobody can sign in"),
        ACCOUNT,
    ),
    "identity_link": (
        _("That an account is linked to one with a sign-in provider, and when that was used last"),
        _("Signing in with it"),
        _("Who you are there is kept as a keyed fingerprint; neither name nor email address is asked of it"),
        _("Until you take the link away; as long as the account exists"),
    ),
    "sign_in": (
        _("Where an account is signed in: the kind of browser, and when"),
        _("That you can end what is not yours"),
        _("Without a network address"),
        _("90 days after it ended"),
    ),
    "wish": (
        _("Name and email address of whoever asks for a link to choose a password"),
        _("Sending the email, and not too many of them"),
        SEALED,
        _("A day; emptied as soon as the email is written or its link is used"),
    ),
    "companion": (
        _("Name, birth date and nationality of companions that an account keeps, where its holder agreed"),
        _("Filling in the next application; deleted whenever you like, and after a set time without use"),
        SEALED,
        _("The day that stands beside each of them"),
    ),
    "address": (
        _("Network address of who applies or fails to sign in"),
        _("That nobody hoards places or guesses passwords"),
        _("Kept as a keyed fingerprint, not as an address"),
        FORGOTTEN,
    ),
    "staff": (
        _("Who works here, who guides a visit, and with which vehicles"),
        _("That only those see people who have to"),
        _("Guides are encrypted"),
        _("Guides: some days after the visit; roles: for good"),
    ),
    "trail": (
        _("What staff and visitors did, and when"),
        _("Answering for every decision"),
        _("Without names; rows are only ever added"),
        FOR_GOOD,
    ),
    "record": (
        _("Who has read whom, when, from where and what for"),
        _("The law asks for it: misuse is found, and you can see it"),
        _("Rows are only ever added, and linked so that a change is found"),
        _("Two years"),
    ),
}
