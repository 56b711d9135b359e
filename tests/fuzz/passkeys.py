"""Passkeys whose answers are known: what each browser is to sign is always the same here."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

from tests.accounts.authenticator import Device
from tourbook.accounts.models import Passkey, SignIn
from tourbook.db import db

CHALLENGE = bytes(32)
OPTIONS = json.dumps({"rp": {"id": "localhost"}, "rpId": "localhost", "challenge": bytes_to_base64url(CHALLENGE)})
LONGEST = timedelta(minutes=5)


def _device(number: int) -> Device:
    key = ec.derive_private_key(number, ec.SECP256R1())
    return Device("http://localhost", credential=number.to_bytes(32, "big"), key=key)


HAD, REMOVABLE, NEW = _device(7), _device(8), _device(9)
SIGNED, MADE = replace(HAD).sign(OPTIONS), NEW.make(OPTIONS)


def have_passkey(account_id: UUID, device: Device, now: datetime) -> None:
    """Let an account have the passkey of that device, and its open sign-ins something to sign that is known."""
    db.session.rollback()
    row = Passkey(person_id=account_id, credential=bytes_to_base64url(device.credential), device="Firefox")
    row.public_key, row.counter, row.added_at = device.public, 0, now
    db.session.add(row)
    for one in db.session.query(SignIn).filter(SignIn.person_id == account_id):
        one.challenge, one.challenge_ends_at = CHALLENGE, now + LONGEST
    db.session.commit()
