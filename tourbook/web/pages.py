"""Pages that only tell: help, privacy, accessibility; and the answer to a load balancer."""

from flask import Flask, render_template
from flask_babel import lazy_gettext as _l

from tourbook.web.access import Permission, permission
from tourbook.web.citizen.blueprint import blueprint

TOPICS = (
    (
        _l("Applying"),
        (
            (
                _l("Do I need an account?"),
                _l(
                    "No. Choose a course and a date, say who is coming, and give a phone number or a mail address. "
                    "With an account you see all your applications in one place."
                ),
            ),
            (
                _l("How many people can apply together?"),
                _l(
                    "A party may be as large as the page of the course says. It can change with the distancing level; "
                    "“Why this number?” on the page of a departure tells you the reasons."
                ),
            ),
            (
                _l("How long are places kept while I type?"),
                _l(
                    "For 15 minutes, and you can begin them anew twice. If the time runs out, what you typed is kept "
                    "and you can ask for the same places again."
                ),
            ),
            (
                _l("What must I bring?"),
                _l(
                    "Everybody needs the identity document that the course asks for, with the name exactly as in the "
                    "application. Without it nobody can be let in."
                ),
            ),
        ),
    ),
    (
        _l("Waiting and offers"),
        (
            (
                _l("What happens on the waiting list?"),
                _l(
                    "The list goes in order. When enough places for your whole party are free, you get an offer with "
                    "a deadline. Your application shows your place in the queue."
                ),
            ),
            (
                _l("May others pass me?"),
                _l(
                    "A smaller party may take places that yours does not fit in, but only as often as the page of the "
                    "course says. After that, places are kept until your party fits."
                ),
            ),
        ),
    ),
    (
        _l("When something changes"),
        (
            (
                _l("The distancing level was raised. What about my places?"),
                _l(
                    "If fewer people may go, some parties lose their places, by the rule that the page of the course "
                    "names. You are told at once, and when places come back you are asked before anybody else."
                ),
            ),
            (
                _l("How do I cancel?"),
                _l(
                    "Open your application and choose “Cancel”. You can also cancel for one person of your party. "
                    "Please do it as early as you can: others are waiting."
                ),
            ),
            (
                _l("I cannot find my application."),
                _l(
                    "Open the link in the notice that we sent you. If you have lost it, enter your reference and your "
                    "phone number or mail address under “Find application”, and we send you a new link."
                ),
            ),
        ),
    ),
)

SEALED = _l("Encrypted, each value by itself; only this service can read it")
KEPT = (
    (
        _l("Name, birth date and nationality of each visitor"),
        _l("The roster and the identity check; that nobody applies twice"),
        SEALED,
    ),
    (
        _l("Passport number of foreign visitors, where a course needs it"),
        _l("The identity check by those who guard the place"),
        SEALED,
    ),
    (_l("Phone number or mail address"), _l("Telling you what happens to your application"), SEALED),
    (
        _l("What you agreed to or refused, and when"),
        _l("Proof that we asked"),
        _l("Kept beside the application, without your name"),
    ),
    (
        _l("Name and mail address of an account"),
        _l("Signing in and greeting you"),
        SEALED,
    ),
    (
        _l("Password of an account"),
        _l("Signing in"),
        _l("Kept as a one-way fingerprint; nobody can read it, we neither"),
    ),
    (
        _l("Network address of who applies or fails to sign in"),
        _l("That nobody hoards places or guesses passwords"),
        _l("Kept as a keyed fingerprint, not as an address"),
    ),
    (
        _l("What staff and visitors did, and when"),
        _l("Answering for every decision"),
        _l("Without names; rows are only ever added"),
    ),
)
COOKIES = (
    (
        "sid",
        _l("Keeps you signed in, and knows the application that you are making"),
        _l("Until you close the browser"),
    ),
    ("lang", _l("Remembers your language"), _l("One year")),
)


def init_app(app: Flask) -> None:
    """Answer /healthz, which has no language."""
    app.add_url_rule("/healthz", "healthz", healthz)


@permission(Permission.PUBLIC)
def healthz() -> tuple[str, dict[str, str]]:
    """Say that this process answers; it asks nobody else."""
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/help")
@permission(Permission.PUBLIC)
def help_page() -> str:
    """Questions and answers."""
    return render_template("pages/help.html", topics=TOPICS)


@blueprint.get("/privacy")
@permission(Permission.PUBLIC)
def privacy() -> str:
    """What is kept about people, why, and how it is protected."""
    return render_template("pages/privacy.html", kept=_cells(KEPT), cookies=_cells(COOKIES))


@blueprint.get("/accessibility")
@permission(Permission.PUBLIC)
def accessibility() -> str:
    """How the pages were made accessible, and whom to tell where they are not."""
    return render_template("pages/accessibility.html")


def _cells(rows: tuple[tuple[object, ...], ...]) -> list[list[str]]:
    """The rows of a table in the language of the page."""
    return [[str(cell) for cell in row] for row in rows]
