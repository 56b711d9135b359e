"""What is the same for all applications of one process, made once: the code of templates and of addresses, and what a
password comes to.

A worker builds hundreds of applications, each with settings of its own, and signs in as thousands of people who share
one password. Nothing is skipped by what is kept here: a template's code depends on its source, its language and the
settings, which are the key, how an address is put together on the rule alone, and whether a password fits a hash on
these two.
"""

import marshal
from collections.abc import Callable, Hashable
from dataclasses import replace
from hashlib import sha256
from types import CodeType
from typing import Any

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask import Flask
from jinja2 import BytecodeCache
from jinja2 import Environment as AnyEnvironment
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from config import Config
from tests.ground.found_out import FOUND_OUT
from tourbook.accounts import passwords
from tourbook.web.templating import Environment

_codes: dict[Hashable, CodeType] = {}
_builders: dict[Hashable, Callable[..., Any]] = {}


class CompiledOnce(BytecodeCache):
    """Code of templates for applications with these settings, wherever their database is and whatever their clock says.

    Templates of another environment than the application's own (those of letters) are compiled as ever.
    """

    def __init__(self, app: Flask, config: Config) -> None:
        routes = tuple(sorted(str(rule) for rule in app.url_map.iter_rules()))
        self._installation = replace(config, database_url="", now=None), routes
        self._in_short = sha256(repr(self._installation).encode()).hexdigest()

    def get_bucket(self, environment: AnyEnvironment, name: str, filename: str | None, source: str) -> Bucket:
        """What is kept of this template."""
        made_for = _made_for(environment)
        key: Any = made_for and (self._installation, made_for, name, filename, source)
        bucket = Bucket(environment, key, checksum="")
        self.load_bytecode(bucket)
        return bucket

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is kept, here or by another worker."""
        bucket.code = _codes.get(bucket.key)
        if bucket.key and not bucket.code:
            known = FOUND_OUT.known("template", self._told(bucket))
            if known:
                bucket.code = _codes[bucket.key] = marshal.loads(known)  # noqa: S302 - this run has written it

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        if bucket.key and bucket.code:
            _codes[bucket.key] = bucket.code
            FOUND_OUT.note("template", self._told(bucket), marshal.dumps(bucket.code))

    def _told(self, bucket: Bucket) -> bytes:
        _installation, *more = bucket.key
        return repr((self._in_short, *more)).encode(errors="surrogatepass")


def _made_for(environment: AnyEnvironment) -> tuple[str, str] | None:
    """The language and the place of the site that are in the code; nothing where it is not known what is in it."""
    if not isinstance(environment, Environment):
        return None
    if not environment.overlayed:
        return "", ""
    return next((key for key, made in environment._by_language.items() if made is environment), None)


def remember_addresses(patch: pytest.MonkeyPatch) -> None:
    """Write the function that puts an address together once for each rule; it is told whose it is when it is called."""
    usual = Rule._compile_builder

    def once(self: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        converters = tuple((name, type(one)) for name, one in self._converters.items())
        key = self.rule, tuple(self._trace), repr(self.defaults), converters, append_unknown
        if key not in _builders:
            _builders[key] = usual(self, append_unknown)
        return _builders[key]

    patch.setattr(Rule, "_compile_builder", once)


def remember_passwords(patch: pytest.MonkeyPatch) -> None:
    """Compute each hash and each answer once, as long as the patch lasts."""
    patch.setattr(passwords, "_hasher", RememberingHasher(passwords._hasher))


class RememberingHasher(PasswordHasher):
    """Computes a hash like the product's, and each answer once: the same password for the same hash fits again."""

    def __init__(self, like: PasswordHasher) -> None:
        super().__init__(like.time_cost, like.memory_cost, like.parallelism, like.hash_len, like.salt_len)
        self._made: dict[str, str] = {}
        self._fits: dict[tuple[str, str], bool] = {}

    def hash(self, password: str, **options: Any) -> str:
        """The hash that was made of this password first."""
        if password not in self._made:
            self._made[password] = super().hash(password, **options)
            self._fits[self._made[password], password] = True
        return self._made[password]

    def verify(self, kept: str, password: str) -> bool:
        """Whether it fits, as argon2 says it."""
        if (kept, password) not in self._fits:
            self._fits[kept, password] = self._verified(kept, password)
        if not self._fits[kept, password]:
            raise VerifyMismatchError
        return True

    def _verified(self, kept: str, password: str) -> bool:
        try:
            return super().verify(kept, password)
        except VerifyMismatchError:
            return False
