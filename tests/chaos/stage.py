"""Everything that runs on a launch day, on loopback and in one folder: database, server, timetable, mail server."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from tests.chaos.postgres import Postgres
from tests.chaos.processes import Kept, children, command_line, wait_until
from tests.ground.server import REPOSITORY, child_environment, free_port, run_command

HOLD_MINUTES = 1
LONG_SECONDS = 30.0  # holds may be let go a minute late
SECONDS_TO_START = 60
SECONDS_STILL = 3.0
SEES_EVERY = 0.1


@dataclass(frozen=True)
class Dose:
    """How much of everything; `kills` 0 means that nothing is killed. Until `changes` of size were made, more people
    come than `journeys` says, so that a fast machine sees as many as a slow one.
    """

    database: str
    journeys: int
    clients: int = 16
    kills: int = 0
    changes: int = 0
    seconds_between_changes: float = 1.0
    departures: int = 20
    share_of_first: float = 0.3
    workers: int = 2
    threads: int = 4
    processes: int = 2
    seed: str = "1"
    application: str = "wsgi:app"
    timetable_inside: bool = False  # as `make run` has it; otherwise it is a process of its own


class Stage:
    """One launch day: what runs, where its journals are, and how to let people in.

    An SQLite file lies in `place`, where that is given, and else among the journals.
    """

    def __init__(self, dose: Dose, folder: Path, *, place: Path | None = None) -> None:
        self.dose = dose
        self.folder = folder
        self.port = free_port()
        self._mail_port = free_port()
        self._postgres = Postgres(folder) if dose.database == "postgresql" else None
        self.url = self._postgres.url if self._postgres else f"sqlite:///{place or folder}/crowd.sqlite"
        self.settings = {
            "DATABASE_URL": self.url,
            "PORT": str(self.port),
            "TOURBOOK_HOLD_MINUTES": str(HOLD_MINUTES),
            "TOURBOOK_TRUSTED_PROXIES": "1",
            "TOURBOOK_GRACE_MINUTES": "0",  # the day ends when everybody was told
            "TOURBOOK_MAIL_SERVER": f"127.0.0.1:{self._mail_port}",
            "TOURBOOK_MAIL_TLS": "off",
            "TOURBOOK_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
        }
        if self._postgres:  # beside an SQLite file the keys lie on the same disk, and live through its cuts
            self.settings["TOURBOOK_KEYS"] = str(folder / "keys")
        self._stopping = Event()
        self._keeping = Lock()
        self._keeper = Thread(target=self._keep, name="keeper")
        (folder / "mails.jsonl").touch()
        self._sink = self._kept("sink", "-m", "tests.chaos.sink", str(self._mail_port), str(folder / "mails.jsonl"))
        inside = {"TOURBOOK_TIMETABLE": "on"} if dose.timetable_inside else {}
        self._web = self._kept("web", "-m", "granian", *serving_words(self.port, dose), **inside)
        self._timetable = self._kept("timetable", "-m", "flask", "--app", "wsgi", "tourbook", "jobs")
        self._upheld = (self._web,) if dose.timetable_inside else (self._web, self._timetable)

    # -- running -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start everything, and wait until the site answers."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.chaos.season", str(self.dose.departures)],
            cwd=REPOSITORY,
            env=child_environment(self.settings),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        season = json.loads(done.stdout)
        self._write_spec(season)
        for one in (self._sink, *self._upheld):
            one.start()
        self.wait_until_it_answers()
        self._keeper.start()

    def stop(self) -> None:
        """End everything that was started here."""
        self._stopping.set()
        if self._keeper.is_alive():
            self._keeper.join()
        for one in (self._web, self._timetable, self._sink):
            one.stop()
        if self._postgres:
            self._postgres.stop()

    def wait_until_it_answers(self) -> None:
        """Wait until the database and the site answer again."""
        if self._postgres:
            self._postgres.wait_until_it_answers()
        wait_until(f"the site answers (log: {self.folder / 'web.log'})", self._answers, SECONDS_TO_START)

    def begin(self, module: str, *words: str) -> "subprocess.Popen[bytes]":
        """Start one of the actors, with the spec of this stage."""
        with (self.folder / f"{module}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", f"tests.chaos.{module}", str(self.folder / "spec.json"), *words],
                cwd=REPOSITORY,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def say_over(self) -> None:
        """Tell administrator and nemesis that the day is over."""
        (self.folder / "over").touch()

    @contextmanager
    def without_power(self) -> Iterator[None]:
        """Site and timetable die, stay dead while the block lasts, and start anew; whether they answer is not waited
        for.
        """
        with self._keeping:
            for one in self._upheld:
                one.kill()
            yield
            for one in self._upheld:
                one.start()

    def run_timetable_to_the_end(self) -> None:
        """When letters have left, stop the timetable, and the site if it is in there, and do all that is due; then
        nothing changes any more. Letters of a whole day leave for minutes, in which the timetable still ends holds.
        """
        mails = self.folder / "mails.jsonl"
        until_still(lambda: mails.stat().st_size)
        self._stopping.set()
        self._keeper.join()
        (self._web if self.dose.timetable_inside else self._timetable).stop()
        until_quiet(lambda: run_command("tourbook", "jobs", "--once", settings=self.settings))

    def own_check(self) -> str:
        """What the product's own recount says; "" when everything holds."""
        with suppress(AssertionError):
            run_command("tourbook", "check", settings=self.settings)
            return ""
        try:
            run_command("tourbook", "check", settings=self.settings)
        except AssertionError as found:
            return str(found)
        return ""

    # -- inside --------------------------------------------------------------------------------------------------

    def _kept(self, name: str, *words: str, **settings: str) -> Kept:
        return Kept(
            [sys.executable, *words],
            folder=REPOSITORY,
            environment=child_environment({**self.settings, **settings}),
            log=self.folder / f"{name}.log",
        )

    def _write_spec(self, season: dict[str, Any]) -> None:
        spec: dict[str, Any] = {
            **vars(self.dose),
            "folder": str(self.folder),
            "port": self.port,
            **season,
            "administrator": ["crowd-admin@example.kr", "walk-the-dmz-trail"],
        }
        (self.folder / "spec.json").write_text(json.dumps(spec), encoding="utf-8")

    def _keep(self) -> None:
        """Start again what has died, and tell the nemesis what there is."""
        while not self._stopping.wait(SEES_EVERY):
            if self._postgres:
                self._postgres.see_to()
            with self._keeping:
                for one in self._upheld:
                    one.see_to()
            self._name_prey()

    def _name_prey(self) -> None:
        found = {
            "worker": [pid for pid in children(self._web.pid) if "granian" in command_line(pid)],
            "server": [self._web.pid],
            "timetable": [self._timetable.pid],
        }
        if self._postgres:
            found |= {"backend": self._postgres.backends(), "postmaster": [self._postgres.pid]}
        named = {kind: [(pid, command_line(pid)) for pid in pids if pid] for kind, pids in found.items()}
        fresh = self.folder / "prey.new"
        fresh.write_text(json.dumps(named), encoding="utf-8")
        fresh.replace(self.folder / "prey.json")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/en/", timeout=10):
                return True
        except (urllib.error.HTTPError, OSError):
            return False


