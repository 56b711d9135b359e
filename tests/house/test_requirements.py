"""What is installed is pinned, checked by its hash, and there for a reason."""

import re

import pytest

from tests.house.sources import REPOSITORY, texts

A_REGISTRY = re.compile(r"\b(pypi|npmjs|yarnpkg|pythonhosted|debian|unpkg|jsdelivr)\.(org|com|net)\b")


def _read(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["requirements.in", "requirements-dev.in"])
def test_every_dependency_says_why_it_is_here(name: str):
    lines = [line for line in _read(name).splitlines() if line and not line.startswith(("#", "-"))]

    assert [line for line in lines if not re.fullmatch(r"\S+\s+# .{10,}", line)] == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_pinned_package_has_hashes(name: str):
    packages = re.split(r"\n(?=[a-z])", re.sub(r"(?m)^ *#.*\n", "", _read(name)).strip())

    assert len(packages) > 20
    assert [
        package for package in packages if not re.match(r"\S+==\S+( ; [^\\]+)? \\\n +--hash=sha256:", package)
    ] == []


def test_what_runs_is_the_same_in_both_files():
    running, testing = (set(re.findall(r"(?m)^[a-z][^ ]*==[^ ]+", _read(f"requirements{x}.txt"))) for x in ("", "-dev"))

    assert running <= testing


def test_no_package_registry_is_named():
    named = [
        f"{source.name}:{number}"
        for source in texts()
        for number, line in enumerate(source.lines, 1)
        if A_REGISTRY.search(line)
    ]

    assert not named
