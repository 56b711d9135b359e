"""Check a published draw, with nothing but Python: python3 check_draw.py FILE.json

It computes the seal and the result from the entries and the value in the file. Compare the seal with the one that was
published before the value was known, and the value with its source: that is the whole secret.
"""

import hashlib
import json
import re
import sys


def seal(said):
    lines = ["tourbook-draw-1", said["round"]]
    lines += [f"{code} {people}" for code, people in sorted(said["places"].items())]
    lines += [f"{receipt} {seats} {','.join(choices)} {tickets}" for receipt, seats, choices, tickets in sorted(said["entries"])]
    return hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()


def turn(value, receipt, tickets):
    texts = [receipt] + [f"{receipt}\n{ticket}" for ticket in range(2, tickets + 1)]
    return min(hashlib.sha256(f"{value}\n{text}".encode()).digest() for text in texts), receipt


def draw(said):
    left = dict(said["places"])
    for receipt, seats, choices, _ in sorted(said["entries"], key=lambda one: turn(said["value"], one[0], one[3])):
        got = next((code for code in choices if left[code] >= seats), None)
        if got is not None:
            left[got] -= seats
        yield [receipt, got]


def faults(said):
    receipts = [entry[0] for entry in said["entries"]]
    names = [said["round"], *said["places"], *receipts]
    if said["format"] != "tourbook-draw-1":
        yield "this is not a draw that I know"
    elif not all(re.fullmatch("[0-9A-Za-z-]+", name) for name in names):
        yield "a receipt or a code is written in a way that could hide another"
    elif len(set(receipts)) < len(receipts):
        yield "a receipt stands there twice"
    elif not all(0 < number < 2**53 for _, seats, _, tickets in said["entries"] for number in (seats, tickets)):
        yield "an entry is for nobody, or for more than can be counted"
    elif not all(0 <= people < 2**53 for people in said["places"].values()):
        yield "a departure has less than no places, or more than can be counted"
    elif any(set(choices) - set(said["places"]) for _, _, choices, _ in said["entries"]):
        yield "somebody chose a departure that is not of this round"
    else:
        if seal(said) != said["seal"]:
            yield "these are not the entries that were sealed"
        if list(draw(said)) != said["drawn"]:
            yield "something else comes of these entries and this value"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        found = list(faults(json.load(file)))
    print("\n".join(found) or "The draw is right: seal and result follow from the entries and the value.")
    sys.exit(1 if found else 0)
