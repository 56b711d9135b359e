"""A form that is sent again gives the same party; with other content under its one-time id it is refused."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from tests.ground.application import Ground
from tests.races.test_allotments import open_gate
from tests.rosters.gate import Gate, build_gate, gate_party
from tourbook.errors import Refused
from tourbook.rosters import GateParty, admit_at_gate, enter_by_telephone

PARTY = gate_party(2, contact=("sms", "+821012345678"))


@pytest.mark.parametrize(("act", "ground"), [(enter_by_telephone, open_gate), (admit_at_gate, build_gate)])
@pytest.mark.parametrize(
    "other",
    [
        {"contact": ("sms", "+821099999999")},
        {"language": "en"},
        {"consents": frozenset({"terms"})},
        {"visitors": [PARTY.visitors[0], replace(PARTY.visitors[1], document="M1234567")]},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_was_corrected_is_not_taken_for_the_same_form(
    database: Ground, act: Callable[..., object], ground: Callable[[], Gate], other: dict[str, object]
) -> None:
    with database.app.app_context():
        gate = ground()

        def send(party: GateParty) -> UUID:
            return act(gate.departure_id, party, form_id="f", actor=gate.operator, now=gate.now).application_id

        first = send(PARTY)
        with pytest.raises(Refused) as error:
            send(replace(PARTY, **other))

        assert error.value.code == "form_reused"
        assert send(PARTY) == first
