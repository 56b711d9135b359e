"""Draws: whether one that was published is right."""

from typing import BinaryIO

import click

from tourbook.cli.group import tourbook
from tourbook.draws import faults, read

FAULTS = {
    "spelling": "A receipt or a code has other characters than letters, digits and hyphens, which could hide another.",
    "twice": "A receipt stands there twice.",
    "numbers": "An entry is for nobody, a departure has less than no places, or a number is too large.",
    "choices": "Somebody chose a departure that is not of this round.",
    "seal": "These are not the entries that were sealed.",
    "result": "Something else comes of these entries and this value.",
}


@tourbook.group()
def draw() -> None:
    """Draws that were published."""


@draw.command("verify")
@click.argument("file", type=click.File("rb"))
def verify_command(file: BinaryIO) -> None:
    """Compute the draw of FILE (JSON) again from what it says itself; exit code 1 where it is not right.

    Whether the seal was published before the value was known, and the value is the one of its source, is for you to
    compare.
    """
    published = read(file.read())
    found = faults(published)
    for code in found:
        click.echo(FAULTS[code])
    if found:
        click.get_current_context().exit(1)
    seated = sum(one.departure is not None for one in published.drawn)
    click.echo(f"Right: {len(published.entries)} entries, {seated} drawn, {len(published.drawn) - seated} in reserve.")
    click.echo(f"Seal {published.seal}")
    click.echo(f"Value {published.value}")
