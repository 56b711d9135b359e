"""One module reads the clock, one knows Korea's time zone."""

import re

import pytest

from tests.house.sources import product

READERS = {"tourbook/clock.py"}
READS_THE_CLOCK = re.compile(
    r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time|time\.time_ns|time\.localtime|time\.gmtime)\("
)
KNOWS_THE_ZONE = re.compile(r"ZoneInfo\(|Asia/Seoul")
ZONE_IS_KNOWN_IN = {"tourbook/kst.py", "config.py"}


def test_only_the_clock_module_reads_the_clock():
    readers = [
        f"{source.name}:{number}: {line.strip()}"
        for source in product()
        if source.name not in READERS
        for number, line in enumerate(source.lines, 1)
        if READS_THE_CLOCK.search(line)
    ]

    assert not readers, "take `now` as an argument; entry points read tourbook.clock"


@pytest.mark.parametrize("source", product(), ids=lambda source: source.name)
def test_korean_time_is_kst_pys(source):
    if source.name in ZONE_IS_KNOWN_IN:
        return
    code = "\n".join(line.split("#")[0] for line in source.lines)

    assert not KNOWS_THE_ZONE.search(re.sub(r'""".*?"""', "", code, flags=re.DOTALL)), "use tourbook.kst"
