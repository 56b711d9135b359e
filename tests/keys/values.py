"""What of all that is kept sealed can be read."""

from collections import Counter

from cryptography.exceptions import InvalidTag
from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.operations.resealing import sealed_columns

OF_ACCOUNTS = ("person", "companion")


def readable(session: Session) -> Counter[str]:
    """How many values open, by table and column."""
    session.rollback()
    found: Counter[str] = Counter()
    for model, names in sealed_columns().items():
        for name in names:
            held = getattr(model, f"{name}_sealed")
            for row in session.execute(select(model.id, held)):
                found[f"{model.__tablename__}.{name}"] += _opens(getattr(model, name), *row)
    session.rollback()
    return +found


def of_visits(found: Counter[str]) -> Counter[str]:
    """What of it is about people on tours."""
    return Counter({place: number for place, number in found.items() if place.partition(".")[0] not in OF_ACCOUNTS})


def _opens(attribute: object, row_id: object, held: bytes | None) -> bool:
    try:
        return bool(attribute.open(row_id, held))
    except InvalidTag:
        return False
