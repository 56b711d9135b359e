"""Every setting of tourbook: its name, type, default and what it is for.

The environment is read here, once, by `Config.from_env()`; nothing else in the project looks at it.
`flask --app wsgi tourbook settings` prints this file's table. Production refuses to start with a setting
that would let strangers in or lose what was promised (`Config.refusals`).
"""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tourbook.unfit_settings import refusals_of, with_driver

INSTANCE = Path(__file__).resolve().parent / "instance"


class SettingsRefused(Exception):
    """The settings do not allow a start; the message says which, why, and what to set instead."""


def setting(name: str, default: Any, help_text: str, *, secret: bool = False) -> Any:
    """Declare one setting: the variable it is read from, its default and its help."""
    return field(default=default, metadata={"name": name, "help": help_text, "secret": secret})


def _flag(text: str) -> bool:
    if text.lower() in {"1", "on", "yes", "true"}:
        return True
    if text.lower() in {"0", "off", "no", "false", ""}:
        return False
    raise ValueError("say on or off")


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("Asia/Seoul"))


_PARSERS: dict[Any, tuple[str, Callable[[str], Any]]] = {
    bool: ("on or off", _flag),
    int: ("a whole number", int),
    str: ("text", str),
    datetime | None: ("a date and time", _moment),
}


