"""The shape of own data, as it stands in the file: the names of these classes' fields are its keys (docs/own-data.md).

A key is never given another meaning; whoever adds one says so in the changelog, and whoever takes one away raises the
version in FORMAT.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

FORMAT = "tourbook own data 1"


@dataclass(frozen=True)
class Reading:
    """One reading of these people by somebody else, as the access records keep it.

    `by` is the role, never who it was; `application` None where the account was read, `person` the number of the person
    in the party, None where it was the party's own: its contact, or its words. `kept_until` is the record's last day.
    """

    at: datetime
    by: str
    organisation_ko: str | None
    organisation_en: str | None
    task: str
    purpose: str
    details: tuple[str, ...]
    application: str | None
    person: int | None
    kept_until: date


@dataclass(frozen=True)
class Checked:
    """How a person stands with an authority that checks names, and when it was handed the details."""

    authority: str
    standing: str
    handed_over: tuple[datetime, ...]
    answered_at: datetime | None
    note: str | None


@dataclass(frozen=True)
class OwnPerson:
    """One person of a party. Of one who was forgotten the texts are None."""

    number: int
    name: str | None
    birth_date: str | None
    nationality: str
    document: str | None
    cancelled_at: datetime | None
    attendance: str
    attendance_at: datetime | None
    checks: tuple[Checked, ...]


@dataclass(frozen=True)
class OwnConsent:
    """What was agreed to or refused, in which version of its text."""

    item: str
    text_version: str
    given: bool
    at: datetime


@dataclass(frozen=True)
class OwnNotice:
    """One notice: what it was about, and whether it went out."""

    kind: str
    way: str
    language: str
    state: str
    written_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True)
class OwnOffer:
    """Places that were offered."""

    starts_at: datetime
    seats: int
    state: str
    made_at: datetime
    deadline: datetime
    answered_at: datetime | None


@dataclass(frozen=True)
class OwnRight:
    """A right to be asked first."""

    granted_at: datetime
    lasts_until: datetime | None
    used_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class OwnDraw:
    """An entry for a draw: its choices in order, and, once it is drawn, its turn and whether it gave places."""

    code: str
    choices: tuple[datetime, ...]
    turn: int | None
    drawn: bool


@dataclass(frozen=True)
class OwnAppeal:
    """What was said against a no-show, and the decision."""

    text: str
    made_at: datetime
    decided_at: datetime | None
    granted: bool | None


@dataclass(frozen=True)
class Happened:
    """What the trail tells of the application: what was done, and by whom, as a role."""

    at: datetime
    act: str
    by: str


@dataclass(frozen=True)
class OwnApplication:
    """Everything about one application.

    `kept_until` is the last day on which its people are readable, None once they are forgotten; `longer` says that it
    may be later, since something is owed to the party. `fingerprints` names what is kept as a keyed hash alone.
    `closed_until`: nobody of the party can apply until then.
    """

    reference: str
    course_ko: str
    course_en: str
    starts_at: datetime
    state: str
    channel: str
    seats: int
    language: str
    contact: str | None
    contact_way: str | None
    made_at: datetime
    confirmed_at: datetime | None
    closed_at: datetime | None
    fee: str
    fee_krw: int
    with_account: bool
    of_group: bool
    fingerprints: tuple[str, ...]
    kept_until: date | None
    longer: bool
    forgotten_at: datetime | None
    closed_until: datetime | None
    people: tuple[OwnPerson, ...]
    consents: tuple[OwnConsent, ...]
    notices: tuple[OwnNotice, ...]
    offers: tuple[OwnOffer, ...]
    rights: tuple[OwnRight, ...]
    draw: OwnDraw | None
    appeal: OwnAppeal | None
    history: tuple[Happened, ...]


@dataclass(frozen=True)
class OwnSignIn:
    """A browser in which somebody was signed in, and until when that is kept."""

    device: str | None
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    kept_until: date


@dataclass(frozen=True)
class OwnPasskey:
    """A key that a device keeps for the account, which is kept as long as the account has it."""

    device: str | None
    added_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class OwnLink:
    """That the account signs in through the provider too; who its owner is there is kept as a fingerprint alone."""

    linked_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class OwnCompanion:
    """Somebody whom the account keeps, under which text, and the last day unless used before."""

    name: str
    birth_date: str
    nationality: str
    text_version: str
    kept_at: datetime
    kept_until: date


@dataclass(frozen=True)
class OwnAccount:
    """An account, which is kept as long as it exists."""

    name: str
    mail: str
    role: str
    organisation_ko: str | None
    organisation_en: str | None
    language: str
    made_at: datetime
    second_factor_since: datetime | None
    passkeys: tuple[OwnPasskey, ...]
    linked_sign_in: OwnLink | None
    sign_ins: tuple[OwnSignIn, ...]
    companions: tuple[OwnCompanion, ...]
    history: tuple[Happened, ...]


@dataclass(frozen=True)
class OwnData:
    """All of it: of an account with its applications, or of one application alone; the latest reading first."""

    format: str
    made_at: datetime
    account: OwnAccount | None
    applications: tuple[OwnApplication, ...]
    readings: tuple[Reading, ...]


def as_plain(own: OwnData) -> dict[str, Any]:
    """The same as JSON takes it: moments in ISO 8601 with their offset (UTC), days as 2026-05-04."""
    plain: dict[str, Any] = _plain(asdict(own))
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value  # a moment is a date too
