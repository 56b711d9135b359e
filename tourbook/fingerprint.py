"""Telling one content from any other by a short text that a page can carry."""

import hashlib

_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def fingerprint(content: str) -> str:
    """64 letters that tell this content from any other, and nothing of it where nobody can guess it; what is about
    people takes a key for that (seal.keyed_fingerprint).
    """
    return in_letters(hashlib.sha256(content.encode()).hexdigest())


def in_letters(digits: str) -> str:
    """A hexadecimal number without digits: in one of sixty of 64 stand thirteen that would be refused as a resident
    registration number when the page sends it back.
    """
    return digits.translate(_LETTERS)
