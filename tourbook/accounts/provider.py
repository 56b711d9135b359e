"""The OpenID Connect provider of the settings: where people are sent, and whom it says that they are.

An authorization code with PKCE, and nothing else (OpenID Connect Core 1.0, 3.1; RFC 9700). What the provider publishes
about itself is read when it is needed and kept for an hour; it must name the issuer of the settings, and lead to no
host that these do not name. Of an ID token everything is verified that says for whom, by whom, when and for which
attempt it was made; no name and no mail address is asked for, or read.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from threading import BoundedSemaphore
from time import monotonic
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet
from joserfc.jws import JWSRegistry

from tourbook.accounts.asking import Answer, NoAnswer, ask, may_be_asked
from tourbook.errors import Refused, Unavailable

SECONDS = 4.0
"""What one question to the provider may take."""
AT_ONCE = 2
"""Questions that one process asks at the same time: a provider that hangs must not hold all that serve pages."""
REST = 10.0
"""Seconds for which a provider that gave no answer is not asked again."""
KEPT = 3600.0
KEYS_AGAIN = 30.0
"""Seconds between two times that its keys are read since a token names one that is not known."""
SKEW = 60
"""Seconds that its clock may differ from ours."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""How an ID token may be signed: by a private key that the provider alone has, never "none", never by a shared secret.
"""
KEY_TYPES = frozenset({"RSA", "EC", "OKP"})
LONGEST_SUBJECT = 255
LONGEST_CODE = 4096
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
A_WORD = re.compile(r"[a-z_]{1,40}")
UNREADABLE = (
    JoseError,
    AuthlibBaseError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,
    RecursionError,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ProviderTerms:
    """What the settings say of the provider, and the address to which it sends people back."""

    issuer: str
    client_id: str
    client_secret: str
    hosts: frozenset[str]
    way_back: str

    @property
    def is_plain(self) -> bool:
        """Is it on this machine, and asked without TLS?"""
        return self.issuer.startswith("http://")


@dataclass(frozen=True)
class Identity:
    """Whom a provider knows: its own name, and that which it gives to one person for good and to nobody else."""

    issuer: str
    subject: str


@dataclass(frozen=True)
class Inquiry:
    """What one attempt to sign in there goes by. The browser keeps it, and brings it back with the answer."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Brought:
    """What the browser brings back from the provider."""

    code: str | None
    error: str | None
    issuer: str | None


@dataclass(frozen=True)
class _Published:
    authorization: str
    token: str
    keys: str
    names_itself: bool
    secret_by_post: bool
    read_at: float


