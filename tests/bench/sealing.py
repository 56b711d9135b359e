"""What sealing by keys of months costs beside one key for all: `python -m tests.bench.sealing`.

A page with forty people opens five values of each; here they are of twelve months.
"""

from statistics import median
from time import perf_counter

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.ground.server import TEST_SECRET
from tourbook.db import new_id
from tourbook.keyring import Keyring

PEOPLE, VALUES, ROUNDS = 40, 5, 200
MONTHS = [f"2026-{month:02}" for month in range(1, 13)]
ROW = new_id()
PLACE = {"table": "visitor", "row": ROW, "column": "name"}
BOUND_TO = f"v1/visitor/{ROW}/name".encode()


def page(work: object, given: list[bytes]) -> float:
    """Milliseconds for the values of a page, the median of many."""
    taken = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        for one in given:
            work(one)
        taken.append((perf_counter() - begun) * 1000)
    return median(taken)


def main() -> None:
    """Measure both ways of opening and sealing, and print the ratios."""
    ring, one_key = Keyring({1: None}, TEST_SECRET), AESGCM(bytes(32))
    months = [MONTHS[place % len(MONTHS)] for place in range(PEOPLE * VALUES)]
    by_month = [ring.seal("M12345678", month=month, **PLACE) for month in months]
    first = [b"\x01\x01" + bytes(12) + ring._first[1].encrypt(bytes(12), b"M12345678", BOUND_TO)] * len(months)
    bare = [bytes(12) + one_key.encrypt(bytes(12), b"M12345678", BOUND_TO)] * len(months)
    print(f"opening {len(months)} values, {len(MONTHS)} months")
    least = page(lambda one: one_key.decrypt(one[:12], one[12:], BOUND_TO), bare)
    before, now = (page(lambda one: ring.open(one, **PLACE), given) for given in (first, by_month))
    print(f"  AES-GCM {least:.3f} ms, one key {before:.3f} ms, keys of months {now:.3f} ms: {now / before:.2f} times")
    sealing = page(
        lambda month: ring.seal("M12345678", month=month.decode(), **PLACE), [one.encode() for one in months]
    )
    print(f"sealing as many: {sealing:.3f} ms; {len(by_month[0])} bytes each and not {len(first[0])}")


if __name__ == "__main__":
    main()
