"""Importing files: regions, courses, orders, measures."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import click

from tourbook import clock
from tourbook.actor import COMMAND
from tourbook.cli.files import LARGEST_TABLE, Content
from tourbook.cli.group import tourbook
from tourbook.cli.words import at_its_line
from tourbook.courses import Imported
from tourbook.courses.files import Column, column_names
from tourbook.courses.imports import COURSE_COLUMNS, MEASURE_COLUMNS, REGION_COLUMNS
from tourbook.distancing import import_courses, import_measures, import_orders, import_regions
from tourbook.distancing.imports import ORDER_COLUMNS

FILE = click.argument("file", type=Content(most=LARGEST_TABLE))
HISTORY = click.option(
    "--history", is_flag=True, help="What the rows say was known when it was announced, not only from now on."
)


def _columns(columns: Mapping[str, Column]) -> str:
    """What a file has to look like, below the help: made from the columns that are read."""
    names = column_names(columns)
    return "\n\n".join(
        [
            f"Must be there: {', '.join(names.must_be_there)}.",
            f"Of these, filled in each line: {', '.join(names.must_be_filled)}.",
            *([f"May be left out: {', '.join(names.may_be_left_out)}."] if names.may_be_left_out else []),
            "\b\nExample:\n" + "\n".join(names.example),
        ]
    )


@tourbook.group()
def regions() -> None:
    """Regions by their administrative codes."""


@tourbook.group()
def courses() -> None:
    """Trail routes and Panmunjeom tours."""


@tourbook.group()
def orders() -> None:
    """Distancing orders."""


@tourbook.group()
def measures() -> None:
    """Measures at one site."""


@regions.command("import", epilog=_columns(REGION_COLUMNS))
@FILE
@HISTORY
def regions_import(file: bytes, history: bool) -> None:
    """Enter the regions of FILE (CSV) that are not there yet, all of them or none; they count from ever."""
    _tell("regions", file, import_regions)


@courses.command("import", epilog=_columns(COURSE_COLUMNS))
@FILE
@HISTORY
def courses_import(file: bytes, history: bool) -> None:
    """Enter the courses of FILE (CSV) that are not there yet, all of them or none."""
    _tell("courses", file, partial(import_courses, history=history))


@orders.command("import", epilog=_columns(ORDER_COLUMNS))
@FILE
@HISTORY
def orders_import(file: bytes, history: bool) -> None:
    """Enter the distancing orders of FILE (CSV) that are not there yet, all of them or none."""
    _tell("orders", file, partial(import_orders, history=history))


@measures.command("import", epilog=_columns(MEASURE_COLUMNS))
@FILE
@HISTORY
def measures_import(file: bytes, history: bool) -> None:
    """Enter the site measures of FILE (CSV) that are not there yet, all of them or none."""
    _tell("measures", file, partial(import_measures, history=history))


def _tell(what: str, file: bytes, act: Callable[..., Imported]) -> None:
    done = act(file, actor=COMMAND, now=clock.now())
    for warning in done.warnings:
        click.echo(f"warning: {at_its_line(warning)}", err=True)
    there = f" (lines {', '.join(runs(done.there))})" if done.there else ""
    click.echo(f"{what}: {done.entered} entered, {len(done.there)} were there already{there}")


def runs(numbers: list[int]) -> Iterator[str]:
    """Ascending numbers, those that follow one another as first-last."""
    first = last = None
    for number in [*numbers, None]:
        if number is not None and last is not None and number == last + 1:
            last = number
            continue
        if first is not None:
            yield str(first) if first == last else f"{first}-{last}"
        first = last = number
