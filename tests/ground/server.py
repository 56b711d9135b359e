"""The real application, served as `make run` serves it, in a process of its own."""

import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 40
SECONDS_TO_STOP = 10
TEST_SECRET = "a-secret-that-only-tests-use-0123456789"


@dataclass(frozen=True)
class Server:
    """A running server: where it answers, and what it has printed so far."""

    address: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def printed(self) -> str:
        """What the server has written to its log."""
        return self.log.read_text(errors="replace")

    def kill(self) -> None:
        """End it like a power cut: no signal handler, no goodbye."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def free_port() -> int:
    """A port that nobody listens on, below those that the system lends to outgoing connections."""
    while True:
        port = random.randint(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def deaf_port() -> Iterator[int]:
    """A port that refuses everybody meanwhile. It is taken, so that no server of another test can open there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        yield port


def child_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without the project's settings, and with those given."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("TOURBOOK_") and k != "DATABASE_URL"}
    return {**inherited, "TOURBOOK_ENV": "test", "SECRET_KEY": TEST_SECRET, "PYTHONUNBUFFERED": "1", **settings}


def run_command(*words: str, settings: Mapping[str, str]) -> str:
    """Run `flask --app wsgi WORDS` with these settings, and return what it printed; fails loudly."""
    return run_module("flask", "--app", "wsgi", *words, settings=settings)


def run_module(*words: str, settings: Mapping[str, str]) -> str:
    """Run `python -m WORDS` with these settings, and return what it printed; fails loudly."""
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=REPOSITORY,
        env=child_environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


@contextmanager
def serving(
    settings: Mapping[str, str],
    *,
    workers: int = 1,
    threads: int = 4,
    application: str = "wsgi:app",
    port: int | None = None,
) -> Iterator[Server]:
    """Serve the application with these settings (DATABASE_URL at least) until the block ends."""
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="tourbook-server-") as folder:
        log = Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                _command(application, port, workers, threads),
                cwd=REPOSITORY,
                env=child_environment({"PORT": str(port), **settings}),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        server = Server(address=f"http://127.0.0.1:{port}", process=process, log=log)
        try:
            _wait_until_it_answers(server)
            yield server
        finally:
            _stop(server)


def _command(application: str, port: int, workers: int, threads: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", application),
        *("--host", "127.0.0.1", "--port", str(port), "--no-ws"),
        *("--workers", str(workers), "--blocking-threads", str(threads)),
    ]


def _wait_until_it_answers(server: Server) -> None:
    latest = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < latest:
        if server.process.poll() is not None:
            raise AssertionError(f"the server ended before it answered:\n{server.printed()}")
        if _answers(server.address + "/healthz"):
            return
        time.sleep(0.05)
    raise AssertionError(f"the server did not answer within {SECONDS_TO_START} s:\n{server.printed()}")


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own http address
            return True
    except urllib.error.HTTPError as answer:
        answer.close()
        return answer.code < 500
    except OSError:
        return False


def _stop(server: Server) -> None:
    if server.process.poll() is None:
        server.process.terminate()
    with suppress(subprocess.TimeoutExpired):
        server.process.wait(SECONDS_TO_STOP)
    server.kill()  # whatever is left of its process group
