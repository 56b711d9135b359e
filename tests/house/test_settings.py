"""Settings have a name, a default and a help, and are read in one place."""

import ast
import dataclasses
import re

import pytest

from config import Config
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
