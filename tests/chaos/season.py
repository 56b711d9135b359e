"""What a launch day starts from: two courses, one departure that everybody wants and many others, an administrator.

A process of its own, so that the stage and the people know nothing of the application's inside.
"""

import json
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from config import Config
from tourbook import clock
from tourbook.accounts import Newcomer, add_person
from tourbook.actor import COMMAND, Actor, Role
from tourbook.app import create_app
from tourbook.applications.models import Allotment
from tourbook.courses import add_departure, course_by_code
from tourbook.db import db, new_id
from tourbook.kst import civil_day, start_of_day
from tourbook.rosters import GroupPlaces, set_aside

ADMINISTRATOR = ("crowd-admin@example.kr", "walk-the-dmz-trail")
HEADER = (
    "code,kind,region_code,name_ko,name_en,capacity,party_limit,min_age,mode,opens_days_before,opens_at,"
    "closes_days_before,roster_due_days,weekdays,times,minutes,length_km,walk_km,meeting_place_ko,meeting_place_en,"
    "fee_krw,amend_until_days,who,id_rule_ko,id_rule_en,policy,skip_bound\n"
)
COURSE = (
    "{code},trail,41480,{code} 코스,{code} course,{capacity},5,0,first_come,60,10:00,1,1,Tue,10:00,90,,,"
    "임진각,Imjingak,0,1,all,신분증 원본 지참,original photo ID,{policy},3\n"
)
COURSES = {"crowd-20": (20, "keep_earliest"), "crowd-40": (40, "cancel_all")}
DAYS = 20
MINUTES_APART = 15
PLACES = 6
SOON, LATER = timedelta(seconds=30), timedelta(days=2)


def main() -> None:
    """Make the season on DATABASE_URL, and print as JSON its departures, and by departure the link of a group for
    which places are set aside.
    """
    app = create_app(Config.from_env())
    runner = app.test_cli_runner()
    runner.invoke(args=["db", "upgrade"], catch_exceptions=False)
    runner.invoke(args=["tourbook", "seed"], catch_exceptions=False)
    with tempfile.TemporaryDirectory() as folder:
        sheet = Path(folder) / "courses.csv"
        rows = [COURSE.format(code=code, capacity=size, policy=policy) for code, (size, policy) in COURSES.items()]
        sheet.write_text(HEADER + "".join(rows), encoding="utf-8")
        done = runner.invoke(args=["tourbook", "courses", "import", str(sheet)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
    with app.app_context():
        made = list(departures(int(sys.argv[1])))
        print(json.dumps({"departures": made, "groups": groups(made[::2])}))


def departures(count: int) -> dict[str, str]:
    """One departure of 20 that everybody wants comes first; then those of 20 and of 40 in turn."""
    now = clock.now()
    mail, password = ADMINISTRATOR
    add_person(Newcomer("관리자", mail, password), role=Role.ADMINISTRATOR, actor=COMMAND, now=now)
    first = start_of_day(civil_day(now)) + timedelta(days=5, hours=9)
    courses = {code: course_by_code(db.session(), code).id for code in COURSES}
    made = {}
    for number in range(count):
        code = list(COURSES)[number % len(COURSES)]
        starts = first + timedelta(days=number % DAYS, minutes=MINUTES_APART * (number // DAYS))
        added = add_departure(courses[code], starts, actor=COMMAND, now=now)
        made[str(added.departure_id)] = code
    return made


def groups(departure_ids: list[str]) -> dict[str, str]:
    """Places set aside on each of these, half of which end while people apply; gives the tokens of their links."""
    now, boss = clock.now(), Actor("person", person_id=new_id(), role=Role.ADMINISTRATOR)
    found = {}
    for number, departure_id in enumerate(departure_ids):
        ends = now + (SOON if number % 2 == 0 else LATER)
        act = {"form_id": f"group {number}", "actor": boss, "now": now}
        made = set_aside(UUID(departure_id), GroupPlaces("school", PLACES, ends), **act)
        found[departure_id] = db.session.get_one(Allotment, made).token
        db.session.rollback()
    return found


if __name__ == "__main__":
    main()
