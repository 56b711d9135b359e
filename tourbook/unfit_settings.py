"""What in the settings forbids a start: each in a sentence that says what to set instead.

It reads a `config.Config` and imports nothing of it, since that file asks it.
"""

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from config import Config

ENVIRONMENTS = ("demo", "test", "rehearsal", "production")
LOGS = ("", "json", "text")
SECOND_FACTORS = ("", "required", "offered")
SHORTEST_SECRET = 32
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
HOST_NAME = re.compile(r"[A-Za-z0-9.:\[\]-]+")
SIGN_IN_LIMITS = re.compile(r"[1-9][0-9]{0,3}:[1-9][0-9]{0,2}(,[1-9][0-9]{0,3}:[1-9][0-9]{0,2}){2}")
CLOSURE_STEPS = re.compile(r"[1-9][0-9]?:[1-9][0-9]?(,[1-9][0-9]?:[1-9][0-9]?)*")
DATABASES = ("sqlite", "sqlite+pysqlite", "postgresql+psycopg")


def refusals_of(config: "Config") -> list[str]:
    """Say, a sentence each, what in these settings forbids a start."""
    found = []
    if config.environment not in ENVIRONMENTS:
        found.append(f"TOURBOOK_ENV is {config.environment!r}; use one of {', '.join(ENVIRONMENTS)}.")
    if config.now and config.environment not in {"test", "rehearsal"}:
        found.append("TOURBOOK_NOW moves the clock, which only TOURBOOK_ENV=test or rehearsal may do; unset it.")
    begins, ends = config.maintenance_from, config.maintenance_until
    if (begins is None) != (ends is None) or (begins and ends and begins >= ends):
        found.append(
            "TOURBOOK_MAINTENANCE_FROM and TOURBOOK_MAINTENANCE_UNTIL go together, the first before the second; "
            "set both, e.g. 2026-12-01T02:00 and 2026-12-01T04:00, or neither."
        )
    if config.database_url and urlsplit(with_driver(config.database_url)).scheme not in DATABASES:
        found.append(
            "DATABASE_URL is no address of a database that this works on; write "
            "postgresql://user:password@host/name or sqlite:////folder/file.sqlite."
        )
    if config.closure_steps and not CLOSURE_STEPS.fullmatch(config.closure_steps):
        found.append("TOURBOOK_CLOSURE_STEPS cannot be read; write times:months, separated by commas, e.g. 1:1,2:3.")
    if config.forget_after_days < 1:
        found.append(
            "TOURBOOK_FORGET_AFTER_DAYS is below 1, but arrivals are still marked on the day after a visit; "
            "write 1 or more."
        )
    return (
        found
        + _sign_in_refusals(config)
        + _provider_refusals(config)
        + _watching_refusals(config)
        + _rehearsal_refusals(config)
        + (_production_refusals(config) if config.production else [])
    )


def _sign_in_refusals(config: "Config") -> list[str]:
    found = []
    if not SIGN_IN_LIMITS.fullmatch(config.sign_in_limits):
        found.append(
            "TOURBOOK_SIGN_IN_LIMITS cannot be read; write minutes:hours of citizens, operators and "
            "administrators, e.g. 60:24,30:12,10:8."
        )
    if config.second_factor not in SECOND_FACTORS:
        found.append("TOURBOOK_SECOND_FACTOR is neither required nor offered; write one of them, or leave it out.")
    return found


