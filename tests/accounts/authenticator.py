"""A device that keeps passkeys, in software: it answers what a browser asks it as the standard says."""

import json
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40
COUNTER_BYTES, LENGTH_BYTES = 4, 2
P256, ES256, EC2 = 1, -7, 2


@dataclass
class Device:
    """One authenticator with one key; `origin` is where its browser stands. It counts up unless `counts` is off."""

    origin: str
    credential: bytes = b"a credential of 32 bytes in all."
    counts: bool = True
    counter: int = 0
    flags: int = PRESENT | VERIFIED
    attestation: tuple[str, dict[str, Any]] = ("none", {})
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def copy(self) -> "Device":
        """The same key and counter in another device."""
        return replace(self)

    @property
    def public(self) -> bytes:
        """The public half of its key, as devices write it (COSE)."""
        numbers = self.key.public_key().public_numbers()
        at = {-2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        return encode_cbor({1: EC2, 3: ES256, -1: P256, **at})

    def make(self, options: str) -> str:
        """What the browser answers to the options of a new passkey."""
        asked = json.loads(options)
        named = len(self.credential).to_bytes(LENGTH_BYTES, "big") + self.credential
        said = self._said(asked["rp"]["id"], WITH_KEY) + bytes(16) + named + self.public
        form, statement = self.attestation
        attested = encode_cbor({"fmt": form, "attStmt": statement, "authData": said})
        response = {
            "clientDataJSON": self._client_data("webauthn.create", asked["challenge"]),
            "attestationObject": bytes_to_base64url(attested),
        }
        return self._answer(response)

    def sign(self, options: str) -> str:
        """What the browser answers to the options of a sign-in."""
        asked = json.loads(options)
        if self.counts:
            self.counter += 1
        said, client = self._said(asked["rpId"]), self._client_data("webauthn.get", asked["challenge"])
        signed = said + sha256(base64url_to_bytes(client)).digest()
        response = {
            "clientDataJSON": client,
            "authenticatorData": bytes_to_base64url(said),
            "signature": bytes_to_base64url(self.key.sign(signed, ec.ECDSA(SHA256(), deterministic_signing=True))),
        }
        return self._answer(response)

    def _said(self, host: str, more: int = 0) -> bytes:
        flags = (self.flags | more).to_bytes(1, "big")
        return sha256(host.encode()).digest() + flags + self.counter.to_bytes(COUNTER_BYTES, "big")

    def _client_data(self, what: str, challenge: str) -> str:
        told = {"type": what, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return bytes_to_base64url(json.dumps(told).encode())

    def _answer(self, response: dict[str, Any]) -> str:
        name = bytes_to_base64url(self.credential)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
