"""Tell days of the calendar from what only looks like one."""

import datetime


def wrong_day(day: str, latest: datetime.date | None = None) -> str | None:
    """Return what would be right in place of a day, a month or a year.

    Parameters
    ----------
    day : str
        Such as ``"2021-03-18"``, ``"2021-03"`` or ``"2021"``; text of another form is told by the schema.
    latest : datetime.date, optional
        Nothing may lie after it.

    Returns
    -------
    str or None
        None when nothing is wrong.

    Examples
    --------
    >>> wrong_day("2021-02-30")
    'a day of the calendar would be right, such as 2026-11-29'
    >>> wrong_day("2199", datetime.date(2026, 11, 29))
    'a day that has been would be right'
    """
    parts = day.split("-")
    if not 1 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    try:
        begin = datetime.date(*(int(part) for part in [*parts, "1", "1"][:3]))
    except ValueError:
        return "a day of the calendar would be right, such as 2026-11-29"
    if latest is not None and begin > latest:
        return "a day that has been would be right"
    return None
