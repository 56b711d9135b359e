"""Where the papers for whoever runs it lie."""

from tests.house.sources import REPOSITORY

GUIDE = REPOSITORY / "docs/operating.md"
FOLDER = REPOSITORY / "docs/operating"
BEGIN, END = "<!-- settings -->", "<!-- end of settings -->"
