"""Build static/css/site.css and what it names from KRDS and our own styles: `python static/src/build.py`.

Needs node and npm, and is run only by whoever changes the look; the service runs on the committed files.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parent
STATIC = SOURCE.parent
MODULES = SOURCE / "node_modules"
KRDS = MODULES / "krds-uiux"
VENDOR = STATIC / "vendor" / "krds-uiux-1.1.0"
FONTS = ("PretendardGOV-Regular.subset.woff2", "PretendardGOV-Bold.subset.woff2")


def run(*command: str | Path) -> None:
    """Run a command in the source folder; a failure ends the build with its output."""
    subprocess.run([str(part) for part in command], cwd=SOURCE, check=True)  # noqa: S603 - our own commands only


def install() -> None:
    """Fetch the pinned packages; without a lock file, so that no registry's address is committed."""
    run("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--silent")


def sass(name: str, folder: Path) -> Path:
    """Compile one stylesheet into a scratch folder."""
    target = folder / f"{name}.css"
    options = ("--no-source-map", "--quiet", "--silence-deprecation=import", "--load-path=node_modules")
    run(MODULES / ".bin" / "sass", *options, f"{name}.scss", target)
    return target


def stylesheet() -> None:
    """Write site.css: tokens, KRDS and our own, without what no template uses, minified."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        tokens = KRDS / "resources" / "css" / "token" / "krds_tokens.css"
        joined = folder / "site.scss"
        run("node", "purge.cjs", tokens, sass("krds-subset", folder), sass("app", folder), joined)
        minified = ("--no-source-map", "--no-charset", "--style=compressed")
        run(MODULES / ".bin" / "sass", *minified, joined, STATIC / "css" / "site.css")


def vendor() -> None:
    """Copy the fonts, and the icons that site.css names, and nothing else."""
    icons = VENDOR / "img" / "component" / "icon"
    shutil.rmtree(icons, ignore_errors=True)
    icons.mkdir(parents=True)
    for name in sorted(set(re.findall(r"icon/([\w-]+\.svg)", (STATIC / "css" / "site.css").read_text()))):
        shutil.copy(KRDS / "resources" / "img" / "component" / "icon" / name, icons / name)
    fonts = VENDOR / "fonts"
    fonts.mkdir(exist_ok=True)
    for name in FONTS:
        shutil.copy(KRDS / "resources" / "fonts" / name, fonts / name)


def manifest() -> None:
    """Record what was vendored, from which release; the sum is the one npm checked the release against."""
    lock = json.loads((MODULES / ".package-lock.json").read_text())
    package = lock["packages"]["node_modules/krds-uiux"]
    files = sorted(str(path.relative_to(STATIC / "vendor")) for path in VENDOR.rglob("*") if path.is_file())
    entry = {
        "name": "krds-uiux",
        "version": package["version"],
        "integrity": package["integrity"],
        "licence": "ISC (package.json); KRDS: KOGL Type 1; Pretendard GOV: SIL OFL 1.1",
        "files": files,
    }
    (STATIC / "vendor" / "MANIFEST.json").write_text(json.dumps([entry], indent=2) + "\n")


def main() -> None:
    """Install, compile, copy, record."""
    install()
    stylesheet()
    vendor()
    manifest()


if __name__ == "__main__":
    main()
