"""An administrator who cuts and raises the size of the courses through the pages: `... administrator SPEC.json`."""

import json
import random
import re
import sys
import time
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

from tests.chaos.deeds import Deed, Doer, Outcome
from tests.chaos.journal import ENOUGH, Journal, wall_clock
from tests.chaos.wire import Answer, Wire, hidden

END = re.compile(r'href="(/en/admin/measures/[0-9a-f-]{36}/end)"')
CARRIED = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
SIZES = {"crowd-20": (8, 12, 16), "crowd-40": (15, 25, 36)}
KOREA = timedelta(hours=9)


class Administrator:
    """Signed in, with one page open."""

    def __init__(self, port: int, journal: Journal, seed: str, who: tuple[str, str]) -> None:
        self._wire = Wire(port, "10.250.0.1")
        self._chance = random.Random(f"{seed} administrator")
        self._doer = Doer(journal, self._chance)
        self._token = ""
        self._who = who
        self.made = 0

    def sign_in(self) -> None:
        """Once; the cookie lasts for the day."""
        page = self._get("/en/sign-in")
        fields = {"csrf_token": hidden(page.text, "csrf_token"), "mail": self._who[0], "password": self._who[1]}
        self._post("/en/sign-in", fields)

    def cut(self) -> None:
        """Enter a measure with a smaller size for one of the courses."""
        course = self._chance.choice(list(SIZES))
        typed = {
            "course": course,
            "kind": "override",
            "capacity": str(self._chance.choice(SIZES[course])),
            "effective_from": str(_today() + timedelta(days=1)),
            "reason_ko": "훈련",
            "reason_en": "an exercise",
        }
        self._change("/en/admin/measures/new", typed)

    def raise_again(self) -> None:
        """Take the latest measure back."""
        found = END.findall(self._get("/en/admin/measures").text)
        if found:
            self._change(found[0], {"until": str(_today())})

    def _change(self, address: str, typed: dict[str, str]) -> None:
        form = self._get(address).text
        asked = {"csrf_token": hidden(form, "csrf_token"), "form_id": hidden(form, "form_id"), **typed}
        preview = self._post(address, {**asked, "stage": "preview"}).answer.text
        start = preview.find('data-test="apply-form"')
        form = preview[preview.rfind("<form", 0, start) : preview.find("</form>", start)]
        carried = {name: unescape(value) for name, value in CARRIED.findall(form)}
        if start >= 0:
            self._post(address, {**carried, "stage": "apply"}, act="change")
            self.made += 1

    def _get(self, address: str) -> Answer:
        return self._doer.do(self._wire, Deed("admin", address, None)).answer

    def _post(self, address: str, fields: dict[str, str], act: str = "admin") -> Outcome:
        return self._doer.do(self._wire, Deed(act, address, fields, {"typed": fields.get("capacity", "until")}))


def _today() -> object:
    return (datetime.fromtimestamp(wall_clock(), UTC) + KOREA).date()


def main() -> None:
    """Cut and raise in turn, about once a second, until the stage says that all is over."""
    spec = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    folder = Path(spec["folder"])
    one = Administrator(
        spec["port"], Journal(folder / "administrator.jsonl"), str(spec["seed"]), tuple(spec["administrator"])
    )
    one.sign_in()
    cut = True
    while not (folder / "over").exists():
        begun = time.monotonic()
        (one.cut if cut else one.raise_again)()
        cut = not cut
        if one.made >= spec["changes"]:
            (folder / ENOUGH).touch()
        time.sleep(max(0.0, spec["seconds_between_changes"] - (time.monotonic() - begun)))
    if not cut:
        one.raise_again()


if __name__ == "__main__":
    main()
