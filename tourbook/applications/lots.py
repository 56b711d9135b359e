"""Lots for parties that have places already, where a course draws among the booked. Pure.

What decides is a value that follows from a seed which nobody but the installation knows. The seed is bound beforehand:
the last of a chain of hashes over it is shown to everybody as long as the departure is there, and the value of each
draw is the link before the one that was shown last. So nobody who books can know a value, and whoever has seen one can
check that it was fixed before anybody booked: its hash is what was shown until then.
"""

from hashlib import sha256

DRAWS = 32
"""Links of the chain: whoever draws more often on one departure uses the last value again."""


def pledge(seed: str, held: int) -> str:
    """What is shown beforehand, after so many draws on the departure: the hash of the value of the next one."""
    return hashed(value(seed, held))


def value(seed: str, held: int) -> str:
    """The value that decides the next draw of a departure on which so many were held: 64 hexadecimal digits."""
    found = seed
    for _ in range(max(DRAWS - held, 1)):
        found = hashed(found)
    return found


def turn(decides: str, reference: str) -> str:
    """The party's turn, in hexadecimal digits: the lowest is the first. It is that of docs/draw.md, with one ticket."""
    return hashed(f"{decides}\n{reference}")


def hashed(text: str) -> str:
    """SHA-256 over a text in UTF-8, in hexadecimal digits."""
    return sha256(text.encode()).hexdigest()
