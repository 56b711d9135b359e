"""Static files and templates keep to what the content security policy, the licences and the byte budget ask."""

import gzip
import json
import re
from pathlib import Path

import pytest
from jinja2 import Environment

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
TEMPLATES = ROOT / "templates"
SITE_CSS = STATIC / "css" / "site.css"
STYLESHEETS = sorted((STATIC / "css").glob("*.css"))
PAGES = sorted(TEMPLATES.rglob("*.html"))
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))

BUDGET = 40 * 1024
ONE_PAGE_ALONE = {
    "draw_check.js": 12 * 1024,
    "course_map.js": 2 * 1024,
    "scan.js": 4 * 1024,
    "passkey.js": 4 * 1024,
    "offline_page.js": 13 * 1024,
    "offline_store.js": 4 * 1024,
    "offline_talk.js": 4 * 1024,
    "offline_worker.js": 2 * 1024,
}
SCRIPT_BUDGETS = {"site.js": 2 * 1024, "sign_out.js": 3 * 1024, "stay.js": 2 * 1024, **ONE_PAGE_ALONE}
OWN_SCRIPTS_OF_THE_MAP = 2 * 1024


def named(path: Path) -> str:
    """A file's name in the list of tests."""
    return str(path.relative_to(ROOT))


def addresses(css: str) -> list[str]:
    """Everything a stylesheet would fetch."""
    return [found.strip("'\" ") for found in re.findall(r"url\(([^)]*)\)", css)]


def compressed(path: Path) -> int:
    """The size of a file as it is sent, in bytes."""
    return len(gzip.compress(path.read_bytes(), 9))


def icons() -> set[Path]:
    """The images that site.css names."""
    return {(SITE_CSS.parent / address).resolve() for address in addresses(SITE_CSS.read_text())}


@pytest.mark.parametrize("sheet", STYLESHEETS, ids=named)
def test_a_stylesheet_fetches_only_files_of_our_own_that_exist(sheet: Path) -> None:
    css = sheet.read_text()

    assert "@import" not in css
    assert "data:" not in css
    for address in addresses(css):
        assert not re.match(r"[a-z]+:|//|/", address), address
        assert (sheet.parent / address).resolve().is_file(), address


def test_the_manifest_lists_exactly_the_vendored_files() -> None:
    vendor = STATIC / "vendor"
    listed = [name for entry in json.loads((vendor / "MANIFEST.json").read_text()) for name in entry["files"]]
    present = [str(path.relative_to(vendor)) for path in vendor.rglob("*") if path.is_file() and path.parent != vendor]

    assert sorted(listed) == sorted(present)


def test_every_vendored_package_names_its_version_its_checksum_and_its_licence() -> None:
    for entry in json.loads((STATIC / "vendor" / "MANIFEST.json").read_text()):
        assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"])
        assert entry["integrity"].startswith("sha512-")
        assert entry["licence"]
        assert any(f"{entry['name']}-{entry['version']}/" in name for name in entry["files"])


def test_no_icon_is_vendored_that_no_page_asks_for() -> None:
    vendored = {path.resolve() for path in (STATIC / "vendor").rglob("*.svg")}

    assert vendored == icons()


def test_style_script_and_icons_stay_within_the_budget() -> None:
    sent = [SITE_CSS, STATIC / "css" / "fonts.css", STATIC / "js" / "site.js", STATIC / "img" / "favicon.svg", *icons()]

    assert sum(compressed(path) for path in sent) <= BUDGET


def test_the_page_with_the_map_has_two_kilobytes_of_scripts_of_our_own_beside_leaflet() -> None:
    assert sum(compressed(STATIC / "js" / name) for name in ("site.js", "course_map.js")) <= OWN_SCRIPTS_OF_THE_MAP


@pytest.mark.parametrize("path", sorted((STATIC / "js").iterdir()), ids=named)
def test_a_script_stays_small_and_evaluates_nothing(path: Path) -> None:
    script = path.read_text()

    assert len(script.encode()) <= SCRIPT_BUDGETS[path.name]
    assert not re.search(r"\beval\b|new Function|innerHTML|document\.write|setTimeout\(\s*['\"]", script)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_template_holds_no_style_and_no_script(page: Path) -> None:
    text = page.read_text()

    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"<[a-z][^>]*\son[a-z]+\s*=", text)
    assert not re.search(r"javascript:", text)
    for opening, body in re.findall(r"<script\b([^>]*)>(.*?)</script>", text, re.DOTALL):
        assert " src=" in opening
        assert not body.strip()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_template_fetches_nothing_from_elsewhere(page: Path) -> None:
    elsewhere = r"<(?:link|script|img|source|iframe)\b[^>]*(?:href|src)\s*=\s*[\"'](?:https?:)?//"

    assert not re.search(elsewhere, page.read_text())


@pytest.mark.parametrize("component", COMPONENTS, ids=named)
def test_a_component_is_a_template_of_macros_that_is_explained(component: Path) -> None:
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(component.read_text())
    macros = re.findall(r"macro ([a-z]\w*)\(", component.read_text())
    explained = (TEMPLATES / "components" / "README.md").read_text()

    assert tree.body
    for name in macros:
        assert f"`{name}(" in explained or component.name == "scenes.html", name


def test_every_layout_parses() -> None:
    parser = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)

    for layout in sorted((TEMPLATES / "layouts").glob("*.html")):
        assert parser.parse(layout.read_text()).body


def test_the_sources_of_the_look_name_no_package_registry() -> None:
    for path in sorted((STATIC / "src").iterdir()):
        if path.is_file():
            assert not re.search(r"registry\.|\"resolved\"", path.read_text()), path.name
