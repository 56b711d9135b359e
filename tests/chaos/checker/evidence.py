"""What the checker judges from: deeds with their asks and answers, tables, mails, kills. Plain data."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Line = dict[str, Any]
Row = dict[str, Any]


@dataclass
class Ask:
    """One try: when it was sent, and when and how it was answered (0: never)."""

    asked: float
    answered: float = 0.0
    status: int = 0
    word: str = "lost"
    application: str = ""
    reference: str = ""
    said: str = ""


@dataclass
class Deed:
    """One form that was pressed until it was answered for good."""

    act: str
    begun: float
    facts: Line
    asks: list[Ask] = field(default_factory=list)
    outcome: str = ""
    ended: float = 0.0
    application: str = ""
    reference: str = ""

    @property
    def told(self) -> str:
        """Every answer in order, for a finding."""
        return "; ".join(f"{ask.status} {ask.word} {ask.said}".strip() for ask in self.asks)


@dataclass(frozen=True)
class Sight:
    """An application's page as somebody saw it."""

    at: float
    application: str
    status: int
    state: str
    names: tuple[str, ...]


@dataclass
class Evidence:
    """All of it. Instants are seconds of the wall clock; ids have no hyphens."""

    deeds: list[Deed] = field(default_factory=list)
    sights: list[Sight] = field(default_factory=list)
    mails: list[Line] = field(default_factory=list)
    kills: list[Line] = field(default_factory=list)
    tables: dict[str, list[Row]] = field(default_factory=dict)
    hold_seconds: float = 60.0
    ended: float = 0.0

    def did(self, *acts: str) -> list[Deed]:
        """The deeds of these kinds."""
        return [deed for deed in self.deeds if deed.act in acts]

    def rows(self, table: str) -> list[Row]:
        """The rows of a table."""
        return self.tables.get(table, [])


def plain(found: Any) -> str:
    """An id as the checker compares it."""
    return str(found).replace("-", "")


def gathered(lines: Iterable[Line], tables: dict[str, list[Row]], *, hold_seconds: float, ended: float) -> Evidence:
    """Put the lines of all journals together, each answer to its ask and each ask to its deed."""
    evidence = Evidence(tables=tables, hold_seconds=hold_seconds, ended=ended)
    deeds: dict[str, Deed] = {}
    asks: dict[str, Ask] = {}
    for line in lines:
        _take(evidence, deeds, asks, line)
    evidence.deeds = list(deeds.values())
    return evidence


def _take(evidence: Evidence, deeds: dict[str, Deed], asks: dict[str, Ask], line: Line) -> None:
    kind, at = line["event"], line["wall_at"]
    if kind == "deed":
        facts = {name: plain(value) if name in {"application", "departure"} else value for name, value in line.items()}
        deeds[line["deed"]] = Deed(line["act"], at, facts)
    elif kind == "ask":
        asks[line["ask"]] = Ask(at)
        deeds[line["deed"]].asks.append(asks[line["ask"]])
    elif kind == "answer":
        ask = asks[line["ask"]]
        ask.answered, ask.status, ask.word, ask.said = at, line["status"], line["word"], line.get("said", "")
        ask.application, ask.reference = plain(line.get("application", "")), line.get("reference", "")
    elif kind == "end":
        deed = deeds[line["deed"]]
        deed.outcome, deed.ended = line["outcome"], at
        deed.application, deed.reference = plain(line["application"]), line["reference"]
    elif kind == "seen":
        evidence.sights.append(
            Sight(at, plain(line["application"]), line["status"], line["state"], tuple(line["names"]))
        )
    elif kind == "mail":
        evidence.mails.append(line)
    elif kind == "kill":
        evidence.kills.append(line)
