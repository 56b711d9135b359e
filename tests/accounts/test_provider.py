"""What the provider answers is believed only where everything is as it should be. Each lie is refused; that it is the
check that refuses it, and nothing else, is shown by taking the check away.
"""

import base64
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from time import monotonic

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey

from tests.ground.moments import StandingClock
from tests.ground.server import deaf_port
from tests.ground.sign_in_provider import CLIENT, SECRET, SignInProvider, curve_key, key, part, providing, query_of
from tourbook.accounts import provider as talking
from tourbook.accounts.provider import Brought, CodeIDToken, Identity, Inquiry, Provider, ProviderTerms
from tourbook.errors import Refused

INQUIRY = Inquiry("the-state-of-it", "the-nonce-of-it", "v" * 64)
HOST = "127.0.0.1"
BACK = "https://tours.example.kr/sign-in/provider/back"


@pytest.fixture
def there() -> Iterator[SignInProvider]:
    with providing() as provider:
        yield provider


@pytest.fixture
def ours(there: SignInProvider, clock: StandingClock) -> Provider:
    return Provider(ProviderTerms(there.issuer, CLIENT, SECRET, frozenset({HOST}), BACK))


def bring(there: SignInProvider, ours: Provider, **changed: str | None) -> Brought:
    """Go there and come back."""
    back = query_of(there.come_back(ours.way_there(INQUIRY, language="ko")))
    return replace(Brought(back.get("code"), back.get("error"), back.get("iss")), **changed)


def who(there: SignInProvider, ours: Provider, clock: StandingClock) -> Identity:
    return ours.identity(INQUIRY, bring(there, ours), now=clock.now)


def test_whoever_comes_back_is_known_by_issuer_and_subject(
    there: SignInProvider, ours: Provider, clock: StandingClock
) -> None:
    there.subject = "248289761001"

    assert who(there, ours, clock) == Identity(there.issuer, "248289761001")


def test_nothing_but_who_they_are_is_asked_for(there: SignInProvider, ours: Provider) -> None:
    bring(there, ours)

    assert there.sent[0]["scope"] == "openid"
    assert there.sent[0]["redirect_uri"] == BACK
    assert there.sent[0]["ui_locales"] == "ko"
    assert INQUIRY.verifier not in str(there.sent)
    assert "prompt" not in there.sent[0]
    assert query_of(ours.way_there(INQUIRY, language="ko", anew=True))["prompt"] == "login"


