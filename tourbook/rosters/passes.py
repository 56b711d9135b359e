"""Passes: what the square code on a party's papers says, so that whoever stands at the meeting place finds the party.

A pass names an application and the departure that it was for when the pass was shown, and cannot be made without the
key of this installation. It is no secret that opens anything: whoever holds one is found on the roster, no more.
See docs/decisions/0045-papers.md.
"""

import base64
import hmac
import re
from typing import NamedTuple
from uuid import UUID

from tourbook import seal
from tourbook.applications.models import Application

_ID = "[A-Z2-7]{26}"
_PASS = re.compile(rf"TOURBOOK:1:([A-Z0-9-]{{1,20}}):({_ID}):({_ID}):{_ID}", re.ASCII)
_PADDING = "======"


class Pass(NamedTuple):
    """What a pass says. The application may have another departure by now, or none: ask its row."""

    application_id: UUID
    departure_id: UUID
    reference: str


def pass_of(application: Application) -> str:
    """The text for the square code of a party, in letters that make a small one; the same whenever it is asked for."""
    return _written(Pass(application.id, application.departure_id, application.reference))


def read_pass(text: str) -> Pass | None:
    """What a pass says, however a scanner spaced and spelt it; None for what this installation did not make."""
    plain = "".join(text.split()).upper()
    found = _PASS.fullmatch(plain)
    if found is None:
        return None
    said = Pass(_id_of(found[2]), _id_of(found[3]), found[1])
    return said if hmac.compare_digest(_written(said), plain) else None


def _written(said: Pass) -> str:
    ids = [said.application_id.hex, said.departure_id.hex]
    mark = seal.keyring().blind_index("pass", said.reference, *ids)
    return ":".join(["TOURBOOK", "1", said.reference, *(_short(value) for value in [*ids, mark])])


def _short(digits: str) -> str:
    return base64.b32encode(bytes.fromhex(digits)).decode().rstrip("=")


def _id_of(short: str) -> UUID:
    return UUID(bytes=base64.b32decode(short + _PADDING))