def serving_words(port: int, dose: Dose) -> list[str]:
    """What granian is told, as `make run` tells it; with as many workers as the dose says."""
    return [
        *("--interface", "wsgi", dose.application, "--host", "127.0.0.1", "--port", str(port), "--no-ws"),
        *("--workers", str(dose.workers), "--blocking-threads", str(dose.threads)),
        *("--respawn-failed-workers", "--respawn-interval", "0.5"),
    ]


def until_quiet(work: Callable[[], object], clock: Callable[[], float] = time.monotonic) -> None:
    """Do it again as long as it takes long: while letters leave for minutes, holds run out behind their back."""
    took = LONG_SECONDS
    while took >= LONG_SECONDS:
        begun = clock()
        work()
        took = clock() - begun


def until_still(size: Callable[[], int], rest: Callable[[float], None] = time.sleep) -> None:
    """Wait as long as something grows."""
    was, now = -1, size()
    while now > was:
        rest(SECONDS_STILL)
        was, now = now, size()


@contextmanager
def staged(dose: Dose, folder: Path, *, place: Path | None = None) -> Iterator[Stage]:
    """A launch day that runs until the block ends."""
    stage = Stage(dose, folder, place=place)
    try:
        stage.start()
        yield stage
    finally:
        stage.stop()