CLAIMS = {
    "another nonce": {"nonce": "of-somebody-else"},
    "no nonce": {"nonce": None},
    "for another site": {"aud": "another-site"},
    "for several sites, and made for another": {"aud": ["another-site", CLIENT], "azp": "another-site"},
    "for several sites, and nobody says which": {"aud": ["another-site", "a-third"]},
    "by another issuer": {"iss": "https://login.example.com"},
    "by nobody": {"iss": None},
    "expired": {"exp": "-61"},
    "without an end": {"exp": None},
    "of the future": {"iat": "+61"},
    "not yet to be used": {"nbf": "+61"},
    "about nobody": {"sub": None},
    "about a number": {"sub": 7},
    "with another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}
SIGNATURES = ["none", "HS256 with the public key", "HS256 with the secret", "another key", "garbage", "no token"]


def tell(there: SignInProvider, claims: dict[str, object], clock: StandingClock) -> None:
    now = int(clock.now.timestamp())
    there.says = {name: now + int(one) if str(one)[:1] in {"+", "-"} else one for name, one in claims.items()}


@pytest.mark.parametrize("claims", CLAIMS.values(), ids=CLAIMS)
def test_a_token_that_says_something_wrong_is_refused(
    there: SignInProvider, ours: Provider, clock: StandingClock, claims: dict[str, object]
) -> None:
    tell(there, claims, clock)

    with pytest.raises(Refused, match="provider_refused"):
        who(there, ours, clock)


@pytest.mark.parametrize(
    "claims", [one for name, one in CLAIMS.items() if "nobody" not in name and "number" not in name]
)
def test_control_without_the_check_of_claims_it_is_believed(
    there: SignInProvider,
    ours: Provider,
    clock: StandingClock,
    claims: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tell(there, claims, clock)
    monkeypatch.setattr(CodeIDToken, "validate", lambda *_, **__: None)

    assert who(there, ours, clock)


def test_clocks_may_differ_by_a_minute(there: SignInProvider, ours: Provider, clock: StandingClock) -> None:
    tell(there, {"exp": "-59", "iat": "+60"}, clock)

    assert who(there, ours, clock)


def test_one_that_is_for_several_sites_and_made_for_ours_is_believed(
    there: SignInProvider, ours: Provider, clock: StandingClock
) -> None:
    tell(there, {"aud": [CLIENT, "another-site"], "azp": CLIENT}, clock)

    assert who(there, ours, clock)


@pytest.mark.parametrize("lie", SIGNATURES)
def test_a_token_that_the_provider_has_not_signed_is_refused(
    there: SignInProvider, ours: Provider, clock: StandingClock, lie: str
) -> None:
    there.lie = lie

    with pytest.raises(Refused, match="provider_refused"):
        who(there, ours, clock)


def unsigned(token: str, *_: object, **__: object) -> jwt.Token:
    """What a token says, whoever signed it."""
    header, claims = (json.loads(base64.urlsafe_b64decode(one + "==")) for one in token.split(".")[:2])
    return jwt.Token(header, claims)


@pytest.mark.parametrize("lie", ["none", "another key", "HS256 with the public key", "HS256 with the secret"])
def test_control_without_the_check_of_signatures_it_is_believed(
    there: SignInProvider, ours: Provider, clock: StandingClock, lie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.lie = lie
    monkeypatch.setattr(talking.jwt, "decode", unsigned)

    assert who(there, ours, clock)


def test_control_where_shared_secrets_were_taken_one_would_be_right(
    there: SignInProvider, ours: Provider, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.lie = "HS256 with the secret"
    shared = KeySet([OctKey.import_key({"kty": "oct", "k": part(SECRET.encode())})])
    monkeypatch.setattr(ours, "_key_set", lambda **_: shared)
    with pytest.raises(Refused, match="provider_refused"):
        who(there, ours, clock)

    monkeypatch.setattr(talking, "ALGORITHMS", (*talking.ALGORITHMS, "HS256"))
    assert who(there, ours, clock)


def test_another_kind_of_key_is_known_too(there: SignInProvider, ours: Provider, clock: StandingClock) -> None:
    there.keys, there.signs_with = [key(), curve_key()], curve_key()

    assert who(there, ours, clock)


def test_a_new_key_is_read_when_a_token_names_it_and_not_for_every_such_token(
    there: SignInProvider, ours: Provider, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert who(there, ours, clock)
    there.keys, there.signs_with = [key(), key(3)], key(3)

    for _ in range(2):
        with pytest.raises(Refused, match="provider_refused"):
            who(there, ours, clock)  # they were read a moment ago
    assert there.asked.count("/keys") == 1

    monkeypatch.setattr(talking, "KEYS_AGAIN", -1.0)
    assert who(there, ours, clock)
    assert there.asked.count("/keys") == 2


@pytest.mark.parametrize(
    "published",
    [
        {"issuer": "https://login.example.com"},
        {"issuer": None},
        {"token_endpoint": "https://elsewhere.example.com/token"},
        {"jwks_uri": "http://localhost:1/keys"},
        {"authorization_endpoint": "https://elsewhere.example.com/authorize"},
        {"authorization_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
    ],
    ids=str,
)
def test_what_it_publishes_must_be_of_the_issuer_and_hosts_of_the_settings(
    there: SignInProvider, ours: Provider, published: dict[str, str | None]
) -> None:
    there.published = published

    with pytest.raises(Refused, match="provider_silent") as refused:
        ours.way_there(INQUIRY, language="en")

    assert refused.value.status == 503
    assert there.asked == ["/.well-known/openid-configuration"]


def test_another_host_is_asked_where_the_settings_name_it(
    there: SignInProvider, ours: Provider, clock: StandingClock
) -> None:
    there.published = {"jwks_uri": there.issuer.replace(HOST, "localhost") + "/keys"}
    wider = Provider(replace(ours.terms, hosts=frozenset({HOST, "localhost"})))

    assert who(there, wider, clock)


def test_what_it_publishes_is_kept_for_an_hour(
    there: SignInProvider, ours: Provider, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        who(there, ours, clock)
    assert there.asked.count("/.well-known/openid-configuration") == there.asked.count("/keys") == 1

    monkeypatch.setattr(talking, "KEPT", -1.0)
    ours.way_there(INQUIRY, language="ko")
    assert there.asked.count("/.well-known/openid-configuration") == 2


@pytest.mark.parametrize("issuer", ["https://login.example.com", None])
def test_an_answer_of_another_provider_is_none(
    there: SignInProvider, ours: Provider, clock: StandingClock, issuer: str | None
) -> None:
    brought = bring(there, ours, issuer=issuer)

    with pytest.raises(Refused, match="provider_refused"):
        ours.identity(INQUIRY, brought, now=clock.now)
    assert "/token" not in there.asked


def test_a_provider_that_never_names_itself_need_not(
    there: SignInProvider, ours: Provider, clock: StandingClock
) -> None:
    there.published = {"authorization_response_iss_parameter_supported": None}

    assert ours.identity(INQUIRY, bring(there, ours, issuer=None), now=clock.now)


def test_a_code_of_another_attempt_is_worth_nothing(
    there: SignInProvider, ours: Provider, clock: StandingClock
) -> None:
    """Its verifier was never sent through the browser."""
    stolen = bring(there, ours)

    with pytest.raises(Refused, match="provider_refused"):
        ours.identity(replace(INQUIRY, verifier="w" * 64), stolen, now=clock.now)


@pytest.mark.parametrize(
    ("error", "code"),
    [("access_denied", "provider_declined"), ("server_error", "provider_refused"), ("<b>", "provider_refused")],
)
def test_who_says_no_there_is_told_so(
    there: SignInProvider, ours: Provider, clock: StandingClock, error: str, code: str
) -> None:
    with pytest.raises(Refused, match=code):
        ours.identity(INQUIRY, bring(there, ours, code=None, error=error), now=clock.now)


def test_the_secret_goes_along_as_the_provider_wants_it(
    there: SignInProvider, ours: Provider, clock: StandingClock
) -> None:
    there.published = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}

    assert who(there, ours, clock)


def test_a_wrong_secret_signs_nobody_in(there: SignInProvider, ours: Provider, clock: StandingClock) -> None:
    wrong = Provider(replace(ours.terms, client_secret="another"))

    with pytest.raises(Refused, match="provider_refused"):
        who(there, wrong, clock)


@pytest.mark.parametrize("how", ["slow", "down"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_provider_that_is_slow_or_down_is_not_waited_for(
    there: SignInProvider, ours: Provider, clock: StandingClock, how: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talking, "SECONDS", 0.5)
    brought = bring(there, ours) if when == "after" else None
    ours._known = None
    there.lie = how
    began = monotonic()

    with pytest.raises(Refused, match="provider_silent") as refused:
        ours.identity(INQUIRY, brought, now=clock.now) if brought else ours.way_there(INQUIRY, language="ko")

    assert refused.value.status == 503
    assert monotonic() - began < 3
    asked = len(there.asked)
    with pytest.raises(Refused, match="provider_silent"):
        ours.way_there(INQUIRY, language="ko")
    assert len(there.asked) == asked, "it was asked again at once"
    there.lie = ""
    monkeypatch.setattr(ours, "_rests_until", 0.0)
    assert who(there, ours, clock)


def test_a_provider_where_nobody_listens_is_silent(clock: StandingClock) -> None:
    with deaf_port() as port:
        ours = Provider(ProviderTerms(f"http://{HOST}:{port}", CLIENT, SECRET, frozenset({HOST}), BACK))

        with pytest.raises(Refused, match="provider_silent"):
            ours.way_there(INQUIRY, language="ko")


def test_no_more_is_asked_at_once_than_leaves_pages_their_turn(
    there: SignInProvider, ours: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talking, "SECONDS", 0.2)
    for _ in range(talking.AT_ONCE):
        assert ours._lines.acquire(timeout=0)

    with pytest.raises(Refused, match="provider_silent"):
        ours.way_there(INQUIRY, language="ko")
    assert not there.asked

    ours._lines.release()
    assert ours.way_there(INQUIRY, language="ko")


def test_whoever_brings_a_wrong_code_silences_nobody_else(
    there: SignInProvider, ours: Provider, clock: StandingClock
) -> None:
    """However the provider words its refusal."""
    brought = bring(there, ours, code="made-up")
    there.lie = "refuses in prose"
    with pytest.raises(Refused, match="provider_refused"):
        ours.identity(INQUIRY, brought, now=clock.now)
    there.lie = ""

    assert who(there, ours, clock)


@pytest.mark.parametrize("kind", [[], [{"kty": "oct", "k": "c2VjcmV0"}], [{"kty": "RSA", "n": "?"}], "keys"], ids=str)
def test_a_provider_without_a_key_to_sign_with_cannot_be_used(
    there: SignInProvider, ours: Provider, clock: StandingClock, kind: object
) -> None:
    there.published_keys = kind

    with pytest.raises(Refused, match="provider_silent"):
        who(there, ours, clock)

    there.published_keys, ours._rests_until = None, 0.0
    assert who(there, ours, clock)


@pytest.mark.parametrize("lie", ["", *SIGNATURES])
def test_the_log_says_why_and_nothing_that_was_sent(
    there: SignInProvider, ours: Provider, clock: StandingClock, caplog: pytest.LogCaptureFixture, lie: str
) -> None:
    caplog.set_level(logging.DEBUG)
    brought, there.lie = bring(there, ours), lie
    told = [brought.code, INQUIRY.nonce, INQUIRY.verifier, INQUIRY.state, SECRET, "eyJ"]

    if lie:
        with pytest.raises(Refused):
            ours.identity(INQUIRY, brought, now=clock.now)
        assert "is refused" in caplog.text
    else:
        ours.identity(INQUIRY, brought, now=clock.now)

    ours_alone = "\n".join(one.getMessage() for one in caplog.records)
    assert [one for one in told if one in ours_alone] == []
