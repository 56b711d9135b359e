"""The list of everything that is installed, as CycloneDX JSON: `python -m tests.operating.sbom FILE` (`make sbom`).

Read from the pinned requirements, so that it lists what every installation has, with the hashes that are demanded, and
from the manifest of what lies in static/vendor. The same content gives the same file.
"""

import json
import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

from tests.house.sources import REPOSITORY

PINNED = re.compile(r"(?m)^([a-z0-9][\w.-]*)(?:\[[^]]*\])?==([^\s;\\]+)([^\n]*(?:\n[ ]+[^\n]*)*)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
VIA = re.compile(r"(?m)^ +#(?: via)? +(\S+)$")


def bill_of_materials() -> dict[str, Any]:
    """Everything that runs: packages with their versions, hashes, licences and who asks for them; vendored files."""
    packages = PINNED.findall((REPOSITORY / "requirements.txt").read_text(encoding="utf-8"))
    refs = {name: f"pkg:pypi/{name}@{version}" for name, version, _ in packages}
    asked: dict[str, list[str]] = {ref: [] for ref in refs.values()}
    for name, _, rest in packages:
        for by in VIA.findall(rest):
            if by in refs:
                asked[refs[by]].append(refs[name])
    vendored = json.loads((REPOSITORY / "static/vendor/MANIFEST.json").read_text(encoding="utf-8"))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "tourbook", "bom-ref": "tourbook"}},
        "components": [
            *(_package(name, version, rest) for name, version, rest in packages),
            *(_vendored(one) for one in vendored),
        ],
        "dependencies": [
            {"ref": "tourbook", "dependsOn": sorted(refs[n] for n, _, rest in packages if "requirements.in" in rest)},
            *({"ref": ref, "dependsOn": sorted(needs)} for ref, needs in sorted(asked.items())),
        ],
    }


def _package(name: str, version: str, rest: str) -> dict[str, Any]:
    ref = f"pkg:pypi/{name}@{version}"
    hashes = [{"name": "tourbook:sha256", "value": one} for one in sorted(HASH.findall(rest))]
    told = {"type": "library", "name": name, "version": version, "purl": ref, "bom-ref": ref, "properties": hashes}
    licence = _licence(name)
    return {**told, "licenses": [{"license": {"name": licence}}]} if licence else told


def _vendored(one: dict[str, Any]) -> dict[str, Any]:
    ref = f"pkg:npm/{one['name']}@{one['version']}"
    told = {"type": "library", "name": one["name"], "version": one["version"], "purl": ref, "bom-ref": ref}
    return {**told, "licenses": [{"license": {"name": one["licence"]}}]} if one.get("licence") else told


def _licence(name: str) -> str:
    """What the package says of itself where it is installed, in one line."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return ""
    found = said.get("License-Expression") or said.get("License") or ""
    return found.strip().splitlines()[0][:80] if found.strip() else ""


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(bill_of_materials(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
