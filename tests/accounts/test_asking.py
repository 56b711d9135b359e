"""What is asked of a sign-in provider, and how much of its answer is read."""

import pytest

from tests.ground.sign_in_provider import providing
from tourbook.accounts.asking import NoAnswer, ask, may_be_asked


def test_too_much_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tourbook.accounts.asking.MOST_READ", 100)

    with providing() as there, pytest.raises(NoAnswer, match="too much"):
        ask("GET", f"{there.issuer}/keys", seconds=2)


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("https://login.example.kr/token", True),
        ("https://login.example.kr:8443/token", True),
        ("https://LOGIN.example.kr/token", True),
        ("http://login.example.kr/token", False),
        ("https://login.example.kr.example.com/token", False),
        ("https://somebody@login.example.kr/token", False),
        ("https://login.example.kr:port/token", False),
        ("https://login.example.kr/to\nken", False),
        ("//login.example.kr/token", False),
        (None, False),
        (7, False),
    ],
)
def test_only_hosts_of_the_settings_are_asked_and_over_tls(address: object, may: bool) -> None:
    assert may_be_asked(address, hosts={"login.example.kr"}, plainly=False) is may
