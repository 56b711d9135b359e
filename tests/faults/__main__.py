"""`python -m tests.faults`: the full dose of lost answers and of a database out of reach, with progress.

A lost answer takes seconds: 1,000 of them take about two hours, and parts of them have a seed of their own. It ends
with 1 where a promise was broken. `make test` runs the same with a short dose (test_lost_answers.py,
test_database_silent.py).
"""

import argparse
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from random import Random

from tests.applications.scene import assert_sound, build_scene
from tests.faults.acts import ACTS
from tests.faults.askers import Askers, ask_for_a_place, asking
from tests.faults.losing import Losing, Outcome, losing
from tests.faults.wire import Fault, wire_to
from tests.ground.application import Ground, Grounds
from tests.ground.moments import MONDAY_MORNING, StandingClock
from tests.ground.server import serving
from tourbook.db import db

WORST = 10
WELL_AGAIN = 5
PEOPLE = 16
SEED = 20211122
SPELL = 10
OUT_OF_REACH = (Fault.SILENT, Fault.HALF_OPEN, Fault.RESET)


@dataclass
class Report:
    """What was found, and the figures that go with it."""

    broken: list[str] = field(default_factory=list)
    lost: int = 0
    worst: float = 0.0

    def say(self, line: str) -> None:
        """Show how far it is."""
        print(f"[faults] {line}", flush=True)


def run(*, lost_answers: int = 1000, rounds: int = 10, seed: int = SEED) -> Report:
    """Lose that many answers to COMMITs over all acts, then cut the database off that many times; gives a report."""
    report = Report()
    with ExitStack() as stack:
        ground = Grounds(stack).on("postgresql")
        clock = StandingClock()
        stack.callback(clock.run_again)
        lose_answers(ground, clock, report, times=lost_answers, seed=seed)
        cut_off(ground, report, rounds=rounds)
    return report


def lose_answers(ground: Ground, clock: StandingClock, report: Report, *, times: int, seed: int) -> None:
    """Do acts at random, each with the answer to one of its COMMITs lost, and compare with the act done once."""
    chance, once = Random(seed), {}
    with losing(ground, clock) as far:
        while report.lost < times:
            name = chance.choice(list(ACTS))
            once[name] = once.get(name) or far.outcome(ACTS[name])
            _lose(far, name, once[name], chance, report)
            if report.lost % 25 == 0:
                report.say(f"{report.lost} of {times} answers lost, {len(report.broken)} broken promises")


def _lose(far: Losing, name: str, once: Outcome, chance: Random, report: Report) -> None:
    number = chance.randint(1, once.commits)
    found = once.differs_from(far.outcome(ACTS[name], lost=number))
    report.lost += 1
    report.broken += [f"{name}, commit {number}: {line}" for line in found]


def cut_off(ground: Ground, report: Report, *, rounds: int) -> None:
    """Put the database out of reach again and again while people ask, and lose every fifth answer in between."""
    ground.reset()
    settings = {"TOURBOOK_NOW": MONDAY_MORNING, "TOURBOOK_TRUSTED_PROXIES": "1"}
    with ground.app.app_context(), wire_to(ground.url) as wire:
        scene = build_scene(MONDAY_MORNING)
        walk = scene.add_departure("2026-05-20T10:00", capacity=100_000)
        with serving({**settings, "DATABASE_URL": wire.url}) as server:
            for number in range(rounds):
                fault = OUT_OF_REACH[number % len(OUT_OF_REACH)]
                with asking(server.address, walk, PEOPLE, ask_for_a_place) as askers:
                    commits = count(1)
                    wire.swallow = lambda commits=commits: next(commits) % 5 == 0
                    time.sleep(SPELL)
                    wire.swallow = lambda: False
                    with wire.failing(fault):
                        time.sleep(SPELL)
                    ended = time.monotonic()
                    time.sleep(WELL_AGAIN + SPELL)
                _judge(askers, ended, f"round {number + 1}, {fault}", report)
        assert_sound(scene, db.session())
        db.session.remove()


def _judge(askers: Askers, ended: float, when: str, report: Report) -> None:
    report.worst = max(report.worst, askers.worst)
    late = askers.unanswered_after(ended + WELL_AGAIN)
    if askers.worst > WORST:
        report.broken.append(f"{when}: somebody waited {askers.worst:.1f} s")
    if late:
        report.broken.append(f"{when}: {late} questions without an answer after {WELL_AGAIN} s")
    if strange := askers.statuses - {200, 302, 503}:
        report.broken.append(f"{when}: answers {sorted(strange)}")
    report.say(f"{when}: {len(askers.heard)} answers, the worst after {askers.worst:.1f} s")


def main() -> int:
    """Run the dose that was asked for, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--lost-answers", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=SEED, help="what chance begins with: parts of a dose have others")
    asked = parser.parse_args()
    report = run(lost_answers=asked.lost_answers, rounds=asked.rounds, seed=asked.seed)
    for line in report.broken:
        report.say(f"BROKEN: {line}")
    report.say(f"{report.lost} answers lost, worst answer {report.worst:.1f} s, {len(report.broken)} broken promises")
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
