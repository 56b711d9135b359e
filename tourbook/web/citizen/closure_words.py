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
    """That what a party says against its closure is not decided yet, or was; empty where it has said nothing."""
    if appeal is None:
        return ""
    if appeal.decided_at is None:
        moment = present.instant(appeal.made_at)
        return _("Your appeal came on %(moment)s and is not decided yet. We write to you when it is.", moment=moment)
    return _("Your appeal was decided on %(moment)s.", moment=present.instant(appeal.decided_at))


def decision_words(appeal: Appeal | None) -> str:
    """What was decided of an appeal, with the reason; empty where nothing was."""
    if appeal is None or appeal.decided_at is None:
        return ""
    reason = str(present.in_lang(appeal, "reason"))
    if appeal.granted:
        return _("It was granted: this absence does not count. Reason: %(reason)s", reason=reason)
    return _("It was not granted: this absence counts. Reason: %(reason)s", reason=reason)
