"""Running the project's commands inside the test's process."""

from click.testing import Result

from tests.ground.application import Ground


def run(ground: Ground, *words: str, stdin: bytes | None = None) -> Result:
    """`flask --app wsgi tourbook WORDS`, whatever comes of it; an exception that gets out fails the test."""
    return ground.app.test_cli_runner().invoke(args=["tourbook", *words], input=stdin, catch_exceptions=False)
