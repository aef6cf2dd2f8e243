"""A distance in the few words of a title: how many would have to change, and what there is to match."""

import re

_DETAIL = re.compile(r", | \(| percentages| by ")
_GROUPS_OF = ("population", "commons", "cases")
_BRIEF = 60  # characters of a name in a title
_FEW = 0.005  # rounds to 0 of 100


def briefly(title: str) -> str:
    """Return what something is compared with in the few words of a title.

    Parameters
    ----------
    title : str
        Of a reference population or another cohort.

    Returns
    -------
    str
        With its place, without its publisher; the subtitle has both.

    Examples
    --------
    >>> briefly("US population, American Community Survey: CA")
    'the US population (CA)'
    """
    name = _DETAIL.split(title)[0]
    if not any(each in name.lower() for each in _GROUPS_OF):
        return title if len(title) <= _BRIEF else "the reference"
    _, _, place = title.rpartition(": ") if name != title else ("", "", "")
    name = re.sub(r"^(Population|World)", lambda word: word[0].lower(), name)
    article = "the " if "population" in name and not name.startswith("the ") else ""
    return f"{article}{name}" + (f" ({place})" if place and place != title else "")


def moved(share: float) -> str:
    """Return a total variation as the number of 100 patients who would have to belong to another group.

    Parameters
    ----------
    share : float
        0 to 1.

    Returns
    -------
    str
        Such as "21 of 100 patients".

    Examples
    --------
    >>> moved(0.209), moved(0.001)
    ('21 of 100 patients', 'fewer than 1 of 100 patients')
    """
    return f"{f'{100 * share:.0f}' if share >= _FEW else 'fewer than 1'} of 100 patients"