@dataclass(frozen=True)
class Config:
    """The settings of one installation, checked before anything starts."""

    environment: str = setting(
        "TOURBOOK_ENV",
        "demo",
        "demo, test, rehearsal (a site to practise on, or with TOURBOOK_NOW a clock that stands) or production, which "
        "refuses unsafe settings",
    )
    database_url: str = setting(
        "DATABASE_URL", "", "SQLAlchemy URL of the database; empty: an SQLite file in instance/", secret=True
    )
    secret_key: str = setting(
        "SECRET_KEY",
        "",
        "signs cookies and, by derivation, seals personal data; at least 32 characters; "
        "outside production one is made and kept in instance/secret-key",
        secret=True,
    )
    old_secret_keys: str = setting(
        "TOURBOOK_SECRET_KEY_FALLBACKS",
        "",
        "what SECRET_KEY was before, separated by commas: cookies that these signed are still read; none that leaked",
        secret=True,
    )
    data_secret: str = setting(
        "TOURBOOK_DATA_SECRET",
        "",
        "the SECRET_KEY that the database began with: set it when SECRET_KEY is changed, and keep it, since sign-ins, "
        "looking for names, square codes and pledged lots go by it; empty: SECRET_KEY",
        secret=True,
    )
    seal_keys: str = setting(
        "TOURBOOK_SEAL_KEYS",
        "",
        "keys by which personal data was sealed before there was a key store, as id:base64 of 32 bytes, separated by "
        "commas; empty: key 1, derived from TOURBOOK_DATA_SECRET",
        secret=True,
    )
    keys: str = setting(
        "TOURBOOK_KEYS",
        "",
        "file that holds the data keys, wrapped, in a folder of its own that no backup of the database takes along; "
        "empty: beside the SQLite file, else in instance/; production wants it named (docs/keys.md)",
    )
    master_key_file: str = setting(
        "TOURBOOK_MASTER_KEY_FILE",
        "",
        "file with the master keys that wrap the data keys, one a line, newest first, each base64 of 32 bytes",
    )
    master_key: str = setting(
        "TOURBOOK_MASTER_KEY",
        "",
        "the same in the environment, separated by commas; without both it is derived from TOURBOOK_DATA_SECRET",
        secret=True,
    )
    public_url: str = setting(
        "TOURBOOK_PUBLIC_URL", "", "address that people use, for links in notices; https:// in production"
    )
    port: int = setting("PORT", 8000, "port that `make run` serves on")
    now: datetime | None = setting(
        "TOURBOOK_NOW", None, "stands in for the clock, e.g. 2021-11-22T10:00 (KST); test and rehearsal only"
    )
    rehearsal_url: str = setting(
        "TOURBOOK_REHEARSAL_URL", "", "address of the site to practise on, to which staff are led; empty: there is none"
    )
    timetable: bool = setting(
        "TOURBOOK_TIMETABLE", False, "run the timetable inside the web process; for one-process installations only"
    )
    pool_size: int = setting("TOURBOOK_POOL_SIZE", 4, "database connections that one process keeps")
    database_deadline: int = setting(
        "TOURBOOK_DATABASE_DEADLINE",
        6,
        "seconds that a page may spend on the database, half of them on one answer; then people are asked to try again",
    )
    database_long_deadline: int = setting(
        "TOURBOOK_DATABASE_LONG_DEADLINE",
        60,
        "the same for previews, imports and each act of the timetable, a sixth of them on one answer",
    )
    official_site: bool = setting(
        "TOURBOOK_OFFICIAL_SITE", False, "show the text of an official government site; else a demonstration"
    )
    contact_phone: str = setting(
        "TOURBOOK_CONTACT_PHONE", "031-000-0000", "telephone number shown as help on every page"
    )
    maintenance_from: datetime | None = setting(
        "TOURBOOK_MAINTENANCE_FROM", None, "when announced work on the site begins, e.g. 2026-12-01T02:00 (KST)"
    )
    maintenance_until: datetime | None = setting(
        "TOURBOOK_MAINTENANCE_UNTIL", None, "when it ends: every page says so ahead, and answers 503 meanwhile"
    )
    keep_pages: bool = setting(
        "TOURBOOK_KEEP_PAGES", True, "show public pages that were made up to a second ago; off: each is made anew"
    )
    trusted_proxies: int = setting("TOURBOOK_TRUSTED_PROXIES", 0, "how many proxies stand before the application")
    log: str = setting(
        "TOURBOOK_LOG",
        "",
        "json (one object a line on stderr, nothing personal in it) or text; empty: json in production, text elsewhere",
    )
    build: str = setting(
        "TOURBOOK_BUILD", "", "which build this is, e.g. a commit; stands in /metrics and in each line of the log"
    )
    watch_token: str = setting(
        "TOURBOOK_WATCH_TOKEN",
        "",
        "bearer token with which other machines read /readyz and /metrics; at least 32 characters; empty: only this "
        "machine reads them",
        secret=True,
    )
    hold_minutes: int = setting("TOURBOOK_HOLD_MINUTES", 15, "minutes that seats are kept while somebody types")
    hold_extensions: int = setting("TOURBOOK_HOLD_EXTENSIONS", 2, "how often a hold may be extended")
    holds_per_address: int = setting(
        "TOURBOOK_HOLDS_PER_ADDRESS", 10, "holds that one network address may have at the same time"
    )
    letters_per_network: int = setting(
        "TOURBOOK_LETTERS_PER_NETWORK",
        30,
        "letters to choose a password that may be asked for within an hour from one network address, which many people "
        "share where a telephone company gives it to all of them",
    )
    grace_minutes: int = setting(
        "TOURBOOK_GRACE_MINUTES",
        5,
        "minutes in which a change of the rules can be taken back as if it had not been made; until then those whom it "
        "displaces, asks to shrink or takes an offer from are not written to; 0: they are at once",
    )
    plan_ahead_days: int = setting(
        "TOURBOOK_PLAN_AHEAD_DAYS",
        60,
        "days from today for which the timetable keeps departures made, for courses whose schedules have given some "
        "before; never less than a week beyond the opening of applications; 0: administrators make all of them",
    )
    reminder_days: int = setting(
        "TOURBOOK_REMINDER_DAYS",
        3,
        "days before the last changes of its roster on which a confirmed party is reminded and asked to give back "
        "places that it does not need; 0: nobody is reminded",
    )
    closure_steps: str = setting(
        "TOURBOOK_CLOSURE_STEPS",
        "",
        "how often a party of somebody stayed away whole, and for how many months they can then apply for nothing, "
        "e.g. 1:1,2:3, as in the national parks; empty: nobody is closed out",
    )
    closure_within_months: int = setting(
        "TOURBOOK_CLOSURE_WITHIN_MONTHS", 12, "months within which it counts how often somebody stayed away"
    )
    sign_in_limits: str = setting(
        "TOURBOOK_SIGN_IN_LIMITS",
        "60:24,30:12,10:8",
        "after how many minutes without use, and how many hours in all, a sign-in ends: of citizens, operators and "
        "administrators, as minutes:hours separated by commas",
    )
    second_factor: str = setting(
        "TOURBOOK_SECOND_FACTOR",
        "",
        "required: operators and administrators sign in with a code of an app or a passkey too, which they set up at "
        "their next sign-in; offered: whoever wants to; empty: required in production, else offered; citizens never "
        "need one",
    )
    oidc_issuer: str = setting(
        "TOURBOOK_OIDC_ISSUER",
        "",
        "address (issuer) of an OpenID Connect provider through which people may sign in too, after they have linked "
        "it; https://; empty: passwords alone",
    )
    oidc_client_id: str = setting("TOURBOOK_OIDC_CLIENT_ID", "", "what that provider calls this site")
    oidc_client_secret: str = setting(
        "TOURBOOK_OIDC_CLIENT_SECRET", "", "the secret that goes with it, as the provider gives it", secret=True
    )
    oidc_client_secret_file: str = setting(
        "TOURBOOK_OIDC_CLIENT_SECRET_FILE", "", "file with that secret, in the place of TOURBOOK_OIDC_CLIENT_SECRET"
    )
    oidc_hosts: str = setting(
        "TOURBOOK_OIDC_HOSTS",
        "",
        "further hosts of that provider, separated by commas, where it answers at others than that of its issuer; no "
        "other is asked, and to no other are people sent",
    )
    oidc_name_ko: str = setting(
        "TOURBOOK_OIDC_NAME_KO", "기관 계정", "what that provider is called in Korean, as in *기관 계정으로 로그인*"
    )
    oidc_name_en: str = setting(
        "TOURBOOK_OIDC_NAME_EN",
        "your organisation",
        "what that provider is called in English, as in *Sign in with your organisation*",
    )
    companion_months: int = setting(
        "TOURBOOK_COMPANION_MONTHS",
        12,
        "months without use after which the companions that an account keeps for its next application are forgotten",
    )
    forget_after_days: int = setting(
        "TOURBOOK_FORGET_AFTER_DAYS",
        5,
        "days after a visit, or after an application ended, on which names, birth dates, passport numbers, contacts "
        "and guides are forgotten; at least 1",
    )
    mail_server: str = setting(
        "TOURBOOK_MAIL_SERVER", "", "host:port of the SMTP server; empty: notices stay in the mailbox of the demo"
    )
    mail_login: str = setting("TOURBOOK_MAIL_LOGIN", "", "user:password for the SMTP server", secret=True)
    mail_tls: bool = setting("TOURBOOK_MAIL_TLS", True, "use STARTTLS with the SMTP server")
    mail_from: str = setting("TOURBOOK_MAIL_FROM", "tourbook@localhost", "sender address of notices")
    sms_url: str = setting(
        "TOURBOOK_SMS_URL", "", "address of the HTTP gateway for text messages (JSON by POST: id, to, text)"
    )
    sms_token: str = setting("TOURBOOK_SMS_TOKEN", "", "bearer token for the text message gateway", secret=True)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """Read the environment once; refuses, in one sentence, what cannot be understood."""
        values = {f.name: _parsed(f, environ[f.metadata["name"]]) for f in fields(cls) if f.metadata["name"] in environ}
        config = cls(**values)
        refusals = config.refusals()
        if refusals:
            raise SettingsRefused("tourbook does not start: " + " ".join(refusals))
        return config

    @property
    def production(self) -> bool:
        """Is this the installation that real people apply on?"""
        return self.environment == "production"

    @property
    def second_factor_required(self) -> bool:
        """Must staff sign in with a second factor?"""
        return (self.second_factor or ("required" if self.production else "offered")) == "required"

    @property
    def demo(self) -> bool:
        """Is this not the real thing, so that it shows its mailbox?"""
        return not self.production

    @property
    def rehearses(self) -> bool:
        """Is this a site to practise on, with data and a clock of its own? TOURBOOK_NOW stops the clock of tests."""
        return self.environment == "rehearsal" and self.now is None

    @property
    def minds_whose_database(self) -> bool:
        """Does it refuse a database for who made it, a rehearsal or nobody of these? Tests make their own."""
        return self.production or self.rehearses or self.environment == "demo"

    @property
    def logs_json(self) -> bool:
        """Is the log to be written for machines?"""
        return self.log == "json" or (not self.log and self.production)

    @property
    def provider_secret(self) -> str:
        """The secret by which the OpenID Connect provider knows this site: as it is set, or what its file holds."""
        if not self.oidc_client_secret_file:
            return self.oidc_client_secret
        return Path(self.oidc_client_secret_file).read_text(encoding="utf-8").strip()

    @property
    def provider_hosts(self) -> frozenset[str]:
        """The hosts that may be asked as that provider."""
        further = {name for one in self.oidc_hosts.split(",") if (name := one.strip().lower())}
        return frozenset({urlsplit(self.oidc_issuer).hostname or "", *further})

    def refusals(self) -> list[str]:
        """Say, a sentence each, what in these settings forbids a start."""
        return refusals_of(self)

    def flask_settings(self) -> dict[str, Any]:
        """The same settings under the names that Flask and its extensions read."""
        return {
            "TOURBOOK": self,
            "SECRET_KEY": self.secret_key or kept_secret(INSTANCE / "secret-key"),
            "SECRET_KEY_FALLBACKS": self.earlier_keys,
            "SQLALCHEMY_DATABASE_URI": self._database_uri(),
            "SESSION_COOKIE_NAME": ("__Host-" if self._https else "") + ("rehearsal-sid" if self.rehearses else "sid"),
            "SESSION_COOKIE_SECURE": self._https,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 512 * 1024,
            "WTF_CSRF_TIME_LIMIT": None,
            "TRUSTED_HOSTS": [urlsplit(self.public_url).hostname] if self.production else None,
            "BABEL_DEFAULT_LOCALE": "ko",
            "BABEL_DEFAULT_TIMEZONE": "Asia/Seoul",
        }

    def sealing_keys(self) -> dict[int, bytes | None]:
        """Keys for personal data by id, newest first; None means: derive it from the secret of the data."""
        if not self.seal_keys:
            return {1: None}
        pairs = (entry.split(":", 1) for entry in self.seal_keys.split(","))
        return {int(key_id): base64.b64decode(text) for key_id, text in pairs}

    @property
    def earlier_keys(self) -> list[str]:
        """Keys that signed cookies before the one of today: what they signed is still believed."""
        return [key for one in self.old_secret_keys.split(",") if (key := one.strip())]

    @property
    def _https(self) -> bool:
        return self.public_url.startswith("https://")

    def _database_uri(self) -> str:
        if self.database_url:
            return with_driver(self.database_url)
        INSTANCE.mkdir(exist_ok=True)
        return f"sqlite:///{INSTANCE / ('rehearsal.sqlite' if self.rehearses else 'tourbook.sqlite')}"


def _parsed(declared: Any, text: str) -> Any:
    kind, parse = _PARSERS[declared.type]
    try:
        return parse(text)
    except ValueError as wrong:
        raise SettingsRefused(
            f"tourbook does not start: {declared.metadata['name']} cannot be read as {kind} ({wrong}). "
            f"It is for: {declared.metadata['help']}."
        ) from wrong


def kept_secret(path: Path) -> str:
    """A random secret that outlives restarts, readable by this user alone."""
    path.parent.mkdir(exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass  # made by an earlier start, or by the other process a moment ago
    return path.read_text()
