"""Read a criterion that was typed as words, on the command line or in a form."""

from typing import Any

from workbench.catalog.attributes import attributes
from workbench.catalog.reading import known_values
from workbench.catalog.repository import Repository
from workbench.errors import unknown_name


def criterion_in_words(repository: Repository, words: str) -> tuple[str, Any]:
    """Return column and value of ``COLUMN=VALUE``, as `Cohort.where` takes them.

    A value the column holds is taken as it stands, commas, digits and dots included; otherwise ``A,B`` is a list
    and, in a column of numbers, ``18..89`` an inclusive range, an end of which may be left out.

    Parameters
    ----------
    repository : Repository
        Whose columns and values are meant.
    words : str
        Such as ``modality=CT,MR`` or ``age_years=18..``.

    Returns
    -------
    tuple of str and object
        The column, and a scalar, list or 2-tuple.

    Raises
    ------
    ValueError
        When there is no ``=``, no value, or no number where one is needed.
    UnknownNameError
        When the column does not exist.
    """
    name, equals, text = (part.strip() for part in words.partition("="))
    if not equals or not name or not text.replace(",", "").strip():
        raise ValueError(
            f"{words!r} was received. COLUMN=VALUE would be right, such as modality=CT. See: workbench cohort --help"
        )
    known = attributes(repository)
    if name not in known:
        raise unknown_name("column", name, known, where=repository.name, then="Use one of these before the '='.")
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
        "COLUMN=NUMBER or COLUMN=LOW..HIGH would be right, such as age_years=18..89. See: workbench cohort --help"
    )