class Provider:
    """The provider, with what it published of itself. All refuse `provider_silent` where it does not answer."""

    def __init__(self, terms: ProviderTerms) -> None:
        self.terms = terms
        self._lines = BoundedSemaphore(AT_ONCE)
        self._rests_until = 0.0
        self._known: _Published | None = None
        self._keys: tuple[KeySet, float] | None = None

    def way_there(self, inquiry: Inquiry, *, language: str, anew: bool = False) -> str:
        """Where the browser is sent; `anew`: where somebody is signed in there already, they are asked again."""
        way: str = prepare_grant_uri(
            self._published().authorization,
            self.terms.client_id,
            "code",
            redirect_uri=self.terms.way_back,
            scope="openid",
            state=inquiry.state,
            nonce=inquiry.nonce,
            code_challenge=create_s256_code_challenge(inquiry.verifier),
            code_challenge_method="S256",
            ui_locales=language,
            prompt="login" if anew else None,
        )
        return way

    def identity(self, inquiry: Inquiry, brought: Brought, *, now: datetime) -> Identity:
        """Who came back. Refuses `provider_declined` where they said no there, and `provider_refused` whatever else is
        not as it should be.
        """
        self._check_who_answers(brought)
        if brought.error is not None:
            if brought.error == "access_denied":
                raise Refused("provider_declined")
            raise _doubted(f"it says {_word(brought.error)}")
        if not brought.code or len(brought.code) > LONGEST_CODE:
            raise _doubted("it has no code")
        told = self._exchange(brought.code, inquiry.verifier)
        return self._verified(told, inquiry.nonce, now)

    def _check_who_answers(self, brought: Brought) -> None:
        """Another provider's answer, slipped in for ours, is none (RFC 9207)."""
        if brought.issuer is None and not self._published().names_itself:
            return
        if brought.issuer != self.terms.issuer:
            raise _doubted("it is of another issuer")

    def _exchange(self, code: str, verifier: str) -> dict[str, Any]:
        published, terms = self._published(), self.terms
        given = {"redirect_uri": terms.way_back, "code": code, "code_verifier": verifier}
        body = prepare_token_request("authorization_code", **given)
        way = "client_secret_post" if published.secret_by_post else "client_secret_basic"
        prepared = ClientAuth(terms.client_id, terms.client_secret, way).prepare(
            "POST", published.token, dict(FORM), body
        )
        url, headers, body = prepared
        answer = self._ask("POST", url, headers=headers, body=body)
        if not answer.is_good:
            raise _doubted(f"HTTP {answer.status}, {_word(answer.said.get('error'))}")
        return answer.said

    def _verified(self, told: dict[str, Any], nonce: str, now: datetime) -> Identity:
        try:
            token = self._signed(told["id_token"])
            options = {"iss": {"value": self.terms.issuer}, "aud": {"value": self.terms.client_id}}
            goes_with = {"nonce": nonce, "client_id": self.terms.client_id, "access_token": told.get("access_token")}
            claims = CodeIDToken(token.claims, token.header, options, goes_with)
            claims.validate(now=int(now.timestamp()), leeway=SKEW)
            subject = claims["sub"]
        except UNREADABLE as wrong:
            raise _doubted(f"its token, {type(wrong).__name__} {_word(getattr(wrong, 'claim', None))}") from None
        if not 0 < len(subject) <= LONGEST_SUBJECT:
            raise _doubted("its token, sub")
        return Identity(self.terms.issuer, subject)

    def _signed(self, id_token: str) -> jwt.Token:
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        try:
            return jwt.decode(id_token, self._key_set(), registry=registry)
        except InvalidKeyIdError:  # it may sign with a new one since
            return jwt.decode(id_token, self._key_set(older_than=KEYS_AGAIN), registry=registry)

    def _key_set(self, *, older_than: float = KEPT) -> KeySet:
        kept = self._keys
        if kept is None or monotonic() - kept[1] > older_than:
            found = _usable(self._ask("GET", self._published().keys))
            if not found:
                raise self._unusable("has no key to sign with")
            kept = self._keys = KeySet(found), monotonic()
        return kept[0]

    def _published(self) -> _Published:
        known = self._known
        if known is None or monotonic() - known.read_at > KEPT:
            answer = self._ask("GET", f"{self.terms.issuer.rstrip('/')}/.well-known/openid-configuration")
            known = self._known = self._believed(answer)
        return known

    def _believed(self, answer: Answer) -> _Published:
        said, terms = answer.said, self.terms
        ways = [said.get(f"{one}_endpoint") for one in ("authorization", "token")] + [said.get("jwks_uri")]
        ours = all(may_be_asked(one, hosts=terms.hosts, plainly=terms.is_plain) for one in ways)
        if not answer.is_good:
            raise self._unusable(f"is not there, HTTP {answer.status}")
        if said.get("issuer") != terms.issuer:
            raise self._unusable("is of another issuer")
        if not ours:
            raise self._unusable("leads to hosts that are not set, or not by https")
        secret_ways = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        by_post = "client_secret_basic" not in secret_ways and "client_secret_post" in secret_ways
        names_itself = said.get("authorization_response_iss_parameter_supported") is True
        authorization, token, keys = map(str, ways)
        return _Published(authorization, token, keys, names_itself, by_post, monotonic())

    def _ask(self, method: str, url: str, **sent: Any) -> Answer:
        try:
            with self._line():
                answer = ask(method, url, seconds=SECONDS, **sent)
                if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status == HTTPStatus.TOO_MANY_REQUESTS:
                    raise NoAnswer(f"HTTP {answer.status}")
                return answer
        except NoAnswer as silence:
            self._rests_until = monotonic() + REST
            log.warning("the sign-in provider gave no answer: %s", silence)
            raise Unavailable("provider_silent") from None

    def _unusable(self, why: str) -> Unavailable:
        """The refusal where what it publishes is of no use; whoever runs the site reads why in the log."""
        log.error("the sign-in provider cannot be used: what it publishes %s", why)
        self._rests_until = monotonic() + REST
        return Unavailable("provider_silent")

    @contextmanager
    def _line(self) -> Iterator[None]:
        if monotonic() < self._rests_until:
            raise Unavailable("provider_silent")
        if not self._lines.acquire(timeout=SECONDS / 2):
            raise Unavailable("provider_silent")
        try:
            yield
        finally:
            self._lines.release()


def _doubted(why: str) -> Refused:
    """The refusal of an answer; whoever runs the site reads why in the log."""
    log.warning("an answer of the sign-in provider is refused: %s", why)
    return Refused("provider_refused")


def _word(said: object) -> str:
    """A word of the standard, as it stands in the log; nothing else that was sent ever does."""
    return said if isinstance(said, str) and A_WORD.fullmatch(said) else "in no word of the standard"


def _usable(answer: Answer) -> list[Key]:
    """The public keys by which it signs; what else it publishes there is passed over."""
    found: list[Key] = []
    listed = answer.said.get("keys") if answer.is_good else None
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and one.get("kty") in KEY_TYPES and one.get("use", "sig") == "sig":
            try:
                found.append(JWKRegistry.import_key(one))
            except UNREADABLE:
                continue
    return found
