"""An OpenID Connect provider on this machine, as small as one can be, which can be told to lie in each way there is."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from tourbook import clock

CLIENT, SECRET = "tourbook", "a-secret-of-the-provider"
LASTS = 300
DRIPS = 0.2
Claims = dict[str, Any]


@cache
def key(number: int = 1) -> RSAKey:
    """A key pair to sign with; 1 is the one that is published."""
    return RSAKey.generate_key(2048, parameters={"kid": f"key-{number}", "use": "sig"}, private=True)


@cache
def curve_key() -> ECKey:
    """Another kind of key."""
    return ECKey.generate_key("P-256", parameters={"kid": "curve", "use": "sig"}, private=True)


def now() -> int:
    """The clock of the application, which a test may have stopped."""
    return int(clock.now().timestamp())


class SignInProvider:
    """The provider. `subject` is whoever signs in there, at once; `lie` is how it lies, if it does; `takes` is how many
    seconds it takes for each answer.

    It is strict about what we send, so that what it gives out was asked for rightly: secret, verifier, way back.
    """

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.subject = "somebody"
        self.lie = ""
        self.says: Claims = {}
        self.published: Claims = {}
        self.published_keys: object = None
        self.signs_with: RSAKey | ECKey = key()
        self.keys: list[RSAKey | ECKey] = [key()]
        self.counts_codes_twice = False
        self.takes = 0.0
        self.asked: list[str] = []
        self.sent: list[Mapping[str, str]] = []
        self._codes: dict[str, Mapping[str, str]] = {}

    @property
    def settings(self) -> dict[str, str]:
        """What the application is told of it."""
        return {"oidc_issuer": self.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Answer over WSGI."""
        request = Request(environ)
        self.asked.append(request.path)
        return self._answer(request)(environ, start_response)

    def come_back(self, there: str, *, error: str | None = None) -> str:
        """Whoever follows that address signs in, or says no; gives the address that they come back to, as a path."""
        parts = urlsplit(there)
        assert f"{parts.scheme}://{parts.netloc}" == self.issuer
        answer = Client(self).get(f"{parts.path}?{parts.query}" + (f"&error={error}" if error else ""))
        assert answer.status_code == 302, answer.get_data(as_text=True)
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"

    def _answer(self, request: Request) -> Response:
        time.sleep(self.takes)
        if self.lie == "slow":
            return Response(_dripping(), mimetype="application/json")
        if self.lie == "refuses in prose":
            return Response("We would rather not.", 400)
        if self.lie == "down":
            return Response("out of order", 503)
        pages: dict[str, Callable[[Request], Response]] = {
            "/.well-known/openid-configuration": self._discovery,
            "/keys": self._keys,
            "/authorize": self._authorize,
            "/token": self._token,
        }
        page = pages.get(request.path)
        return page(request) if page else Response("no such page", 404)

    def _discovery(self, _: Request) -> Response:
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "authorization_response_iss_parameter_supported": True,
        }
        return _said({name: value for name, value in {**told, **self.published}.items() if value is not None})

    def _keys(self, _: Request) -> Response:
        ours = [one.as_dict(private=False) for one in self.keys]
        return _said({"keys": ours if self.published_keys is None else self.published_keys})

    def _authorize(self, request: Request) -> Response:
        asked = request.args
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        answer = {"state": asked["state"], "iss": self.issuer}
        if "error" in asked:
            answer["error"] = asked["error"]
        else:
            answer["code"] = secrets.token_urlsafe(16)
            self._codes[answer["code"]] = {**asked.to_dict(), "subject": self.subject}
        self.sent.append(asked.to_dict())
        return Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{urlencode(answer)}"})

    def _token(self, request: Request) -> Response:
        form = request.form
        given = self._codes.get(form["code"]) if self.counts_codes_twice else self._codes.pop(form["code"], None)
        if not self._is_our_client(request):
            return _said({"error": "invalid_client"}, 401)
        if given is None or _challenge(form["code_verifier"]) != given["code_challenge"]:
            return _said({"error": "invalid_grant"}, 400)
        assert form["redirect_uri"] == given["redirect_uri"]
        told = {"access_token": secrets.token_urlsafe(8), "token_type": "Bearer"}
        return _said({**told, "id_token": self._id_token(given)} if self.lie != "no token" else told)

    def _is_our_client(self, request: Request) -> bool:
        if self.published.get("token_endpoint_auth_methods_supported") == ["client_secret_post"]:
            return (request.form.get("client_id"), request.form.get("client_secret")) == (CLIENT, SECRET)
        known = request.authorization
        return known is not None and (known.username, known.password) == (CLIENT, SECRET)

    def _id_token(self, given: Mapping[str, str]) -> str:
        claims: Claims = {
            "iss": self.issuer,
            "sub": given["subject"],
            "aud": CLIENT,
            "nonce": given["nonce"],
            "iat": now(),
            "exp": now() + LASTS,
        }
        claims = {name: value for name, value in {**claims, **self.says}.items() if value is not None}
        return _written(claims, self.lie, self.signs_with)


@contextmanager
def providing() -> Iterator[SignInProvider]:
    """The provider, answering at an address of this machine."""
    provider = SignInProvider("")
    server = make_server("127.0.0.1", 0, provider, threaded=True, request_handler=_Quiet)
    provider.issuer = f"http://127.0.0.1:{server.port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Quiet(WSGIRequestHandler):
    """Writes no log of its own into that of the application."""

    def log(self, *_: Any) -> None:
        """Say nothing."""


def _written(claims: Claims, lie: str, signs_with: RSAKey | ECKey) -> str:
    """The token: signed, or pretending to be."""
    if lie == "none":
        return f"{_object({'alg': 'none'})}.{_object(claims)}."
    if lie == "HS256 with the public key":
        text = f"{_object({'alg': 'HS256', 'kid': 'key-1'})}.{_object(claims)}"
        return f"{text}.{part(hmac.digest(key().as_pem(private=False), text.encode(), 'sha256'))}"
    if lie == "HS256 with the secret":
        text = f"{_object({'alg': 'HS256'})}.{_object(claims)}"
        return f"{text}.{part(hmac.digest(SECRET.encode(), text.encode(), 'sha256'))}"
    if lie == "garbage":
        return "no token at all"
    signing = key(2) if lie == "another key" else signs_with
    algorithm = "ES256" if isinstance(signing, ECKey) else "RS256"
    kid = "key-1" if lie == "another key" else signing.kid
    return jwt.encode({"alg": algorithm, "kid": kid}, claims, signing)


def _said(told: Claims, status: int = 200) -> Response:
    return Response(json.dumps(told), status, mimetype="application/json")


def _dripping() -> Iterator[str]:
    while True:
        yield " "
        time.sleep(DRIPS)


def _challenge(verifier: str) -> str:
    return part(hashlib.sha256(verifier.encode()).digest())


def _object(told: Claims) -> str:
    return part(json.dumps(told).encode())


def part(content: bytes) -> str:
    """Bytes as they stand in a token."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def query_of(address: str) -> dict[str, str]:
    """What stands in the query of an address, each once."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
