"""Pages that only tell: help, privacy, accessibility; and the answer to a load balancer."""

from flask import Flask, current_app, render_template
from flask_babel import lazy_gettext as _

from tourbook.web.access import Permission, permission
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.kept_pages import kept
from tourbook.web.language import COOKIE

Rows = tuple[tuple[object, ...], ...]

TOPICS = (
    (
        _("Applying"),
        (
            (
                _("Do I need an account?"),
                _(
                    "No. Choose a course and a date, say who is coming, and give a phone number or a mail address. "
                    "With an account you see all your applications in one place."
                ),
            ),
            (
                _("How many people can apply together?"),
                _(
                    "A party may be as large as the page of the course says. It can change with the distancing level; "
                    "the page of a departure tells you the reasons."
                ),
            ),
            (
                _("How long are places kept while I type?"),
                _(
                    "The page says how long before you begin, and you can extend the time. If it runs out, what you "
                    "typed is kept and you can ask for the same places again."
                ),
            ),
            (
                _("What must I bring?"),
                _(
                    "Everybody needs the identity document that the course asks for, with the name exactly as in the "
                    "application. Without it nobody can be let in."
                ),
            ),
        ),
    ),
    (
        _("Waiting and offers"),
        (
            (
                _("What happens on the waiting list?"),
                _(
                    "The list goes in order. When enough places for your whole party are free, you get an offer with "
                    "a deadline. Your application shows your place in the queue."
                ),
            ),
            (
                _("May others pass me?"),
                _(
                    "A smaller party may take places that yours does not fit in, but only as often as the page of the "
                    "course says. After that, places are kept until your party fits."
                ),
            ),
        ),
    ),
    (
        _("Draws"),
        (
            (
                _("Why is there a draw?"),
                _(
                    "Where more people want to go than there are places, the fastest should not win. You name up to "
                    "three departures before entries close; when you enter makes no difference to your chance."
                ),
            ),
            (
                _("Who decides who is drawn?"),
                _(
                    "Nobody. When entries close, the list is sealed. Then a public value that nobody could know, for "
                    "example of a lottery, puts all entries in order. In that order each party gets its first choice "
                    "that still has places for all of it."
                ),
            ),
            (
                _("Can I check that it was fair?"),
                _(
                    "Yes. The list without names, the value and the result are published. On the page of the draw you "
                    "look up what came of your receipt, and why; on “Check a draw” your own browser computes it again."
                ),
            ),
            (
                _("May a party that has entered become smaller?"),
                _(
                    "Yes, until entries close: open your entry and cancel single visitors. If your party is larger "
                    "than a choice takes when entries close, that choice does not take part, and we write to you."
                ),
            ),
            (
                _("What if I am not drawn?"),
                _(
                    "You keep your turn on the waiting lists of your choices. Places that are left over are free for "
                    "everybody from the hour that the page of the draw names."
                ),
            ),
            (
                _("What about departures that are added later?"),
                _(
                    "While entries are taken they join the draw: the page of the draw names them. Those that are added "
                    "after that are not drawn; they are free for everybody together with what is left over."
                ),
            ),
        ),
    ),
    (
        _("When something changes"),
        (
            (
                _("The distancing level was raised. What about my places?"),
                _(
                    "If fewer people may go, some parties lose their places, by the rule that the page of the course "
                    "names. You are told at once, and when places come back you are asked before anybody else."
                ),
            ),
            (
                _("How do I cancel?"),
                _(
                    "Open your application and cancel it there. You can also cancel for one person of your party. "
                    "Please do it as early as you can: others are waiting."
                ),
            ),
            (
                _("I cannot find my application."),
                _(
                    "Open the link in the notice that we sent you. If you have lost it, enter your reference and your "
                    "phone number or mail address under “Find application”, and we send you a new link."
                ),
            ),
        ),
    ),
)

SEALED = _("Encrypted, each value by itself; only this service can read it")
KEPT = (
    (
        _("Name, birth date and nationality of each visitor"),
        _("The roster and the identity check; that nobody applies twice"),
        SEALED,
    ),
    (
        _("Passport number of foreign visitors, where a course needs it"),
        _("The identity check by those who guard the place"),
        SEALED,
    ),
    (_("Phone number or mail address"), _("Telling you what happens to your application"), SEALED),
    (
        _("What you agreed to or refused, and when"),
        _("Proof that we asked"),
        _("Kept beside the application, without your name"),
    ),
    (
        _("Name and mail address of an account"),
        _("Signing in and greeting you"),
        SEALED,
    ),
    (
        _("Password of an account"),
        _("Signing in"),
        _("Kept as a one-way fingerprint; nobody can read it, we neither"),
    ),
    (
        _("Network address of who applies or fails to sign in"),
        _("That nobody hoards places or guesses passwords"),
        _("Kept as a keyed fingerprint, not as an address"),
    ),
    (
        _("What staff and visitors did, and when"),
        _("Answering for every decision"),
        _("Without names; rows are only ever added"),
    ),
)
SESSION_COOKIE = "sid"


def init_app(app: Flask) -> None:
    """Answer /healthz, which has no language."""
    app.add_url_rule("/healthz", "healthz", healthz)


@permission(Permission.PUBLIC)
def healthz() -> tuple[str, dict[str, str]]:
    """Say that this process answers; it asks nobody else."""
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/help")
@permission(Permission.PUBLIC)
@kept
def help_page() -> str:
    """Questions and answers."""
    return render_template("pages/help.html", topics=TOPICS)


@blueprint.get("/privacy")
@permission(Permission.PUBLIC)
@kept
def privacy() -> str:
    """What is kept about people, why, and how it is protected."""
    return render_template("pages/privacy.html", kept=_cells(KEPT), cookies=_cells(_cookies()))


@blueprint.get("/accessibility")
@permission(Permission.PUBLIC)
@kept
def accessibility() -> str:
    """How the pages were made accessible, and whom to tell where they are not."""
    return render_template("pages/accessibility.html")


def _cookies() -> Rows:
    session = current_app.config["SESSION_COOKIE_NAME"]
    keeps = _("Keeps you signed in, and knows the application that you are making")
    return ((session, keeps, _("Until you close the browser")), (COOKIE, _("Remembers your language"), _("One year")))


def _cells(rows: Rows) -> list[list[str]]:
    """The rows of a table in the language of the page."""
    return [[str(cell) for cell in row] for row in rows]
