"""sqlmap and wapiti: installed into a place of their own, asked, and what they say they found."""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
MODULES = "sql,timesql,xss,permanentxss,exec,file,redirect,crlf,xxe,csrf,upload"
PATIENCE = 10
NOT_TRIED = "csrf_token,form_id"
FOUND = re.compile(r"^Parameter: .*|^\s+Title: .*", re.MULTILINE)
LOOKED = ("do not appear to be injectable", "no parameter(s) found for testing", "injection point(s)")


class Blind(Exception):
    """A scanner ended without having looked; a green of it would say nothing."""


def install(place: Path) -> Path:
    """Both of them, pinned; gives the folder of their commands."""
    commands = place / "bin"
    if not (commands / "sqlmap").exists():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        wanted = ["-r", str(HERE / "requirements.txt")]
        quiet = ["--disable-pip-version-check", "--no-input", "--quiet"]
        subprocess.run([str(commands / "python"), "-m", "pip", *quiet, "install", *wanted], check=True)
    return commands


def sqlmap(commands: Path, request: str, *, level: int = 2) -> list[str]:
    """Try to inject SQL into each parameter of a request, as it would go over the wire; gives what was found.

    A one-time id is a fresh one each time, or only the first try would be taken for a form of its own.
    """
    with tempfile.TemporaryDirectory(prefix="tourbook-sqlmap-") as folder:
        file = Path(folder) / "request"
        file.write_text(request, encoding="utf-8", newline="")
        words = ["-r", str(file), "--batch", "--level", str(level), "--dbms", "PostgreSQL", "--output-dir", folder]
        words += ["--randomize", "form_id", "--skip", NOT_TRIED, "--timeout", str(PATIENCE), "--retries", "1"]
        words += ["--disable-coloring", "--answers", "quit=N", "--ignore-code", "*", "--fresh-queries"]
        said = _run(str(commands / "sqlmap"), *words)
    if not any(words in said for words in LOOKED):
        raise Blind(said[-800:])
    return [line.strip() for line in FOUND.findall(said)] if LOOKED[-1] in said else []


def wapiti(commands: Path, address: str, cookie: str, *, minutes: float, starts: list[str], scope: str) -> list[str]:
    """Walk through the site in somebody's name and attack all forms and addresses; gives what was found."""
    with tempfile.TemporaryDirectory(prefix="tourbook-wapiti-") as folder:
        report = Path(folder) / "report.json"
        words = ["-u", address, "--scope", scope, "-C", cookie, "-m", MODULES, "-f", "json", "-o", str(report)]
        words += ["--flush-session", "--store-session", folder, "--store-config", folder, "--no-bugreport"]
        words += ["-t", str(PATIENCE), "--max-scan-time", str(minutes * 60)]
        words += ["--max-attack-time", str(minutes * 60), "--max-links-per-page", "200", "-v", "0"]
        words += [word for start in starts for word in ("-s", start)]
        said = _run(str(commands / "wapiti"), *words)
        if not report.exists():
            raise Blind(said[-800:])
        told = json.loads(report.read_text(encoding="utf-8"))
    if not told["infos"]["crawled_pages_nbr"]:
        raise Blind(f"no page was opened: {said[-800:]}")
    return sorted(set(_findings(told)))


def _findings(told: dict) -> Iterator[str]:
    for part in ("vulnerabilities", "anomalies"):
        for kind, found in told[part].items():
            yield from (f"{kind}: {one['method']} {one['path']} {one['parameter']}: {one['info']}" for one in found)


def _run(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return done.stdout + done.stderr
