"""Backups: making one, putting one back, and seeing whether one works."""

from pathlib import Path

import click
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import Session

from config import Config
from tourbook import backups, clock
from tourbook.backups import NoBackup
from tourbook.backups.encrypting import read_key
from tourbook.cli.group import refuse_without_tables, tourbook
from tourbook.db import db, engine_options
from tourbook.operations import check

VERIFY = "verify"
MOST_FINDINGS = 20
KEY_FILE = click.option(
    "--key-file",
    type=click.Path(path_type=Path),
    help="A file with 32 random bytes in base64: the backup is encrypted with it (AES-256-GCM).",
)


@tourbook.command("backup")
@click.argument("words", nargs=-1, required=True, metavar="TARGET | verify SOURCE")
@KEY_FILE
def backup_command(words: tuple[str, ...], key_file: Path | None) -> None:
    """Make a backup of the database in the new folder TARGET; or restore SOURCE into a passing place and recount it."""
    verify = len(words) > 1 and words[0] == VERIFY
    if len(words) != 1 + verify:
        raise click.UsageError("Name one folder: backup TARGET, or backup verify SOURCE.")
    try:
        key = read_key(key_file) if key_file else None
        if verify:
            _verify(Path(words[1]), key)
        else:
            _make(Path(words[0]), key)
    except NoBackup as refused:
        raise click.ClickException(str(refused)) from refused


@tourbook.command("restore")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--into", help="The URL of an empty database; else that of DATABASE_URL.")
@KEY_FILE
def restore_command(source: Path, into: str | None, key_file: Path | None) -> None:
    """Put the backup SOURCE into an empty database, hold it against its manifest, and recount it."""
    try:
        key = read_key(key_file) if key_file else None
        if into is None:
            _restore(source, db.engine, key)
            return
        engine = create_engine(make_url(into), **_options(into))
        try:
            _restore(source, engine, key)
        finally:
            engine.dispose()
    except (ArgumentError, ModuleNotFoundError) as wrong:  # or one of a kind that nothing here speaks to
        raise click.ClickException("--into is no URL of a database.") from wrong
    except OperationalError as silent:
        if into is None:
            raise
        raise click.ClickException(f"The database of --into does not answer: {str(silent.orig).strip()}") from silent
    except NoBackup as refused:
        raise click.ClickException(str(refused)) from refused


def _make(target: Path, key: bytes | None) -> None:
    refuse_without_tables()
    build = _config().build
    made = backups.make(db.engine, target, key=key, build=build, now=clock.now(), say=click.echo)
    click.echo(f"{target} is whole and on the disk; checksum {made.sha256[:16]}")
    click.echo(f"keep apart from it: {', '.join(backups.KEPT_ELSEWHERE)}")


def _verify(source: Path, key: bytes | None) -> None:
    url = db.engine.url
    with backups.somewhere_else(source, url, _options(str(url))) as engine:
        _restore(source, engine, key)


def _restore(source: Path, engine: Engine, key: bytes | None) -> None:
    found = backups.restore(source, engine, key=key, say=click.echo)
    heads = ScriptDirectory(current_app.extensions["migrate"].directory).get_heads()
    if found.manifest.migration not in heads:
        click.echo("not recounted: its schema is another one; run `flask --app wsgi db upgrade`, then tourbook check")
        return
    with Session(engine) as session:
        report = check(session, now=clock.now())
    for one in report.findings[:MOST_FINDINGS]:
        click.echo(f"invariant {one.invariant}: {one.subject} {one.sentence}")
    if not report.ok:
        raise NoBackup(f"The backup is restored as it was, but {len(report.findings)} things in it do not hold.")
    click.echo("recounted: everything holds")


def _config() -> Config:
    found: Config = current_app.config["TOURBOOK"]
    return found


def _options(url: str) -> dict[str, object]:
    return engine_options(_config(), url, serving=False)
