"""Made-up people and their contacts for the demonstration: the same ones every time, and nobody who exists.

Addresses end in example.kr, telephone numbers in a range that nobody has.
"""

from datetime import date

from tourbook.applications import VisitorDetails

FAMILY_NAMES = ("김", "이", "박", "최", "정", "강", "조", "윤", "장", "임")
GIVEN_NAMES = ("하늘", "서준", "지우", "민서", "도윤", "서연", "예준", "수아", "주원", "지아", "은우", "다은", "시우")
GUESTS = (("Anna Keller", "DE", "C01X00T47"), ("James Walker", "US", "567001234"), ("Yuki Tanaka", "JP", "TZ1234567"))
EVERY_SO_MANY = 9


def party(number: int, size: int, *, guests: bool) -> list[VisitorDetails]:
    """The people of a party; every ninth party is led by somebody from abroad, where `guests` may go."""
    people = [_visitor(number * 7 + place, place) for place in range(size)]
    return [_guest(number), *people[1:]] if guests and is_abroad(number) else people


def is_abroad(number: int) -> bool:
    """Does this party come from abroad?"""
    return number % EVERY_SO_MANY == EVERY_SO_MANY - 1


def contact(number: int) -> tuple[str, str]:
    """How a party is reached, and on which way: two of three by text message."""
    return (f"+82100000{number:04}", "sms") if number % 3 else (f"party{number}@example.kr", "mail")


def _visitor(number: int, place: int) -> VisitorDetails:
    family, given = FAMILY_NAMES[number % len(FAMILY_NAMES)], GIVEN_NAMES[(number * 3 + place) % len(GIVEN_NAMES)]
    return VisitorDetails(name=f"{family}{given}", birth_date=_born(number + place), nationality="KR")


def _guest(number: int) -> VisitorDetails:
    name, nationality, document = GUESTS[number % len(GUESTS)]
    return VisitorDetails(name=name, birth_date=_born(number), nationality=nationality, document=document)


def _born(number: int) -> date:
    return date(1955 + number * 13 % 55, 1 + number % 12, 1 + number % 28)