def _provider_refusals(config: "Config") -> list[str]:
    secret = config.oidc_client_secret or config.oidc_client_secret_file
    given = [bool(one) for one in (config.oidc_issuer, config.oidc_client_id, secret)]
    if not any(given):
        return []
    if not all(given):
        return [
            (
                "TOURBOOK_OIDC_ISSUER, TOURBOOK_OIDC_CLIENT_ID and TOURBOOK_OIDC_CLIENT_SECRET (or "
                "TOURBOOK_OIDC_CLIENT_SECRET_FILE) go together; set all of them, or none."
            )
        ]
    found = []
    if config.oidc_client_secret and config.oidc_client_secret_file:
        found.append("TOURBOOK_OIDC_CLIENT_SECRET and TOURBOOK_OIDC_CLIENT_SECRET_FILE are both set; leave one out.")
    elif not _is_plain(config.oidc_client_id) or not _is_plain(_secret_of_provider(config)):
        found.append(
            "TOURBOOK_OIDC_CLIENT_ID, TOURBOOK_OIDC_CLIENT_SECRET or the file of TOURBOOK_OIDC_CLIENT_SECRET_FILE is "
            "not to be read, empty, or holds more than letters, digits and signs of ASCII; write them as the provider "
            "gives them."
        )
    if not _is_issuer(config.oidc_issuer):
        found.append(
            "TOURBOOK_OIDC_ISSUER is no https:// address without query or fragment, so anybody on the way could say "
            "who signs in; write it as the provider does, e.g. https://login.example.kr/realms/office."
        )
    if not all(HOST_NAME.fullmatch(one.strip()) for one in config.oidc_hosts.split(",") if one.strip()):
        found.append("TOURBOOK_OIDC_HOSTS cannot be read; write names of hosts alone, separated by commas.")
    if not _is_web_address(config.public_url):
        found.append(
            "TOURBOOK_PUBLIC_URL is missing, to which the provider of TOURBOOK_OIDC_ISSUER sends people back; set the "
            "address that people use."
        )
    return found


def _watching_refusals(config: "Config") -> list[str]:
    found = []
    if config.log not in LOGS:
        found.append("TOURBOOK_LOG is neither json nor text; write one of them, or leave it out.")
    if 0 < len(config.watch_token) < SHORTEST_SECRET:
        found.append(
            f"TOURBOOK_WATCH_TOKEN is shorter than {SHORTEST_SECRET} characters, so it could be guessed; make it "
            "longer, or leave it out."
        )
    return found


def _rehearsal_refusals(config: "Config") -> list[str]:
    found = []
    if config.rehearsal_url and not _is_web_address(config.rehearsal_url):
        found.append("TOURBOOK_REHEARSAL_URL is no address of a site; write e.g. https://rehearsal.tours.example.kr.")
    if config.rehearses and (config.mail_server or config.sms_url):
        found.append("A rehearsal writes to nobody: unset TOURBOOK_MAIL_SERVER and TOURBOOK_SMS_URL.")
    return found


def _production_refusals(config: "Config") -> list[str]:
    found = []
    if len(config.secret_key) < SHORTEST_SECRET:
        found.append(
            f"SECRET_KEY is missing or shorter than {SHORTEST_SECRET} characters, so anybody could sign cookies; "
            "set a long random one, e.g. from `python3 -c 'import secrets; print(secrets.token_urlsafe(48))'`."
        )
    if any(len(key) < SHORTEST_SECRET for key in config.earlier_keys):
        found.append(
            f"TOURBOOK_SECRET_KEY_FALLBACKS holds a key shorter than {SHORTEST_SECRET} characters, so anybody "
            "could sign cookies; leave it out."
        )
    if 0 < len(config.data_secret) < SHORTEST_SECRET:
        found.append(
            f"TOURBOOK_DATA_SECRET is shorter than {SHORTEST_SECRET} characters, so personal data could be read by "
            "whoever guesses it; set the SECRET_KEY that the database began with, or leave it out."
        )
    if urlsplit(config.public_url).scheme != "https" or not urlsplit(config.public_url).hostname:
        found.append(
            "TOURBOOK_PUBLIC_URL is not an https:// address, so names and birth dates would travel readable; "
            "set the address that people use, e.g. https://tours.example.kr."
        )
    if not config.database_url:
        found.append("DATABASE_URL is missing; set the database that holds the applications.")
    if not config.keys:
        found.append(
            "TOURBOOK_KEYS is missing; name the file for the data keys, on a disk that stays and that no backup of "
            "the database takes along (docs/keys.md)."
        )
    return found


def _is_web_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _is_issuer(url: str) -> bool:
    """Is this an address at which a provider can be believed? On this machine it need not be https."""
    try:
        parts = urlsplit(url)
        plain = parts.scheme == "http" and parts.hostname in THIS_MACHINE
        return (
            bool(parts.port is None or parts.port)
            and not (parts.query or parts.fragment or parts.username)
            and (plain or (parts.scheme == "https" and bool(parts.hostname)))
        )
    except ValueError:
        return False


def _secret_of_provider(config: "Config") -> str:
    try:
        return config.provider_secret
    except (OSError, ValueError):
        return ""


def _is_plain(words: str) -> bool:
    return bool(words) and words.isascii() and words.isprintable()


def with_driver(url: str) -> str:
    """Name psycopg 3 as the driver where the URL names only the database."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url
