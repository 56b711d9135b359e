from pathlib import Path
from urllib.parse import urldefrag, urljoin

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.conftest import Build
from tourbook.web import static_files
from tourbook.web.static_files import UnknownFile, static_url

pytestmark = pytest.mark.sqlite_only("files do not come from a database")


def fetch(client: FlaskClient, address: str, **headers: str) -> TestResponse:
    """A file, read and closed."""
    with client.get(address, headers=headers) as answer:
        answer.get_data()
        return answer


def address_of(app: Flask, name: str) -> str:
    with app.test_request_context():
        return static_url(name)


def test_a_file_under_its_hash_is_kept_for_good(app: Flask, client: FlaskClient):
    address = address_of(app, "css/site.css")

    answer = fetch(client, address)

    assert address != "/static/css/site.css"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.get_data() == fetch(client, "/static/css/site.css").get_data()
    assert "immutable" not in fetch(client, "/static/css/site.css").headers["Cache-Control"]


def test_files_go_out_compressed(app: Flask, client: FlaskClient):
    address = address_of(app, "css/site.css")

    answer = fetch(client, address, **{"Accept-Encoding": "gzip, deflate, br"})

    assert answer.headers["Content-Encoding"] == "br"
    assert answer.mimetype == "text/css"
    assert brotli.decompress(answer.get_data()) == fetch(client, address).get_data()


def test_every_file_that_a_style_sheet_names_is_there(app: Flask, client: FlaskClient):
    for sheet in ("css/site.css", "css/fonts.css"):
        text = fetch(client, f"/static/{sheet}").get_data(as_text=True)
        named = {part.split(")")[0].strip("\"'") for part in text.split("url(")[1:]}
        for name in named:
            assert not name.startswith(("http", "//", "data:")), name
            assert fetch(client, urldefrag(urljoin("/static/css/", name)).url).status_code == 200, name


@pytest.mark.parametrize(
    "path", ["../config.py", "%2e%2e/config.py", "src/app.scss", "css/../../config.py", "css/none.css", ""]
)
def test_nothing_else_is_served(client: FlaskClient, path: str):
    assert fetch(client, f"/static/{path}").status_code == 404


def test_a_page_that_names_a_missing_file_fails_loudly(app: Flask):
    with pytest.raises(UnknownFile, match=r"static/css/none\.css"):
        address_of(app, "css/none.css")


def test_files_go_out_plain_where_nothing_can_be_kept(
    build: Build, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    occupied = tmp_path / "instance"
    occupied.write_text("a file where the folder should be")
    monkeypatch.setattr(static_files, "INSTANCE", occupied)

    client = build().test_client()

    answer = fetch(client, "/static/css/site.css", **{"Accept-Encoding": "br"})
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers
    assert "uncompressed" in caplog.text
