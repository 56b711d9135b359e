"""To look changes nothing: every page is opened by everybody, with its links, and the tables are compared."""

from collections import Counter
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import pytest

from tests.border.test_matrix import PEOPLE
from tests.border.world import World
from tests.fuzz.discovery import endpoint_at
from tests.ground.databases import kept_rows
from tests.ground.pages import Page
from tests.ground.tables import table
from tourbook.audit import TrailEntry
from tourbook.db import db
from tourbook.web.access import Permission, permission

SEEN = {"seen_at", "ends_at"}
"""When somebody was seen last, once a minute: access.py, AWAKE_EVERY."""
WRITTEN_DOWN = {"roster_read", "trail_exported", "records_exported", "appeal_read", "account_read"}
"""Who took which file or paper with people on it: an access record, and the only thing that looking writes."""
ADDED_TO = {"trail_entry", "access_record"}
"""What was written is never touched; whoever reads people adds to it (decision 59)."""
OF_A_KIND = 2


def crawl(world: World, name: str) -> int:
    """Open every address that a GET may have, a few of each kind, and what the pages link to."""
    waiting = [
        world.address(rule, thing.ids)
        for rule in world.rules()
        if "GET" in (rule.methods or ())
        for thing in world.things(rule)[:OF_A_KIND]
    ]
    tried: Counter[tuple[str, str]] = Counter()
    while waiting:
        address = waiting.pop(0)
        parts = urlsplit(address)
        kind = (
            endpoint_at(world.app, parts.path),
            "&".join(sorted(one.partition("=")[0] for one in parts.query.split("&"))),
        )
        tried[kind] += 1
        if not kind[0] or tried[kind] > OF_A_KIND * 2:
            continue
        answer = world.ask(name, address)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            links = Page(answer, f"http://localhost{address}").links()
            found = (urlsplit(urljoin(f"http://localhost{address}", to)) for _, to in links)
            waiting += [f"{one.path}?{one.query}".rstrip("?") for one in found if one.netloc == "localhost"]
    return sum(min(count, OF_A_KIND * 2) for count in tried.values())


@pytest.mark.parametrize("name", PEOPLE)
def test_no_get_changes_any_table(world: World, name: str, record_property: Callable[[str, object], None]):
    before = kept_rows(world.site.ground.engine)
    with world.site.standing() as clock:
        clock.move(minutes=2)
        opened = crawl(world, name)

    after = kept_rows(world.site.ground.engine)
    assert {kind for kind, rows in after.items() if rows != before[kind]} <= {"sign_in", *ADDED_TO}
    assert all(after[kind][: len(before[kind])] == before[kind] for kind in ADDED_TO)
    for row, was in zip(after["sign_in"], before["sign_in"], strict=True):
        assert {column for column in row if row[column] != was[column]} <= SEEN
    added = after["trail_entry"][len(before["trail_entry"]) :]
    assert {entry["act"] for entry in added} <= WRITTEN_DOWN
    record_property(table("Pages opened without a change"), [name, opened, len(added)])
    assert opened >= 100


def test_a_page_that_writes_is_found(world: World, monkeypatch: pytest.MonkeyPatch):
    """The control."""

    def writes() -> str:
        db.session.delete(db.session.query(TrailEntry).first())
        db.session.commit()
        return "looked"

    monkeypatch.setitem(world.app.view_functions, "citizen.help_page", permission(Permission.PUBLIC)(writes))
    before = kept_rows(world.site.ground.engine)

    world.ask("stranger", "/ko/help")

    assert kept_rows(world.site.ground.engine)["trail_entry"] != before["trail_entry"]
