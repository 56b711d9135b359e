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
LEAFLET = STATIC / "vendor" / "leaflet-1.9.4"
QR = STATIC / "vendor" / "qr-0.7.0"
QR_FILES = ("LICENSE", "LICENSE-MIT", "decode.js", "index.js")
LICENCES = {
    "krds-uiux": "ISC (package.json); KRDS: KOGL Type 1; Pretendard GOV: SIL OFL 1.1",
    "leaflet": "BSD-2-Clause",
    "qr": "MIT OR Apache-2.0",
}
FONTS = (
    "PretendardGOV-Regular.subset.woff2",
    "PretendardGOV-Bold.subset.woff2",
    "PretendardGOV-Regular.subset.woff",  # for papers: a woff2 font takes seconds to open in Python
    "PretendardGOV-Bold.subset.woff",
)


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
    """Copy the fonts, the icons that site.css names, and Leaflet as it is, and nothing else."""
    icons = VENDOR / "img" / "component" / "icon"
    shutil.rmtree(icons, ignore_errors=True)
    icons.mkdir(parents=True)
    for name in sorted(set(re.findall(r"icon/([\w-]+\.svg)", (STATIC / "css" / "site.css").read_text()))):
        shutil.copy(KRDS / "resources" / "img" / "component" / "icon" / name, icons / name)
    fonts = VENDOR / "fonts"
    fonts.mkdir(exist_ok=True)
    for name in FONTS:
        shutil.copy(KRDS / "resources" / "fonts" / name, fonts / name)
    shutil.rmtree(LEAFLET, ignore_errors=True)
    shutil.copytree(MODULES / "leaflet" / "dist" / "images", LEAFLET / "images")
    for name in ("dist/leaflet.js", "dist/leaflet.css", "LICENSE"):
        shutil.copy(MODULES / "leaflet" / name, LEAFLET)


def scanner() -> None:
    """Copy the reader of square codes as it was released; static/js/scan.js loads it where a browser has none."""
    shutil.rmtree(QR, ignore_errors=True)
    QR.mkdir()
    for name in QR_FILES:
        shutil.copy(MODULES / "qr" / name, QR / name)


def manifest() -> None:
    """Record what was vendored, from which releases; the sums are those npm checked the releases against."""
    lock = json.loads((MODULES / ".package-lock.json").read_text())["packages"]
    entries = [_entry(name, lock[f"node_modules/{name}"]) for name in LICENCES]
    kept = STATIC / "vendor" / "MANIFEST.json"
    others = [one for one in json.loads(kept.read_text()) if one["name"] not in LICENCES]  # copied by hand
    kept.write_text(json.dumps([*entries, *others], indent=2) + "\n")


def _entry(name: str, package: dict[str, str]) -> dict[str, object]:
    folder = STATIC / "vendor" / f"{name}-{package['version']}"
    files = sorted(str(path.relative_to(STATIC / "vendor")) for path in folder.rglob("*") if path.is_file())
    told = {"version": package["version"], "integrity": package["integrity"]}
    return {"name": name, **told, "licence": LICENCES[name], "files": files}


def main() -> None:
    """Install, compile, copy, record."""
    install()
    stylesheet()
    vendor()
    scanner()
    manifest()


if __name__ == "__main__":
    main()
