"""Check a published draw, with nothing but Python: python3 check_draw.py FILE.json

It computes the seal and the result from the entries and the value in the file. Compare the seal with the one that was
published before the value was known, and the value with its source: that is the whole secret.
"""

import hashlib
import json
import re
import sys


def refuse(written):
    raise ValueError(written)


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


def is_draw(said):
    texts = [said["round"], said["value"], said["seal"], said.get("sealed_at", ""), *said["places"]]
    numbers = list(said["places"].values())
    for receipt, seats, choices, tickets in said["entries"]:
        texts += [receipt, *choices]
        numbers += [seats, tickets]
    for receipt, got in said["drawn"]:
        texts += [receipt] + [got] * (got is not None)
    lists = [said["entries"], *said["entries"], *(entry[2] for entry in said["entries"]), said["drawn"], *said["drawn"]]
    "".join(texts).encode()
    kinds = ((texts, str), (numbers, int), (lists, list), ([said["places"]], dict))
    return said["format"] == "tourbook-draw-1" and all(type(one) is kind for many, kind in kinds for one in many)


def faults(said):
    try:
        known = is_draw(said)
    except (ValueError, KeyError, TypeError, AttributeError):
        known = False
    if not known:
        yield "this is not a draw that I know"
        return
    receipts = [entry[0] for entry in said["entries"]]
    names = [said["round"], *said["places"], *receipts]
    if not all(re.fullmatch("[0-9A-Za-z-]+", name) for name in names):
        yield "a receipt or a code is written in a way that could hide another"
    elif len(set(receipts)) < len(receipts):
        yield "a receipt stands there twice"
    elif not all(0 < seats < 2**53 and 0 < tickets <= 1000 for _, seats, _, tickets in said["entries"]):
        yield "an entry is for nobody, for more than can be counted, or has too many tickets"
    elif not all(0 <= people < 2**53 for people in said["places"].values()):
        yield "a departure has less than no places, or more than can be counted"
    elif any(not choices or len(set(choices)) < len(choices) or set(choices) - set(said["places"]) for _, _, choices, _ in said["entries"]):
        yield "somebody chose nothing, a departure twice, or one that is not of this round"
    else:
        if seal(said) != said["seal"]:
            yield "these are not the entries that were sealed"
        if list(draw(said)) != said["drawn"]:
            yield "something else comes of these entries and this value"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        try:
            found = list(faults(json.load(file, parse_float=refuse, parse_constant=refuse)))
        except (ValueError, RecursionError):
            found = ["this is not a draw that I know"]
    print("\n".join(found) or "The draw is right: seal and result follow from the entries and the value.")
    sys.exit(1 if found else 0)
