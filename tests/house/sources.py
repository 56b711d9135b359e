"""The project's own files, read once, for the habits that look at them."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PRODUCT = ("tourbook/", "config.py", "wsgi.py")
MADE_BY_OTHERS = ("static/vendor/", "tests/vendor/", "static/src/vendor/")


@dataclass(frozen=True)
class Source:
    """One text file of the project."""

    name: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """Its lines."""
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree, where it is Python."""
        return ast.parse(self.text, self.name)

    def calls(self, attribute: str) -> Iterator[ast.Call]:
        """Every call of a method of that name."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == attribute:
                yield node


@cache
def file_names() -> tuple[str, ...]:
    """Every file that is committed or could be, by git's own account."""
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    names = sorted(set(filter(None, listed.stdout.split("\0"))))
    return tuple(name for name in names if (REPOSITORY / name).is_file())


@cache
def sources(*, ending: str = ".py", under: tuple[str, ...] = ("",)) -> tuple[Source, ...]:
    """The text files with that ending below these places."""
    chosen = (name for name in file_names() if name.endswith(ending) and name.startswith(under))
    return tuple(Source(name, (REPOSITORY / name).read_text(encoding="utf-8")) for name in chosen)


def product() -> tuple[Source, ...]:
    """The Python files of the product itself."""
    return sources(under=PRODUCT)


def texts() -> Iterator[Source]:
    """Every text file that the project wrote itself."""
    for name in file_names():
        if name.startswith(MADE_BY_OTHERS):
            continue
        try:
            yield Source(name, (REPOSITORY / name).read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            continue  # a picture, a font
