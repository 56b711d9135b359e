"""The files for whoever runs it name real settings, commands, figures and paths, and tools that read them agree."""

import json
import logging.config
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from config import Config
from tests.ground.application import Ground
from tests.house.sources import REPOSITORY
from tests.operating.papers import BEGIN, END, FOLDER, GUIDE
from tourbook.backups import KEPT_ELSEWHERE
from tourbook.cli.group import tourbook as group
from tourbook.cli.keeping import settings_table

UNITS = sorted(FOLDER.glob("*.service"))
SETTINGS = set(re.findall(r"(?m)^\| `(\w+)`", settings_table()))
WORDS = re.compile(r"\b(?:TOURBOOK_[A-Z_]+|SECRET_KEY|DATABASE_URL)\b")
PLACE = "/opt/tourbook"


def given() -> dict[str, str]:
    lines = (FOLDER / "tourbook.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def directives(unit: Path) -> list[tuple[str, str]]:
    return re.findall(r"(?m)^(\w+)=(.*)$", unit.read_text())


def test_the_table_of_settings_is_that_of_the_code() -> None:
    written = GUIDE.read_text().split(BEGIN)[1].split(END)[0].strip()

    assert written == settings_table().strip(), "run `python -m tests.operating`"


@pytest.mark.parametrize("file", [GUIDE, *FOLDER.iterdir()], ids=lambda file: file.name)
def test_every_setting_that_is_named_is_one(file: Path) -> None:
    assert set(WORDS.findall(file.read_text())) <= SETTINGS


def test_the_example_of_settings_starts_production() -> None:
    config = Config.from_env(given())

    assert config.production
    assert config.trusted_proxies == 1
    assert config.logs_json


def test_every_place_that_is_needed_is_made_before_the_first_command_is_called() -> None:
    steps = re.split(r"(?m)^(?=\d\. )", GUIDE.read_text().split("## Installing")[1].split("\n## ")[0])
    first = next(place for place, step in enumerate(steps) if "flask --app wsgi db upgrade" in step)
    made = " ".join(steps[:first])

    told = [pair for unit in UNITS for pair in directives(unit)]
    needed = {value for name, value in told if name == "ReadWritePaths"}
    needed |= {path for _, value in told for path in re.findall(r"--key-file (\S+?)\"?$", value)}
    needed |= {str(Path(given()["TOURBOOK_KEYS"]).parent), given()["TOURBOOK_MASTER_KEY_FILE"]}

    assert len(needed) >= 4
    assert [path for path in sorted(needed) if path not in made] == []


def test_every_secret_that_opens_a_backup_is_named() -> None:
    assert all(name in GUIDE.read_text() for name in KEPT_ELSEWHERE)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_runs_what_is_there(unit: Path) -> None:
    told = dict(directives(unit))
    commands = re.findall(r"tourbook ([a-z]+)", told["ExecStart"])

    assert told["WorkingDirectory"] == PLACE
    assert told["EnvironmentFile"] == "/etc/tourbook/tourbook.env"
    assert set(commands) <= set(group.commands)
    assert re.search(r"wsgi:app|--app wsgi", told["ExecStart"])
    for path in re.findall(rf"{PLACE}/(\S+)|(?<= )(docs/\S+)", told["ExecStart"]):
        assert (REPOSITORY / "".join(path)).exists(), path


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_can_do_little(unit: Path) -> None:
    told = dict(directives(unit))

    assert told["User"] == "tourbook"
    assert (told["NoNewPrivileges"], told["ProtectSystem"], told["CapabilityBoundingSet"]) == ("yes", "strict", "")


@pytest.mark.parametrize("unit", [*UNITS, FOLDER / "tourbook-backup.timer"], ids=lambda unit: unit.name)
def test_systemd_understands_a_unit(unit: Path, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not on this machine")
    for one in FOLDER.glob("tourbook-*"):
        (tmp_path / one.name).write_text(one.read_text().replace(PLACE, str(REPOSITORY)))

    read = subprocess.run(
        [str(shutil.which("systemd-analyze")), "verify", tmp_path / unit.name],
        capture_output=True,
        text=True,
        check=False,
    )

    ours = [line for line in read.stderr.splitlines() if "tourbook-" in line]
    assert ours == []


def test_nginx_understands_its_file(tmp_path: Path) -> None:
    if not shutil.which("nginx"):
        pytest.skip("nginx is not on this machine")
    text = re.sub(r"(?m)^ *ssl_certificate.*\n|listen .*443 ssl;", "", (FOLDER / "nginx.conf").read_text())
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"events {{}}\nhttp {{\n{text.replace('/var/log/nginx', str(tmp_path))}\n}}\n")

    read = subprocess.run(
        [str(shutil.which("nginx")), "-t", "-c", whole, "-p", tmp_path], capture_output=True, text=True, check=False
    )

    assert read.returncode == 0, read.stderr


def test_nginx_passes_on_exactly_what_one_proxy_does_and_hides_what_is_for_machines() -> None:
    text = (FOLDER / "nginx.conf").read_text()

    assert text.count("proxy_set_header X-Forwarded-For $remote_addr;") == 1
    assert 'proxy_set_header X-Request-ID "";' in text
    assert all(f"location = {address} {{ return 404; }}" in text for address in ("/metrics", "/readyz"))
    [form] = re.findall(r"(?s)log_format tourbook .*?;\n", text)
    assert not re.search(r"\$(request|request_uri|uri|args|http_referer|remote_addr)\b", form)


def test_the_servers_own_log_is_json_too() -> None:
    told = json.loads((FOLDER / "granian-log.json").read_text())
    logger = logging.getLogger("_granian_of_a_test")

    logging.config.dictConfig(
        {"version": 1, "disable_existing_loggers": False, **told, "loggers": {logger.name: {"handlers": ["console"]}}}
    )
    [handler] = logger.handlers
    line = handler.format(logging.LogRecord("_granian", logging.INFO, "", 1, "Spawning worker-%d", (1,), None))
    logger.handlers.clear()

    assert json.loads(line)["message"] == "Spawning worker-1"


def test_the_image_takes_what_is_there() -> None:
    text = (FOLDER / "Containerfile").read_text()
    taken = [word for line in re.findall(r"(?m)^COPY (?!--)(.*)$", text) for word in line.split()[:-1]]

    assert len(taken) >= 7
    assert [path for path in taken if not (REPOSITORY / path).exists()] == []
    assert {"tourbook", "templates", "static", "migrations", "config.py", "wsgi.py"} <= set(taken)


@pytest.mark.sqlite_only("names of figures do not depend on the database")
def test_every_figure_is_explained_and_every_one_explained_is_there(database: Ground) -> None:
    client = database.app.test_client()
    client.get("/ko/help")
    database.app.extensions["tourbook.metrics"].read_at = None
    told = client.get("/metrics").get_data(as_text=True)
    there = set(re.findall(r"(?m)^# TYPE (tourbook_\w+) ", told))
    explained = set(re.findall(r"`(tourbook_[a-z_]+)`", GUIDE.read_text()))

    late = {"tourbook_timetable_lag_seconds"}  # there once the timetable has run
    assert explained - late == there - late
