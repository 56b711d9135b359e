"""Own data in words, as its page tells it: rows for its tables, in the language of the page."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext

from tourbook.clearance import Authority
from tourbook.notices import Kind, Way
from tourbook.privacy import OwnApplication, OwnData, Reading
from tourbook.privacy.own import Checked, Happened, OwnAccount, OwnPerson
from tourbook.web import present
from tourbook.web.admin.trail_words import act_words, actor_words
from tourbook.web.citizen import wording
from tourbook.web.citizen.notice_words import WORDS
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.citizen.wording import ngettext
from tourbook.web.clearance_words import authority_name
from tourbook.web.language import current_language
from tourbook.web.record_words import detail_words, reader_words, task_words

READINGS_SHOWN = 100
SHOWN_OF_A_DOCUMENT = 3
Rows = list[list[str]]


@dataclass(frozen=True)
class ApplicationWords:
    """One application: its title, its facts, and its tables."""

    reference: str
    title: str
    facts: list[tuple[str, str]]
    forgotten: str
    people: Rows
    checks: Rows
    consents: Rows
    notices: Rows
    more: list[tuple[str, str]]
    history: Rows


@dataclass(frozen=True)
class OwnWords:
    """All of it; `readings` are the latest, `more_readings` how many older ones stand in the file alone."""

    account: list[tuple[str, str]]
    companions: Rows
    applications: list[ApplicationWords]
    readings: Rows
    more_readings: int


CONSENTS = {
    "personal_data": lazy_gettext("Use of the party's personal data for this visit"),
    "conduct": lazy_gettext("The rules of conduct"),
    "news": lazy_gettext("News of courses and dates"),
    "clearance": lazy_gettext("Handing over to those who check names"),
}
LETTERS = {"ko": "한국어", "en": "English"}
ATTENDANCE = {
    "expected": lazy_gettext("Expected"),
    "arrived": lazy_gettext("Arrived"),
    "no_show": lazy_gettext("Did not come"),
    "turned_away": lazy_gettext("Turned away"),
}
STANDINGS = {
    "submitted": lazy_gettext("Being checked"),
    "cleared": lazy_gettext("Let in"),
    "refused": lazy_gettext("Not let in"),
}
OFFERS = {
    "open": lazy_gettext("Waiting for an answer"),
    "accepted": lazy_gettext("Accepted"),
    "declined": lazy_gettext("Declined"),
    "lapsed": lazy_gettext("Not answered in time"),
    "revoked": lazy_gettext("Taken back"),
}
FINGERPRINTS = {
    "browser": lazy_gettext("browser"),
    "network address": lazy_gettext("network address"),
    "contact": lazy_gettext("contact"),
}


def own_words(own: OwnData) -> OwnWords:
    """Put it into words."""
    return OwnWords(
        account=_account(own.account) if own.account else [],
        companions=_companions(own.account) if own.account else [],
        applications=[_application(one) for one in own.applications],
        readings=[_reading(one) for one in own.readings[:READINGS_SHOWN]],
        more_readings=max(len(own.readings) - READINGS_SHOWN, 0),
    )


def _account(account: OwnAccount) -> list[tuple[str, str]]:
    signed_in = ngettext("%(num)s, each kept until 90 days after its end",
                         "%(num)s, each kept until 90 days after its end", len(account.sign_ins))  # fmt: skip
    rows = [
        (_("Name"), account.name),
        (_("Email address"), account.mail),
        (_("Language of letters"), LETTERS.get(account.language, account.language)),
        (_("Account made"), present.instant(account.made_at)),
        (_("Sign-ins kept"), signed_in),
        (_("Password"), _("Only a one-way fingerprint, which nobody can read")),
        (_("Kept until"), _("As long as you have the account")),
    ]
    if account.organisation_ko:
        rows.insert(2, (_("Organisation"), _in_page(account.organisation_ko, account.organisation_en)))
    return rows


def _companions(account: OwnAccount) -> Rows:
    return [
        [
            one.name,
            one.birth_date,
            wording.country(one.nationality),
            one.text_version,
            present.day(one.kept_until),
        ]
        for one in account.companions
    ]


def _application(one: OwnApplication) -> ApplicationWords:
    course = _in_page(one.course_ko, one.course_en)
    return ApplicationWords(
        reference=one.reference,
        title=f"{course}, {present.instant(one.starts_at)}",
        facts=_facts(one),
        forgotten=present.instant(one.forgotten_at) if one.forgotten_at else "",
        people=[_person(person) for person in one.people],
        checks=[_check(person.number, check) for person in one.people for check in person.checks],
        consents=[
            [_known(CONSENTS, each.item), _("agreed") if each.given else _("refused"), each.text_version,
             present.instant(each.at)]
            for each in one.consents
        ],
        notices=[
            [str(WORDS[Kind(each.kind)]), _("by mail") if each.way == Way.MAIL else _("by text message"),
             present.instant(each.sent_at) if each.sent_at else _("not sent")]
            for each in one.notices
        ],
        more=_more(one),
        history=[_happened(each) for each in one.history],
    )  # fmt: skip


def _facts(one: OwnApplication) -> list[tuple[str, str]]:
    kept = present.day(one.kept_until) if one.kept_until else ""
    if kept and one.longer:
        kept = _("%(day)s, or later: something is still owed to you", day=kept)
    rows = [
        (_("Reference"), one.reference),
        (_("Made"), present.instant(one.made_at)),
        (_("Contact"), wording.reached_at(one.contact, one.contact_way or "") if one.contact else "–"),
        (_("Names and contact kept until"), kept or _("deleted")),
        (_("Kept only scrambled, so that nobody can read it"), _fingerprints(one)),
    ]
    return [row for row in rows if row[1]]


def _fingerprints(one: OwnApplication) -> str:
    return ", ".join(_known(FINGERPRINTS, name) for name in one.fingerprints)


def _person(one: OwnPerson) -> list[str]:
    document = f"{one.document[:SHOWN_OF_A_DOCUMENT]}…" if one.document else "–"
    attendance = _known(ATTENDANCE, one.attendance)
    cancelled = _("cancelled on %(moment)s", moment=present.instant(one.cancelled_at)) if one.cancelled_at else ""
    return [
        present.person_name(one.name or ""),
        one.birth_date or "–",
        wording.country(one.nationality),
        document,
        cancelled or attendance,
    ]


def _check(number: int, one: Checked) -> list[str]:
    told = ", ".join(present.instant(at) for at in one.handed_over) or "–"
    standing = _known(STANDINGS, one.standing)
    return [str(number), authority_name(Authority(one.authority)), told, f"{standing} {one.note or ''}".rstrip()]


def _more(one: OwnApplication) -> list[tuple[str, str]]:
    """What only some applications have."""
    rows = [
        (_("Places offered"), f"{present.instant(each.starts_at)}, {_known(OFFERS, each.state)}") for each in one.offers
    ]
    for right in one.rights:
        until = present.deadline(right.lasts_until) if right.lasts_until else _("without an end")
        over = right.used_at or right.ended_at
        rows.append((_("Priority right"), _("over since %(moment)s", moment=present.instant(over)) if over else until))
    if one.draw:
        turn = _("turn %(number)s", number=one.draw.turn) if one.draw.turn else _("not drawn yet")
        rows.append((_("Draw"), f"{one.draw.code}, {turn}"))
    if one.appeal:
        rows.append((_("Your appeal"), one.appeal.text))
    if one.closed_until:
        rows.append((_("No new applications until"), present.deadline(one.closed_until)))
    return rows


def _happened(one: Happened) -> list[str]:
    return [present.instant(one.at), act_words(one.act), actor_words(one.by, {})]


def _reading(one: Reading) -> list[str]:
    organisation = _in_page(one.organisation_ko, one.organisation_en) if one.organisation_ko else ""
    whose = _("person %(number)s", number=one.person) if one.person else _("the party")
    whose = f"{one.application}, {whose}" if one.application else _("your account")
    return [
        present.instant(one.at),
        reader_words(one.by, organisation),
        task_words(one.task, one.purpose),
        whose,
        detail_words(one.details),
        present.day(one.kept_until),
    ]


def _known(words: Mapping[str, object], name: str) -> str:
    return str(words.get(name, name))


def _in_page(korean: str, english: str | None) -> str:
    return korean if current_language() == "ko" else english or korean
