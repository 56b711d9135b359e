"""Check a published draw, with nothing but Python: python3 check_draw.py FILE.json [RECEIPT]

It computes the seal and the result from the entries and the value in the file, and says what came of a receipt.
Compare the seal with the one that was published before the value was known, and the value with its source: that is all.
"""

import hashlib
import json
import re
import sys


def seal(said):
    lines = ["tourbook-draw-1", said["round"]] + [f"{code} {people}" for code, people in sorted(said["places"].items())]
    lines += [f"{receipt} {seats} {','.join(choices)} {tickets}" for receipt, seats, choices, tickets in sorted(said["entries"])]
    return hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()


def turn(value, receipt, tickets):
    texts = (f"{value}\n{receipt}" + f"\n{ticket}" * (ticket > 1) for ticket in range(1, tickets + 1))
    return min(hashlib.sha256(text.encode()).digest() for text in texts), receipt


def draw(said):
    left = dict(said["places"])
    for receipt, seats, choices, _ in sorted(said["entries"], key=lambda one: turn(said["value"], one[0], one[3])):
        got = next((code for code in choices if left[code] >= seats), None)
        left |= {got: left[got] - seats} if got is not None else {}
        yield [receipt, got]


def faults(said):
    plain = {name: str(said[name]) for name in ("format", "round", "value", "seal")} | {"sealed_at": str(said.setdefault("sealed_at", "")), "by_fallback": bool(said.setdefault("by_fallback", False))}
    plain["places"] = {code: int(people) for code, people in said["places"].items()}
    plain["entries"] = [[str(receipt), int(seats), [str(code) for code in choices], int(tickets)] for receipt, seats, choices, tickets in said["entries"]]
    plain["drawn"] = [[str(receipt), got if got is None else str(got)] for receipt, got in said["drawn"]]
    receipts, choices = [entry[0] for entry in plain["entries"]], [entry[2] for entry in plain["entries"]]
    written, meant = (json.dumps(one, ensure_ascii=False).encode() for one in ({name: said[name] for name in plain}, plain))
    right = {
        "this is not a draw that I know": written == meant and said["format"] == "tourbook-draw-1",
        "a receipt or a code is written in a way that could hide another": all(re.fullmatch("[0-9A-Za-z-]+", name) for name in [plain["round"], *plain["places"], *receipts]),
        "a receipt stands there twice": len(set(receipts)) == len(receipts),
        "an entry or a departure is for less than anybody, for more than can be counted, or has too many tickets": all(0 < seats < 2**53 and 0 < tickets <= 1000 for _, seats, _, tickets in plain["entries"]) and all(0 <= people < 2**53 for people in plain["places"].values()),
        "somebody chose nothing, a departure twice, or one that is not of this round": all(some and len(set(some)) == len(some) and set(some) <= set(plain["places"]) for some in choices),
    }
    yield from [words for words in right if not right[words]][:1] or (["these are not the entries that were sealed"] * (seal(said) != said["seal"]) + ["something else comes of these entries and this value"] * (list(draw(said)) != said["drawn"]))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or {"-h", "--help"} & set(sys.argv):
        sys.exit(print(__doc__) or not {"-h", "--help"} & set(sys.argv))
    try:
        said = json.load(open(sys.argv[1], encoding="utf-8-sig"), parse_float=int, parse_constant=int, object_pairs_hook=lambda pairs: dict(pairs) if len(dict(pairs)) == len(pairs) else int("a name stands twice"))
        found = list(faults(said))
    except Exception:  # whatever cannot be read is none
        found = ["this is not a draw that I know"]
    told = {re.sub("[^0-9A-Z]", "", one.upper()): f"{one} has turn {turn}: {got or 'no places, in reserve'}" for turn, (one, got) in enumerate([] if found else said["drawn"], 1)}
    asked = [] if found else ["By its own word, its value is what was announced in case that the one of its source does not come."] * said["by_fallback"] + [told.get(re.sub("[^0-9A-Z]", "", one.upper()), f"There is no entry with the receipt {one}") for one in sys.argv[2:]]
    print("\n".join([*found] or ["The draw is right: seal and result follow from the entries and the value.", *asked]))
    sys.exit(bool(found))
