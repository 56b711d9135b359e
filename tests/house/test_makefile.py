"""Where `make run` serves, and what it tells people to open."""

import os
import re
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.ground.server import free_port
from tests.house.sources import REPOSITORY
from tourbook.accounts import place_of

MAKEFILE = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
TOLD = re.findall(r"http://[\w.:$-]+", MAKEFILE)


def start(port: int) -> subprocess.CompletedProcess[str]:
    """The lines with which `make run` looks whether the port is free, said by bash alone."""
    (lines,) = re.findall(r"(?ms)^define refuse_port_in_use\n(.*?)^endef", MAKEFILE)
    said = lines.replace("$(BIN)", str(REPOSITORY / ".venv/bin")).replace("$@", "run").replace("$$", "$")
    environment = {**os.environ, "PORT": str(port)}
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", said],  # noqa: S607 - the shell that make finds too
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("address", TOLD)
def test_what_is_told_to_open_is_where_passkeys_work(address: str):
    assert place_of(address.replace("$$PORT", "8000")) is not None


def test_two_ways_of_serving_tell_their_address():
    assert len(TOLD) == 3, "run and rehearse in the list of commands, and what both print"


def test_the_server_is_bound_to_this_machine_alone():
    assert re.findall(r"--host (\S+)", MAKEFILE) == ["127.0.0.1"]


def test_a_free_port_is_taken():
    assert start(free_port()).returncode == 0


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_port_on_which_a_browser_would_find_somebody_else_is_refused(family: socket.AddressFamily, host: str):
    try:
        taken = socket.create_server((host, 0), family=family)
    except OSError as error:
        pytest.skip(f"this machine has no {host}: {error}")
    with closing(taken):
        port = taken.getsockname()[1]
        refused = start(port)

    assert refused.returncode == 1
    assert f"port {port} is in use" in refused.stdout


def chosen(tmp_path: Path, *, system: str = "", said: str = "") -> str:
    """The Python of which make makes `.venv`, where the system's is `system`, and somebody has `said` another."""
    told = [f"{name}={value}" for name, value in {"SYSTEM_PYTHON": system, "PYTHON": said}.items() if value]
    shown = tmp_path / "shown.mk"
    shown.write_text(f"include {REPOSITORY / 'Makefile'}\nshown:\n\t@echo $(PYTHON)\n", encoding="utf-8")
    make = ["make", "-s", "-f", str(shown), "-C", str(REPOSITORY), "shown", *told]
    return subprocess.run(make, capture_output=True, text=True, check=True).stdout.strip()


def test_the_systems_own_python_comes_first(tmp_path: Path):
    assert chosen(tmp_path, system=sys.executable) == sys.executable


@pytest.mark.parametrize("system", ["/nowhere/python3", "false"], ids=["not there", "will not do"])
def test_where_it_will_not_do_the_shells_own_is_taken(tmp_path: Path, system: str):
    assert chosen(tmp_path, system=system) == "python3"


def test_another_can_be_named(tmp_path: Path):
    assert chosen(tmp_path, system=sys.executable, said="/opt/python") == "/opt/python"
