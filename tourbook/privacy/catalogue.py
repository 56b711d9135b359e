"""The catalogue of what is kept about people: each column of each table, with its class, purpose, end and readers.

The privacy page, the command `privacy catalogue` and a test read the same lists, so none of them can fall behind: a new
column that stands in neither fails the test.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tourbook.privacy.columns import IMPERSONAL, PERSONAL

HASHED = ("_hash", "_index", "hash")


@dataclass(frozen=True)
class Item:
    """A kind of data: its class, what it is kept for, until when, and who may read it."""

    code: str
    kind: str
    purpose: str
    kept: str
    seen_by: str


@dataclass(frozen=True)
class Column:
    """One column; `item` None: it tells of nobody. `protection` is sealed, hashed or plain."""

    table: str
    name: str
    item: Item | None

    @property
    def protection(self) -> str:
        """How it is protected in the database."""
        if self.name.endswith("_sealed"):
            return "sealed"
        return "hashed" if self.name.endswith(HASHED) else "plain"


_VISIT = "TOURBOOK_FORGET_AFTER_DAYS after the visit; later where something is owed"
_ACCOUNT = "as long as the account exists"
_SELF = "the person; "
ITEMS = {
    one.code: one
    for one in (
        Item("visitor", "identity", "roster, identity check, once a person", _VISIT, f"{_SELF}operator"),
        Item("document", "unique identifier", "identity check by who guards the place", _VISIT,
             f"{_SELF}operator, in the file that is handed over"),
        Item("contact", "contact", "telling what happens to an application", _VISIT, f"{_SELF}operator, with a reason"),
        Item("attendance", "conduct", "places that stay empty, closures", "for good, without a name", f"{_SELF}staff"),
        Item("clearance", "result of a check", "letting visitors in", _VISIT, f"{_SELF}operator of the course"),
        Item("appeal", "free text", "deciding an appeal", "as long as something follows from it",
             f"{_SELF}administrators"),
        Item("consent", "consent", "proof that it was asked", "for good, without a name", "the person"),
        Item("notice", "correspondence", "proof of what was told", "with the application, of nobody by name",
             f"{_SELF}staff"),
        Item("account", "contact", "signing in", _ACCOUNT, f"{_SELF}administrators, recorded"),
        Item("password", "credential", "signing in", _ACCOUNT, "nobody"),
        Item("passkey", "credential", "signing in", _ACCOUNT, "the person"),
        Item("identity_link", "credential", "signing in through the provider", "until it is taken away", "the person"),
        Item("sign_in", "conduct", "ending what is not one's own", "90 days after its end", "the person"),
        Item("wish", "contact", "a letter that somebody asked for", "a day", "nobody"),
        Item("companion", "identity", "filling in the next application", "TOURBOOK_COMPANION_MONTHS without use",
             "the person"),
        Item("address", "fingerprint", "against hoarding and guessing", f"{_VISIT}; failed sign-ins a day", "nobody"),
        Item("staff", "staff", "who works here and guides a departure", f"roles for good; guides {_VISIT}",
             f"{_SELF}administrators; guides: operator"),
        Item("trail", "conduct", "answering for every decision", "for good, of nobody by name", "administrators"),
        Item("record", "conduct", "who has read whom, by law", "two years", "administrators; the person, by duty"),
    )
}  # fmt: skip


def catalogue() -> Iterator[Column]:
    """Every column, table by table, first those that tell of somebody."""
    for table in sorted({*PERSONAL, *IMPERSONAL}):
        for names, code in PERSONAL.get(table, {}).items():
            yield from (Column(table, name, ITEMS[code]) for name in names.split())
        yield from (Column(table, name, None) for name in IMPERSONAL.get(table, "").split())
