"""Settings have a name, a default and a help, and are read in one place."""

import ast
import dataclasses
import re
from pathlib import Path

import pytest

from config import Config, SettingsRefused
from tests.house.sources import product, sources

SETTINGS = dataclasses.fields(Config)
READS_IT = {"environ", "environb", "getenv", "getenvb"}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_says_what_it_is_for(setting):
    assert len(setting.metadata["help"]) > 15
    assert re.fullmatch(r"TOURBOOK_[A-Z_]+|DATABASE_URL|SECRET_KEY|PORT", setting.metadata["name"])


def test_no_two_settings_are_read_from_the_same_variable():
    names = [setting.metadata["name"] for setting in SETTINGS]

    assert sorted(names) == sorted(set(names))


def test_secrets_have_no_default():
    assert [setting.name for setting in SETTINGS if setting.metadata["secret"] and setting.default] == []


def test_the_environment_is_read_in_config_alone():
    readers = [
        f"{source.name}:{node.lineno}"
        for source in (*product(), *sources(under=("migrations/",)))
        if source.name != "config.py"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr in READS_IT and getattr(node.value, "id", "") == "os"
    ]

    assert not readers, "declare a setting in config.py"


def test_every_setting_is_used_by_somebody():
    code = "\n".join(source.text for source in product() if source.name != "config.py")
    own = next(source.text for source in product() if source.name == "config.py")

    unused = [
        setting.name for setting in SETTINGS if f".{setting.name}" not in code and f"self.{setting.name}" not in own
    ]

    # `port` is served by the Makefile, which hands it to the server.
    assert [name for name in unused if name != "port"] == []


@pytest.mark.parametrize(
    ("variable", "text", "sentence"),
    [
        ("PORT", "eight thousand", "PORT cannot be read as a whole number"),
        ("TOURBOOK_TIMETABLE", "perhaps", "TOURBOOK_TIMETABLE cannot be read as on or off"),
        ("TOURBOOK_NOW", "tomorrow", "TOURBOOK_NOW cannot be read as a date and time"),
        ("TOURBOOK_ENV", "staging", "TOURBOOK_ENV is 'staging'"),
    ],
)
def test_a_setting_that_cannot_be_understood_stops_the_start(variable: str, text: str, sentence: str):
    with pytest.raises(SettingsRefused, match=sentence):
        Config.from_env({variable: text})


def test_settings_are_read_from_the_environment_that_is_given():
    config = Config.from_env({"PORT": "9000", "TOURBOOK_ENV": "test", "TOURBOOK_NOW": "2021-11-22T10:00"})

    assert config.port == 9000
    assert config.now.isoformat() == "2021-11-22T10:00:00+09:00"


def test_production_says_everything_that_it_misses():
    with pytest.raises(SettingsRefused) as refusal:
        Config.from_env({"TOURBOOK_ENV": "production", "TOURBOOK_PUBLIC_URL": "http://tours.example.kr"})

    assert "SECRET_KEY is missing" in str(refusal.value)
    assert "TOURBOOK_PUBLIC_URL is not an https:// address" in str(refusal.value)
    assert "DATABASE_URL is missing" in str(refusal.value)
    assert "TOURBOOK_KEYS is missing" in str(refusal.value)


PROVIDER = {
    "TOURBOOK_PUBLIC_URL": "http://localhost:8000",
    "TOURBOOK_OIDC_ISSUER": "https://login.example.kr/realms/office",
    "TOURBOOK_OIDC_CLIENT_ID": "tourbook",
    "TOURBOOK_OIDC_CLIENT_SECRET": "a-secret",
}


@pytest.mark.parametrize("lacks", [name for name in PROVIDER if "OIDC" in name])
def test_a_provider_that_is_half_set_stops_the_start(lacks: str):
    assert Config.from_env(PROVIDER).oidc_issuer

    with pytest.raises(
        SettingsRefused, match=r"TOURBOOK_OIDC_CLIENT_ID and TOURBOOK_OIDC_CLIENT_SECRET .* go together"
    ):
        Config.from_env({**PROVIDER, lacks: ""})


@pytest.mark.parametrize(
    "issuer",
    [
        "http://login.example.kr",
        "https://",
        "login.example.kr",
        "https://login.example.kr?a=b",
        "https://login.example.kr#a",
        "https://me@login.example.kr",
        "https://login.example.kr:port",
        "http://localhost.example.kr",
    ],
)
def test_an_issuer_that_nobody_need_believe_stops_the_start(issuer: str):
    with pytest.raises(SettingsRefused, match="TOURBOOK_OIDC_ISSUER is no https:// address"):
        Config.from_env({**PROVIDER, "TOURBOOK_OIDC_ISSUER": issuer})


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:8080/realms/a", "http://localhost", "https://login.example.kr/"])
def test_an_issuer_on_this_machine_or_over_https_is_taken(issuer: str):
    assert Config.from_env({**PROVIDER, "TOURBOOK_OIDC_ISSUER": issuer}).oidc_issuer == issuer


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"TOURBOOK_PUBLIC_URL": ""}, "TOURBOOK_PUBLIC_URL is missing, to which the provider"),
        ({"TOURBOOK_OIDC_HOSTS": "https://login.example.kr/"}, "TOURBOOK_OIDC_HOSTS cannot be read"),
        ({"TOURBOOK_OIDC_CLIENT_SECRET_FILE": "/nowhere"}, "are both set; leave one out"),
        (
            {"TOURBOOK_OIDC_CLIENT_SECRET": "", "TOURBOOK_OIDC_CLIENT_SECRET_FILE": "/nowhere"},
            "the file of TOURBOOK_OIDC_CLIENT_SECRET_FILE is not to be read",
        ),
        ({"TOURBOOK_OIDC_CLIENT_SECRET": "비밀"}, "holds more than letters, digits and signs of ASCII"),
    ],
)
def test_what_else_does_not_fit_of_a_provider_stops_the_start(changed: dict[str, str], sentence: str):
    with pytest.raises(SettingsRefused, match=sentence):
        Config.from_env({**PROVIDER, **changed})


def test_the_secret_of_a_provider_may_lie_in_a_file(tmp_path: Path):
    (tmp_path / "secret").write_text("kept in a file\n")
    named = {"TOURBOOK_OIDC_CLIENT_SECRET": "", "TOURBOOK_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "secret")}

    assert Config.from_env({**PROVIDER, **named}).provider_secret == "kept in a file"
    assert Config.from_env(PROVIDER).provider_secret == "a-secret"


def test_a_provider_has_the_host_of_its_issuer_and_those_that_are_named():
    config = Config.from_env({**PROVIDER, "TOURBOOK_OIDC_HOSTS": "keys.example.kr, Tokens.example.kr,"})

    assert config.provider_hosts == {"login.example.kr", "keys.example.kr", "tokens.example.kr"}


def test_a_moved_clock_is_refused_in_production_and_demo():
    for environment in ("production", "demo"):
        with pytest.raises(SettingsRefused, match="TOURBOOK_NOW moves the clock"):
            Config.from_env({"TOURBOOK_ENV": environment, "TOURBOOK_NOW": "2021-11-22T10:00"})
