"""Settings have a name, a default and a help, and are read in one place."""

import ast
import dataclasses
import re

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


def test_a_moved_clock_is_refused_in_production_and_demo():
    for environment in ("production", "demo"):
        with pytest.raises(SettingsRefused, match="TOURBOOK_NOW moves the clock"):
            Config.from_env({"TOURBOOK_ENV": environment, "TOURBOOK_NOW": "2021-11-22T10:00"})
