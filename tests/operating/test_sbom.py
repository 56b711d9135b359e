"""The list of parts names all that is pinned, each with its hashes, and nothing twice."""

import re

from tests.house.sources import REPOSITORY
from tests.operating.sbom import bill_of_materials


def test_everything_that_is_pinned_stands_in_it() -> None:
    pinned = re.findall(r"(?m)^([a-z0-9][\w.-]*)(?:\[.*\])?==(\S+)", (REPOSITORY / "requirements.txt").read_text())

    found = bill_of_materials()

    packages = [one for one in found["components"] if one["purl"].startswith("pkg:pypi/")]
    assert [(one["name"], one["version"]) for one in packages] == pinned
    assert len(pinned) > 30
    assert all(one["properties"] for one in packages)
    assert {"krds-uiux", "leaflet"} <= {one["name"] for one in found["components"]}


def test_no_part_is_named_twice_and_every_need_is_a_part() -> None:
    found = bill_of_materials()
    refs = [one["bom-ref"] for one in found["components"]]

    assert len(refs) == len(set(refs))
    assert {need for one in found["dependencies"] for need in one["dependsOn"]} <= set(refs)
    assert len(next(one for one in found["dependencies"] if one["ref"] == "tourbook")["dependsOn"]) > 20


def test_who_asks_for_a_part_is_told() -> None:
    needs = {one["ref"].split("@")[0]: one["dependsOn"] for one in bill_of_materials()["dependencies"]}

    assert any(one.startswith("pkg:pypi/werkzeug@") for one in needs["pkg:pypi/flask"])
