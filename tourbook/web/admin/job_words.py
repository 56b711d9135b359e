"""The jobs of the timetable in words."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

JOBS: dict[str, LazyString] = {
    "plan departures ahead": _("Plan departures ahead"),
    "settle departures": _("Settle departures"),
    "decide whether departures run": _("Decide whether departures run"),
    "hold draws": _("Put draws on hold"),
    "end holds of draws": _("Let draws go on"),
    "seal draws": _("Seal draws"),
    "tell of choices left out": _("Tell of choices left out of a draw"),
    "draw": _("Draw"),
    "give what was drawn": _("Give what was drawn"),
    "end priority rights": _("End priority rights"),
    "remind of priority rights": _("Remind of priority rights"),
    "ask again after a refusal": _("Ask again after a refusal"),
    "close choices after a refusal": _("Close choices after a refusal"),
    "ask for missing details": _("Ask for missing details"),
    "tell of own dates": _("Tell of own dates that are open again"),
    "tell of closures": _("Tell of closures"),
    "remind parties": _("Remind parties"),
    "remind groups": _("Remind groups of the places set aside"),
    "tell of draws on hold": _("Tell of draws on hold"),
    "tell of withdrawn draws": _("Tell of withdrawn draws"),
    "note stopped choices": _("Note choices that are stopped"),
    "tell of choices called off": _("Tell of choices called off"),
    "send mails": _("Send mails"),
    "send text messages": _("Send text messages"),
    "forget appeals": _("Forget appeals"),
    "forget access records": _("Forget access records after two years"),
    "forget companions": _("Forget companions"),
    "answer wishes for letters": _("Answer wishes for an email to choose a password"),
    "forget wishes for letters": _("Forget wishes for such emails"),
    "seal names of groups": _("Seal names of groups from before the update"),
    "destroy keys": _("Destroy keys of months that are over"),
    "link access records": _("Link access records"),
    "forget people": _("Forget people after their visit"),
    "forget old sign-ins": _("Forget old sign-ins"),
}


def job_words(name: str) -> str:
    """A job in words; one that nobody has put into words by its name."""
    return str(JOBS.get(name, name))
