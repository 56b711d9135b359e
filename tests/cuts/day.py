"""A launch day on which the power goes again and again, and what became of it."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from tests.chaos import deeds, wire
from tests.chaos.checker import tables, violations
from tests.chaos.checker.evidence import gathered
from tests.chaos.day import end, lines_of
from tests.chaos.journal import Journal, wall_clock
from tests.chaos.nemesis import Days
from tests.chaos.stage import HOLD_MINUTES, Dose, Stage, staged
from tests.cuts.judge import Judge, acknowledged
from tests.cuts.mounting import ForgetfulDisk, forgetful_disk

SITE = "wsgi:app"
JOURNEYS_OF_A_CUT = 8
MOST_CHANGES = 400  # of the disk, from when a cut is wanted until it comes: about ten acts
MOST_OF_A_CHECKPOINT = 100  # likewise, of the database file itself, which only a checkpoint changes
MOST_OF_A_COMMIT = 60  # likewise, of the log, which only a commit changes
AIMED_AT_A_CHECKPOINT = 4  # one cut in so many
AIMED_AT_A_COMMIT = 2  # likewise: where nothing else runs a commit is short, and few of the others meet one
PATIENCE = 5.0
LOOKS_EVERY = 0.05
LOOKS_FOR_ANSWERS_EVERY = 0.5
SECONDS_TO_LEAVE = 120
SECONDS_TO_BE_ANSWERED = deeds.PATIENCE_SECONDS + wire.PATIENCE_SECONDS
HOLD_SECONDS = 60.0 * HOLD_MINUTES
# Whether holds end in time: the timetable needs power for that. Whether "full" was true: after a cut many departures
# are settled in one breath, and the checker does not know that the act that refuses somebody offers the seats to those
# who were displaced from another departure meanwhile, and takes that back with all it did.
NOT_ASKED = {"I15", "I21"}
Progress = Callable[[str], None]


def dose_of(cuts: int, *, seed: str, workers: int = 1) -> Dose:
    """A day with so many cuts. The timetable is inside the server: an SQLite installation is one process."""
    return Dose(
        database="sqlite",
        journeys=cuts * JOURNEYS_OF_A_CUT,
        clients=12,
        kills=cuts,
        seconds_between_changes=2.0,
        departures=max(8, cuts * 2),
        workers=workers,
        seed=seed,
        application=SITE,
        timetable_inside=True,
    )


@dataclass
class Report:
    """A day that is over. A finding is counted once, however many cuts it is there after."""

    dose: Dose
    cuts: int = 0
    in_a_commit: int = 0
    in_a_checkpoint: int = 0
    acknowledged: int = 0
    lost: dict[str, int] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)
    dark: list[float] = field(default_factory=list)
    waited: float = 0.0
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        """Was every promise kept?"""
        return not self.lost and not self.broken

    def note(self, found: dict[str, int], sentences: list[str]) -> None:
        """Keep what is new, with the cut after which it was found."""
        for sentence in sentences:
            found.setdefault(sentence, self.cuts)

    def lines(self) -> Iterator[str]:
        """The report, for people."""
        yield (
            f"{self.cuts} power cuts, seed {self.dose.seed}: {self.acknowledged} acknowledged, "
            f"{len(self.lost)} of them lost, {len(self.broken)} other promises broken"
        )
        yield (
            f"  {self.in_a_commit} came within a commit, {self.in_a_checkpoint} within a checkpoint; the site answered "
            f"again after {median(self.dark or [0]):.1f} s, {max(self.dark, default=0):.1f} s at worst, the last of "
            f"all who waited had an answer after {self.waited:.1f} s; {self.seconds:.0f} s in all"
        )
        for kind, found in (("lost", self.lost), ("broken", self.broken)):
            for sentence, cut in list(found.items())[:5]:
                yield f"  {kind} at cut {cut}: {sentence}"


def live_through(dose: Dose, progress: Progress = lambda _line: None, *, keep: Path | None = None) -> Report:
    """Stage a launch day on a forgetful disk, and cut the power as often as the dose says, or until something is lost;
    raises NoSuchDisk where there can be no such disk. What was found against a promise can be looked up in `keep`.
    """
    report, begun = Report(dose), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tourbook-cuts-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with forgetful_disk(folder, dose.seed) as disk, staged(dose, folder, place=disk.place) as stage:
            Cutter(stage, disk, report, progress).let_people_in()
            if report.holds:
                _judge_the_day(stage, report)
            if keep and not report.holds:
                shutil.copytree(folder, keep / f"seed-{dose.seed}", dirs_exist_ok=True)
    report.seconds = time.monotonic() - begun
    return report


class Cutter:
    """Cuts the power at moments spread over the journeys, and looks at what is left each time."""

    def __init__(self, stage: Stage, disk: ForgetfulDisk, report: Report, progress: Progress) -> None:
        self._stage = stage
        self._disk = disk
        self._report = report
        self._progress = progress
        self._chance = Random(f"{stage.dose.seed} cuts")
        self._judge = Judge(disk.survived)
        self._journal = Journal(stage.folder / "power.jsonl")

    def let_people_in(self) -> None:
        """Let the crowd live its journeys, and the power go meanwhile."""
        dose = self._stage.dose
        crowd = [self._stage.begin("crowd", str(number)) for number in range(dose.processes)]
        administrator = self._stage.begin("administrator")
        try:
            for due in sorted(self._chance.uniform(0, dose.journeys) for _ in range(dose.kills)):
                self._wait_for(due)
                self._cut()
                if not self._report.holds:
                    return  # what comes after is confused by what was lost
            for one in crowd:
                assert one.wait(SECONDS_TO_LEAVE) == 0, f"{one.args} failed; see the logs"
            self._stage.say_over()
            administrator.wait(SECONDS_TO_LEAVE)
        finally:
            for one in (*crowd, administrator):
                end(one)
            self._journal.close()

    def _wait_for(self, due: float) -> None:
        days, latest = Days(self._stage.folder), time.monotonic() + SECONDS_TO_LEAVE
        while days.journeys < due - 1 and time.monotonic() < latest:
            time.sleep(LOOKS_EVERY)
            days.read_on()

    def _cut(self) -> None:
        if self._report.cuts % AIMED_AT_A_CHECKPOINT == 1:
            after = self._chance.randint(1, MOST_OF_A_CHECKPOINT)
            unsynced = self._disk.cut(after=after, of="crowd.sqlite", patience=PATIENCE)
        elif self._report.cuts % AIMED_AT_A_COMMIT == 0:
            after = self._chance.randint(1, MOST_OF_A_COMMIT)
            unsynced = self._disk.cut(after=after, of="crowd.sqlite-wal", patience=PATIENCE)
        else:
            unsynced = self._disk.cut(after=self._chance.randint(1, MOST_CHANGES), patience=PATIENCE)
        with self._stage.without_power():
            self._disk.come_back()
            dark, ended = time.monotonic(), wall_clock()
            for _ in range(self._stage.dose.workers):  # each had a timetable, which may have been sending letters
                self._journal.write("kill", kind="timetable")
        self._count(unsynced)
        self._look(ended)
        self._stage.wait_until_it_answers()
        self._report.dark.append(time.monotonic() - dark)
        until_answered(lambda: lines_of(self._stage.folder))

    def _count(self, unsynced: dict[str, int]) -> None:
        self._report.cuts += 1
        self._report.in_a_commit += bool(unsynced.get("crowd.sqlite-wal"))
        self._report.in_a_checkpoint += bool(unsynced.get("crowd.sqlite"))

    def _look(self, ended: float) -> None:
        lines = [line for line in lines_of(self._stage.folder) if line["wall_at"] <= ended]
        verdict = self._judge.look(lines, hold_seconds=HOLD_SECONDS, ended=ended)
        report = self._report
        report.note(report.lost, verdict.lost)
        report.note(report.broken, verdict.broken)
        report.acknowledged = max(report.acknowledged, verdict.acknowledged)
        self._progress(f"{report.cuts} cuts, {report.acknowledged} acknowledged, {len(report.lost)} lost")


def unanswered(lines: Iterable[dict[str, Any]]) -> set[str]:
    """The buttons that were pressed and have no final answer yet."""
    ended, begun = set(), set()
    for line in lines:
        if line["event"] in {"deed", "end"}:
            (begun if line["event"] == "deed" else ended).add(line["deed"])
    return begun - ended


def until_answered(
    lines: Callable[[], Iterable[dict[str, Any]]],
    *,
    clock: Callable[[], float] = time.monotonic,
    rest: Callable[[float], None] = time.sleep,
) -> None:
    """Leave the power on until all who wait by now have their answer, or their patience is over.

    Nobody is answered without power. Cuts that came one upon the other took the site away for longer than the patience
    of whoever had pressed a button before the first of them, and on a busy machine I20 told of that, and not of the
    site. Whom the site leaves without an answer though it has power, is found as ever.
    """
    waiting, latest = unanswered(lines()), clock() + SECONDS_TO_BE_ANSWERED
    while waiting and clock() < latest:
        rest(LOOKS_FOR_ANSWERS_EVERY)
        waiting &= unanswered(lines())


def _judge_the_day(stage: Stage, report: Report) -> None:
    """Everything once more, when all are gone and nothing is due: what the checker of a launch day looks at, except for
    what is NOT_ASKED.
    """
    stage.wait_until_it_answers()
    stage.run_timetable_to_the_end()
    own_check = stage.own_check()
    evidence = gathered(lines_of(stage.folder), tables.read(stage.url), hold_seconds=HOLD_SECONDS, ended=wall_clock())
    report.acknowledged = len(acknowledged(evidence))
    report.waited = max((deed.ended - deed.begun for deed in evidence.deeds if deed.ended), default=0.0)
    found = [f"{name} {one}" for name, each in violations(evidence).items() if name not in NOT_ASKED for one in each]
    report.note(report.broken, found + ([own_check] if own_check else []))
