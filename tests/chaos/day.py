"""One launch day from beginning to end, and what became of it: the figures, and what the checker found."""

import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from tests.chaos import journal
from tests.chaos.checker import tables, violations
from tests.chaos.checker.evidence import Evidence, gathered
from tests.chaos.journal import wall_clock
from tests.chaos.stage import HOLD_MINUTES, Dose, Stage, staged

LOOKS_EVERY = 1.0
SECONDS_TO_LEAVE = 120
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Report:
    """A day that is over. Seconds are from the first press of a button to its final answer, retries and all."""

    dose: Dose
    violations: dict[str, list[str]]
    own_check: str
    journeys: int
    acknowledged: int
    confirmed: int
    changes: int
    full: int
    kills: dict[str, int]
    retries: int
    mails: int
    seconds: float
    worst: float
    p50: float
    p99: float
    worst_calm: float

    @property
    def holds(self) -> bool:
        """Was every promise kept?"""
        return not self.own_check and not any(self.violations.values())

    def lines(self) -> Iterator[str]:
        """The report, for people."""
        killed = ", ".join(f"{kind} {count}" for kind, count in sorted(self.kills.items())) or "nothing"
        yield f"{self.dose.database}, seed {self.dose.seed}: {self.journeys} journeys of {self.dose.clients} clients"
        yield f"  {self.acknowledged} acknowledged, {self.full} refused as full, {self.confirmed} confirmed at the end"
        yield f"  {self.changes} changes of size, {self.mails} mails; {self.retries} tries repeated; killed: {killed}"
        yield (
            f"  {self.seconds:.0f} s, {self.journeys / self.seconds:.1f} journeys/s; answers p50 {self.p50:.2f} s, "
            f"p99 {self.p99:.2f} s, worst {self.worst:.1f} s (one try alone: {self.worst_calm:.1f} s)"
        )
        for name, found in self.violations.items():
            yield f"  {name:>4} {len(found)} violations" + "".join(f"\n       {one}" for one in found[:5])
        yield f"  the product's own check: {self.own_check or 'everything holds'}"


def live_through(dose: Dose, progress: Progress = lambda _line: None, *, keep_in: Path | None = None) -> Report:
    """Stage a launch day and let it pass. Journals and database stay in `keep_in`, else nothing of it is kept."""
    with _folder(keep_in) as folder:
        folder.chmod(0o755)  # the database server of the wheel runs as somebody else
        with staged(dose, folder) as stage:
            begun = time.monotonic()
            _let_people_in(stage, progress)
            seconds = time.monotonic() - begun
            stage.run_timetable_to_the_end()
            own_check = stage.own_check()
            evidence = gathered(
                lines_of(folder), tables.read(stage.url), hold_seconds=60.0 * HOLD_MINUTES, ended=wall_clock()
            )
            journeys = _journeys(folder)
    return _report(dose, evidence, own_check, journeys, seconds)


@contextmanager
def _folder(keep_in: Path | None) -> Iterator[Path]:
    if keep_in:
        keep_in.mkdir(parents=True)  # what is there of another day must not be judged with this one
        yield keep_in
    else:
        with tempfile.TemporaryDirectory(prefix="tourbook-chaos-", ignore_cleanup_errors=True) as name:
            yield Path(name)


def lines_of(folder: Path) -> list[dict]:
    """All journals of a folder, in order of time."""
    lines = [line for path in folder.glob("*.jsonl") for line in journal.read(path)]
    return sorted(lines, key=lambda line: line["wall_at"])


def _let_people_in(stage: Stage, progress: Progress) -> None:
    crowd = [stage.begin("crowd", str(number)) for number in range(stage.dose.processes)]
    others = [stage.begin("administrator")] + ([stage.begin("nemesis")] if stage.dose.kills else [])
    try:
        while any(one.poll() is None for one in crowd):
            time.sleep(LOOKS_EVERY)
            progress(_how_far(stage.folder))
        failed = [one.args for one in crowd if one.returncode]
        assert not failed, f"{failed} failed; see the logs"
        stage.say_over()
        for one in others:
            one.wait(SECONDS_TO_LEAVE)
        stage.wait_until_it_answers()
    finally:
        for one in (*crowd, *others):
            end(one)


def end(one: "subprocess.Popen[bytes]") -> None:
    """Let it run no longer."""
    if one.poll() is None:
        one.kill()
    one.wait()


def _how_far(folder: Path) -> str:
    """The progress of the day in a line."""
    killed = folder / "nemesis.jsonl"
    kills = killed.read_bytes().count(b'"event": "kill"') if killed.exists() else 0
    return f"{_journeys(folder)} journeys, {kills} kills"


def _journeys(folder: Path) -> int:
    return sum(path.read_bytes().count(b'"journey_done"') for path in folder.glob("crowd-*.jsonl"))


def _report(dose: Dose, evidence: Evidence, own_check: str, journeys: int, seconds: float) -> Report:
    waited = sorted(deed.ended - deed.begun for deed in evidence.deeds if deed.ended)
    single = [ask.answered - ask.asked for deed in evidence.deeds for ask in deed.asks if ask.answered]
    cuts = quantiles(waited, n=100)
    return Report(
        dose=dose,
        violations=violations(evidence),
        own_check=own_check,
        journeys=journeys,
        acknowledged=len({deed.facts["application"] for deed in evidence.did("confirm") if deed.outcome == "in"}),
        confirmed=sum(row["state"] == "confirmed" for row in evidence.rows("application")),
        changes=len(evidence.did("change")),
        full=sum(deed.outcome == "full" for deed in evidence.did("hold")),
        kills=dict(Counter(kill["kind"] for kill in evidence.kills)),
        retries=sum(max(0, len(deed.asks) - 1) for deed in evidence.deeds),
        mails=len(evidence.mails),
        seconds=seconds,
        worst=waited[-1],
        p50=cuts[49],
        p99=cuts[98],
        worst_calm=max(single),
    )
