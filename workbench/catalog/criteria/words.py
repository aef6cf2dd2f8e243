"""Read a criterion or a window around a test that was typed as words, on the command line or in a form."""

import re
from typing import Any

from workbench.catalog.criteria.attributes import attributes
from workbench.catalog.criteria.reading import known_values
from workbench.catalog.repository import Repository
from workbench.errors import unknown_name

_SEE = "See: workbench cohort new --help"
_NEAR_TEST = re.compile(
    r"^\s*(?:(?P<test>.*\S)\s*=)?\s*(?P<result>[^=:]*[^=:\s])\s*:"
    r"\s*(?P<low>[+-]?\d+)?\s*\.\.\s*(?P<high>[+-]?\d+)?\s*(?::\s*(?P<which>all|first|last)\s*)?$"
)


def criterion_in_words(repository: Repository, words: str, *, missing: str | None = None) -> tuple[str, Any]:
    """Return column and value of ``COLUMN=VALUE``, as `Cohort.where` takes them.

    A value the column holds is taken as it stands, commas, digits and dots included; otherwise ``A,B`` is a list
    and, in a column of numbers, ``18..89`` an inclusive range, an end of which may be left out.

    Parameters
    ----------
    repository : Repository
        Whose columns and values are meant.
    words : str
        Such as ``modality=CT,MR`` or ``age_years=18..``.
    missing : str, optional
        The missing policy that goes with it; with ``"only"`` the column alone is enough, such as ``age_years``.

    Returns
    -------
    tuple of str and object
        The column, and a scalar, list or 2-tuple; None for a column alone.

    Raises
    ------
    ValueError
        When there is no ``=``, no value, or no number where one is needed.
    UnknownNameError
        When the column does not exist.
    """
    name, equals, text = (part.strip() for part in words.partition("="))
    has_value = bool(equals and text.replace(",", "").strip())
    if not name or not (has_value or missing == "only"):
        raise ValueError(
            f"{words!r} was received. COLUMN=VALUE would be right, such as modality=CT; a column alone goes with "
            f"missing 'only'. {_SEE}"
        )
    known = attributes(repository)
    if name not in known:
        raise unknown_name("column", name, known, where=repository.name, then="Use one of these before the '='.")
    if not has_value:
        return name, None
    kind = known[name].kind
    if kind == "number":
        return name, _numbers(words, text)
    if kind == "text":
        return name, text
    if kind == "flag":
        truth = {"true": True, "false": False}
        return name, truth.get(text.lower(), text)
    if text in known_values(repository, name):
        return name, text
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return name, parts if len(parts) > 1 else parts[0]


def near_test_in_words(words: str) -> dict[str, Any]:
    """Return the arguments of `Cohort.near_test` from ``RESULT:LOW..HIGH``.

    Parameters
    ----------
    words : str
        Days after the test, negative before it; an end may be left out. ``TEST=`` in front names the test, ``:first``
        or ``:last`` at the end takes one study of each patient.

    Returns
    -------
    dict
        ``result``, ``days``, and where they were typed ``test`` and ``which``.

    Raises
    ------
    ValueError
        When it is written otherwise.

    Examples
    --------
    >>> near_test_in_words("Positive:-3..14:first")
    {'result': 'Positive', 'days': (-3, 14), 'which': 'first'}
    """
    found = _NEAR_TEST.match(words)
    if found is None or (found["low"] is None and found["high"] is None):
        raise ValueError(
            f"{words!r} was received. RESULT:LOW..HIGH in days after the test would be right, such as "
            f"Positive:-3..14 or Positive:28..:first. {_SEE}"
        )
    low, high = (None if day is None else int(day) for day in (found["low"], found["high"]))
    more = {name: found[name] for name in ("test", "which") if found[name]}
    return {"result": found["result"], "days": (low, high), **more}


def _numbers(words: str, text: str) -> Any:
    low, dots, high = text.partition("..")
    if dots:
        return (_number(words, low) if low else None, _number(words, high) if high else None)
    numbers = [_number(words, part) for part in text.split(",") if part]
    return numbers if len(numbers) > 1 else numbers[0]


def _number(words: str, text: str) -> int | float:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    raise ValueError(
        f"{words!r} was received, but {text.strip()!r} is no number. "
        "COLUMN=NUMBER or COLUMN=LOW..HIGH would be right, such as age_years=18..89. "
        f"{_SEE}"
    )
