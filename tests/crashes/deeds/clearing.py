"""Names that are checked: handed over, answered about, completed, exchanged; and what a party chooses."""

from uuid import UUID

from tests.clearance.office import AFTER_THE_FIRST, Office, build_office, choice_about, person, reference, sheet
from tests.crashes.deeds.registry import Doing, deed
from tests.ground.application import Ground
from tests.rosters.gate import visitors
from tourbook import clearance
from tourbook.actor import COMMAND, GUEST
from tourbook.clearance import Answer, Authority

NIS = Authority.NIS


def handed_over() -> tuple[Office, UUID]:
    """A party of three whose names the NIS has, and a party that waits for places."""
    office = build_office(4)
    party = office.apply(3)
    office.apply(2, wait=True)
    office.submit()
    return office, party


@deed()
def requires_clearance(_: Ground) -> Doing:
    office = build_office()
    course, now = office.scene.course_id, office.scene.now
    told = {"due_days": 14, "asks_passport": False, "actor": COMMAND, "now": now}
    return Doing(lambda: clearance.require_clearance(course, Authority.ARMY, **told) is None, now)


@deed(trail_entry=1, access_record=2)  # each reading of the two names is written down
def reads_names_for_an_authority(_: Ground) -> Doing:
    office = build_office()
    office.apply(2)
    told = {"actor": office.operator, "now": office.scene.now}
    return Doing(lambda: clearance.read_submission(office.departure_id, NIS, **told).number, office.scene.now)


@deed()
def hands_names_over(_: Ground) -> Doing:
    office = build_office()
    office.apply(2)
    told = {"actor": office.operator, "now": office.scene.now}
    mark = clearance.read_clearance(office.departure_id, **told).upcoming[NIS].mark
    return Doing(lambda: clearance.record_submission(office.departure_id, NIS, mark=mark, **told), office.scene.now)


@deed()
def enters_replies(_: Ground) -> Doing:
    office, party = handed_over()
    content = sheet(f"{reference(party)},1,cleared,", f"{reference(party)},2,refused,확인 요망")
    told = {"actor": office.operator, "now": office.scene.now}
    return Doing(lambda: clearance.import_replies(office.departure_id, NIS, content, **told) is None, office.scene.now)


@deed()
def goes_without_whoever_was_refused(_: Ground) -> Doing:
    office, party = handed_over()
    visitor = office.refuse(party, 3).id
    told = {"actor": GUEST, "now": office.scene.now}
    return Doing(lambda: clearance.choose(visitor, Answer.GO_WITHOUT, **told), office.scene.now)


@deed()
def cancels_after_a_refusal(_: Ground) -> Doing:
    office, party = handed_over()
    visitor = office.refuse(party, 3).id
    told = {"actor": GUEST, "now": office.scene.now}
    return Doing(lambda: clearance.choose(visitor, Answer.CANCELLED, **told), office.scene.now)


@deed()
def closes_what_nobody_answered(_: Ground) -> Doing:
    office, party = handed_over()
    office.scene.now = choice_about(office.refuse(party, 3)).deadline

    def act() -> None:
        while clearance.close_due(now=office.scene.now):
            pass

    return Doing(act, office.scene.now)


@deed()
def exchanges_a_visitor(_: Ground) -> Doing:
    office, party = handed_over()
    visitor, newcomer = visitors(party)[1].id, person()
    told = {"actor": GUEST, "now": office.scene.now}
    return Doing(lambda: clearance.exchange_visitor(visitor, newcomer, **told) is None, office.scene.now)


@deed()
def completes_a_visitor(_: Ground) -> Doing:
    office = build_office()
    visitor = visitors(office.apply(2, foreign=True))[0].id
    told = {"actor": GUEST, "now": office.scene.now}
    return Doing(lambda: clearance.complete_visitor(visitor, "C01X00T47", **told), office.scene.now)


@deed()
def asks_for_what_is_missing(_: Ground) -> Doing:
    office = build_office()
    office.apply(2, foreign=True)
    office.at(AFTER_THE_FIRST.replace("14T", "13T"))

    def act() -> None:
        while clearance.chase_due(now=office.scene.now):
            pass

    return Doing(act, office.scene.now)
