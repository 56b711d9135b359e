"""Which courses an order can reach: those in its region or below it, on some day that it covers."""

from datetime import date, timedelta

from tourbook.distancing.facts import RegionTree


def reaches(region: str, first: date, last: date | None, course_region: str, regions: RegionTree) -> bool:
    """Can an order for that region, on these days (None: open-ended), decide anything for a course there?

    Ranks change only where a code's validity begins or ends, so these days are all that need to be looked at.
    """
    looked_at = {first} | {turning + timedelta(days=1) for turning in regions.turning_days}
    days = (day for day in looked_at if first <= day and (last is None or day <= last))
    return any(region in regions.ranks(course_region, day) for day in days)
