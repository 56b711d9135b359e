"""What staying away leads to, in words: beforehand, where an installation closes people out, and afterwards."""

from tourbook.applications.closures import Appeal
from tourbook.applications.ladder import Ladder
from tourbook.web import present
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.citizen.wording import ngettext


def ladder_rule(ladder: Ladder) -> str:
    """What follows for whoever does not come and has not cancelled, step by step; empty where nothing does."""
    if not ladder:
        return ""
    steps = ", ".join(_step(times, months) for times, months in ladder.steps)
    return _(
        "If nobody of you comes and you have not cancelled before, you cannot apply for anything for a while (counted "
        "over %(within)s months): %(steps)s. You can appeal against that.",
        within=ladder.within,
        steps=steps,
    )


def _step(times: int, months: int) -> str:
    closed = ngettext("%(num)s month", "%(num)s months", months)
    return (
        _("after the first time %(closed)s", closed=closed)
        if times == 1
        else _("from %(times)s times on %(closed)s", times=times, closed=closed)
    )


def appeal_words(appeal: Appeal | None) -> str:
    """How it stands with what a party says against its closure; empty where it has said nothing."""
    if appeal is None:
        return ""
    if appeal.decided_at is None:
        moment = present.instant(appeal.made_at)
        return _("Your appeal came on %(moment)s and is not decided yet. We write to you when it is.", moment=moment)
    reason = str(present.in_lang(appeal, "reason"))
    return _("Your appeal was decided, and the closure stands. Reason: %(reason)s", reason=reason)
