"""One module reads the clock, one knows Korea's time zone."""

import re

from tests.house.sources import product

READERS = {"tourbook/clock.py"}
READS_THE_CLOCK = re.compile(
    r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time|time\.time_ns|time\.localtime|time\.gmtime)\("
)
MAKES_A_ZONE = {"tourbook/kst.py", "config.py"}


def test_only_the_clock_module_reads_the_clock():
    readers = [
        f"{source.name}:{number}: {line.strip()}"
        for source in product()
        if source.name not in READERS
        for number, line in enumerate(source.lines, 1)
        if READS_THE_CLOCK.search(line)
    ]

    assert not readers, "take `now` as an argument; entry points read tourbook.clock"


def test_korean_time_is_kst_pys():
    makers = [
        f"{source.name}:{number}: {line.strip()}"
        for source in product()
        if source.name not in MAKES_A_ZONE
        for number, line in enumerate(source.lines, 1)
        if "ZoneInfo(" in line
    ]

    assert not makers, "use tourbook.kst"
