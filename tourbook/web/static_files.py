"""Static files: served by WhiteNoise under names that carry a hash of their content, compressed, kept for good.

`static_url('css/site.css')` is /static/css/site.<hash>.css. The plain names answer too, for files that files refer to.
The compressed variants are made once and kept in instance/; where that cannot be written, files go out as they are.
"""

import gzip
import hashlib
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Never
from wsgiref.headers import Headers

import brotli
from flask import Flask, current_app
from whitenoise import WhiteNoise
from whitenoise.responders import StaticFile

from config import INSTANCE
from tourbook.errors import NotFound
from tourbook.web.access import Permission, permission

log = logging.getLogger(__name__)

SERVED = ("css", "draw", "img", "js", "map", "vendor")
VERSIONED = "vendor/"  # its folders are named after versions
HASH_DIGITS = 12
PLAIN_NAME_SECONDS = 3600
COMPRESSED = {".css", ".js", ".svg", ".json", ".geojson", ".txt"}
VARIANTS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "br": (".br", brotli.compress),
    "gzip": (".gz", lambda body: gzip.compress(body, mtime=0)),
}


class UnknownFile(LookupError):
    """A page refers to a static file that there is not."""


class _Shelf(WhiteNoise):  # type: ignore[misc]  # WhiteNoise ships no types
    """WhiteNoise with each file under two names, and its compressed variants kept elsewhere."""

    def __init__(self, application: Any, folder: Path) -> None:
        super().__init__(application, max_age=PLAIN_NAME_SECONDS, allow_all_origins=False)
        self.names: dict[str, str] = {}
        for path in _files(folder):
            name = path.relative_to(folder).as_posix()
            digest = hashlib.sha256(path.read_bytes()).hexdigest()[:HASH_DIGITS]
            self.names[name] = f"{name.removesuffix(path.suffix)}.{digest}{path.suffix}"
            self._shelve(path, f"/static/{name}", digest)
            self._shelve(path, f"/static/{self.names[name]}", digest)

    def immutable_file_test(self, path: str, url: str) -> bool:
        name = url.removeprefix("/static/")
        return name in self.names.values() or name.startswith(VERSIONED)

    def _shelve(self, path: Path, url: str, digest: str) -> None:
        headers = Headers([])
        self.add_mime_headers(headers, str(path), url)
        self.add_cache_headers(headers, str(path), url)
        if path.suffix == ".py":  # a program to keep: under its own name, without the hash
            headers.add_header("Content-Disposition", "inline", filename=path.name)
        self.files[url] = StaticFile(str(path), headers.items(), encodings=_variants(path, digest))


def init_app(app: Flask) -> None:
    """Serve the static folder and give templates `static_url`."""
    app.view_functions["static"] = _not_on_the_shelf
    shelf = _Shelf(app.wsgi_app, Path(str(app.static_folder)))
    app.extensions["tourbook.static_names"] = shelf.names
    app.wsgi_app = shelf  # type: ignore[method-assign]  # Flask's own way to put something around itself
    app.context_processor(lambda: {"static_url": static_url})


def static_url(name: str) -> str:
    """The address of a static file, with the hash of its content; raises UnknownFile for a name that is none."""
    names: dict[str, str] = current_app.extensions["tourbook.static_names"]
    if name not in names:
        raise UnknownFile(f"no file static/{name}")
    return f"/static/{names[name]}"


@permission(Permission.PUBLIC)
def _not_on_the_shelf(filename: str) -> Never:
    """Flask's own way to the folder is closed: it would hand out the sources as well."""
    raise NotFound("no_such_page", filename=filename)


def _files(folder: Path) -> list[Path]:
    return sorted(path for part in SERVED for path in (folder / part).rglob("*") if path.is_file())


def _variants(path: Path, digest: str) -> dict[str, str]:
    """The compressed variants of a file by encoding, made now unless an earlier start has."""
    if path.suffix not in COMPRESSED:
        return {}
    try:
        return {encoding: str(_kept_variant(path, digest, *how)) for encoding, how in VARIANTS.items()}
    except OSError as refusal:
        log.warning("static files go out uncompressed: %s", refusal)
        return {}


def _kept_variant(path: Path, digest: str, suffix: str, compress: Callable[[bytes], bytes]) -> Path:
    kept = INSTANCE / "compressed" / f"{digest}{suffix}"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        unfinished = kept.with_suffix(f"{suffix}.{os.getpid()}")
        unfinished.write_bytes(compress(path.read_bytes()))
        unfinished.replace(kept)  # whoever looks meanwhile sees all of it or nothing
    return kept
