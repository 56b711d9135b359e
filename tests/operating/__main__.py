"""Write the table of settings in docs/operating.md anew: `python -m tests.operating`."""

from tests.operating.papers import BEGIN, END, GUIDE
from tourbook.cli.keeping import settings_table

if __name__ == "__main__":
    text = GUIDE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    GUIDE.write_text(f"{before}{BEGIN}\n\n{settings_table()}\n{END}{after}", encoding="utf-8")
