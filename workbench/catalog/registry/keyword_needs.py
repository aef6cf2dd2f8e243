"""Read what is given to ``recommend`` by keyword: needs as they are, and the least of a quantity by its own name."""

from collections.abc import Mapping
from inspect import signature
from typing import Any

from workbench.catalog.registry.asking.needs import Needs
from workbench.catalog.registry.asking.questions import read_question
from workbench.catalog.registry.asking.rules import ranking_rules
from workbench.catalog.registry.asking.typed_needs import typed_needs
from workbench.catalog.registry.choosing import words_typed
from workbench.catalog.registry.ranking.searching import SearchIndex
from workbench.errors import brief, unknown_name

_SIZE = "min_size"
#: What is said where a question is empty.
NO_QUESTION = (
    "An empty question came. What is looked for, in words, would be right. "
    "Ask for instance 'chest X-rays with demographics, over 10,000 patients'."
)


def needs_asked(question: str | None, needs: Mapping[str, Any], index: SearchIndex) -> Needs:
    """Return the needs of a question, and those given by keyword.

    Parameters
    ----------
    question : str, optional
        In plain words.
    needs : mapping of str to object
        As for `keyword_needs`.
    index : SearchIndex
        Whose names the question may hold.

    Returns
    -------
    Needs
        Both together.

    Raises
    ------
    UnknownNameError, TypeError
        As `keyword_needs`; and for a question that is no text.
    ValueError
        For an empty question without needs by keyword.
    """
    typed = words_typed("question", question) if question is not None else ""
    if question is not None and not (typed.strip() or needs):
        raise ValueError(NO_QUESTION)
    return (read_question(typed, index) if typed else Needs()).with_needs(keyword_needs(needs))


def keyword_needs(needs: Mapping[str, Any]) -> Needs:
    """Return needs from keywords.

    Parameters
    ----------
    needs : mapping of str to object
        Parameters of `typed_needs`; the name of a quantity, also after ``min_``, with the least number of it; and
        ``min_size`` as a plain number, which counts patients. None is as if it were not given.

    Returns
    -------
    Needs
        As `typed_needs` gives them.

    Raises
    ------
    UnknownNameError
        For another keyword, with the nearest.
    TypeError
        When what should be a number is none.

    Examples
    --------
    >>> keyword_needs({"modality": "CT", "min_patients": 1_000, "images": 5_000}).said()
    ('CT', 'at least 1,000 patients', 'at least 5,000 images')
    """
    known = tuple(signature(typed_needs).parameters)
    given = {name: value for name, value in needs.items() if value is not None}
    sizes: dict[str, int] = {}
    for name in [*given]:
        quantity = name.removeprefix("min_")
        if name == _SIZE and isinstance(needs[name], Mapping):
            sizes.update({each: _count(f"{_SIZE}[{each!r}]", least) for each, least in given.pop(name).items()})
        elif name == _SIZE:
            sizes["patients"] = _count(name, given.pop(name))
        elif quantity in _quantities():
            sizes[quantity] = _count(name, given.pop(name))
        elif name not in known:
            raise unknown_name("need", name, known, where="recommend()", then="Give one of these.")
    return typed_needs(**given, min_size=sizes)


def _quantities() -> set[str]:
    return {name for rule in ranking_rules()["quantities"] for name in rule["quantities"]}


def _count(name: str, least: Any) -> int:
    if isinstance(least, bool) or not isinstance(least, int | float) or not 0 <= least < float("inf"):
        raise TypeError(
            f"{name}={brief(repr(least))} came. A number would be right, of patients, or by what is counted. "
            "Write for instance min_size={'images': 100_000}"
        )
    return int(least)
