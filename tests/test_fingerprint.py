"""A page sends back what tells it from another; that must never look like something a person may not send."""

from hashlib import sha256

from flask import Flask

from tourbook.fingerprint import fingerprint
from tourbook.keyring import Keyring
from tourbook.resident_numbers import holds_resident_number
from tourbook.rosters import Crew
from tourbook.seal import keyed_fingerprint

CONTENTS = [f"content {number}" for number in range(3000)]


def keyed_by(secret: str) -> Flask:
    """An installation of that secret, as far as keys go."""
    app = Flask("keys alone")
    app.extensions["tourbook.keyring"] = Keyring({}, secret)
    return app


def test_it_tells_contents_apart_and_is_the_same_each_time() -> None:
    assert len({fingerprint(content) for content in CONTENTS}) == len(CONTENTS)
    assert fingerprint("탐방") == fingerprint("탐방")


def test_a_keyed_one_tells_contents_and_purposes_apart() -> None:
    with keyed_by("a secret").app_context():
        told = {keyed_fingerprint(purpose, content) for purpose in ("crew", "group") for content in CONTENTS}

    assert len(told) == 2 * len(CONTENTS)
    assert not any(holds_resident_number(one) for one in told)


def test_without_the_key_nobody_makes_out_a_guide_by_guessing() -> None:
    """Telephone numbers are tried in a minute, so a hash of them alone would name somebody."""
    crew, told = Crew("정해설", "+821098765432"), []
    for secret in ("one", "another", "one"):
        with keyed_by(secret).app_context():
            told.append(crew.version)

    assert told[0] == told[2] != told[1]


def test_it_is_never_taken_for_a_resident_registration_number() -> None:
    assert not any(holds_resident_number(fingerprint(content)) for content in CONTENTS)


def test_hexadecimal_digits_are_taken_for_one_now_and_then() -> None:
    """The control: why these are letters."""
    assert any(holds_resident_number(sha256(content.encode()).hexdigest()) for content in CONTENTS)
