"""Plain words for the places and the forms of an entry, as its problems are told."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from workbench.catalog.documents.lines import Place
from workbench.errors import brief

#: The pattern of text that may look as it likes, but must not be blank.
NOT_BLANK = r"\S"
# What a text must look like, by the name of its definition or field; the schema holds the pattern itself.
_LOOKS = {
    "key": "small letters, digits and single hyphens, such as lidc-idri,",
    "date": "a date such as 2021, 2021-03 or 2021-03-18",
    "read": "the day it was read, such as 2026-11-29,",
    "url": "an address that begins with https://",
    "doi": "a DOI without address, such as 10.7937/K9/TCIA.2015.LO9QL9SX,",
    "row": "a row of a guide, such as radiology:396,",
    "year": 'four digits in quotes, such as "2017",',
    "collections": "ids of collections, such as lidc_idri,",
    "name": "a name of small letters, digits and underscores, such as view_position,",
    "file": "a path below the folder, with / and without . .. or :,",
    "glob": "a pattern below the folder, with / and without . .. or :, and ** only between slashes,",
    "extract": "a regular expression with a group in parentheses",
}
_KINDS = {"dataset": "the data set", "model": "the model", "framework": "the framework", "layout": "the layout"}
_ONE_OF_MANY = {
    "claims": "claim",
    "relations": "relation",
    "conflicts": "conflict",
    "guide_rows": "guide row",
    "known_issues": "known issue",
    "parts": "part",
    "authors": "author",
    "joins": "join",
    "files": "file",
}
# Where a bare "is missing" would not tell a newcomer why, by what lacks it and what is lacking.
_WHY = {
    ("claim", "source"): "a claim without source is refused. Say who states the number",
    ("claim", "where"): "a claim without source is refused. Give the row of the guide or the page",
    ("claim", "words"): "a claim without source is refused. Give the words the number was read from",
    ("claim", "checked_against"): "a claim that agrees or differs says with what it was compared",
    ("license", "evidence"): "a license is never guessed. Give the page and its words, or write id: unknown",
}


def shown(value: Any) -> str:
    """Return a value as a message shows it.

    Parameters
    ----------
    value : object
        What came.

    Returns
    -------
    str
        Short.

    Examples
    --------
    >>> shown(True), shown(2017), shown("CT"), shown(None), shown(["CT"])
    ('True (yes or no without quotes)', 'The number 2017', "'CT'", 'Nothing', 'A list')
    """
    if value is None:
        return "Nothing"
    if isinstance(value, bool):
        return f"{value} (yes or no without quotes)"
    if isinstance(value, int | float):
        return f"The number {value}"
    if isinstance(value, dict | list):
        return "A list" if isinstance(value, list) else "A mapping"
    return brief(repr(value))


def in_words(place: Place, noun: str) -> str:
    """Return a place as a person says it.

    Parameters
    ----------
    place : tuple
        Fields and positions from the outside in.
    noun : str
        What stands there.

    Returns
    -------
    str
        Such as ``"verdict of claim 3"``.

    Examples
    --------
    >>> in_words(("claims", 2, "verdict"), "verdict"), in_words((), "dataset")
    ('verdict of claim 3', 'the data set')
    """
    if not place:
        return _KINDS.get(noun, noun)
    said: list[str] = []
    for part in place:
        if isinstance(part, int) and said:
            said[-1] = f"{_ONE_OF_MANY.get(said[-1], said[-1])} {part + 1}"
        else:
            said.append(str(part))
    return " of ".join(reversed(said)).replace("_", " ")


def described(schema: Mapping[str, Any], noun: str) -> str:
    """Return what a part of an entry should look like.

    Parameters
    ----------
    schema : mapping
        Its definition.
    noun : str
        Its name.

    Returns
    -------
    str
        Such as ``"a number"``.

    Examples
    --------
    >>> described({"type": "number"}, "value"), described({"enum": ["exact", "about"]}, "qualifier")
    ('a number', 'one of exact, about')
    """
    if "enum" in schema:
        return f"one of {', '.join(map(str, schema['enum']))}"
    if "oneOf" in schema:
        return "a column, several, or a mapping that says what it is made from"
    if schema.get("pattern", NOT_BLANK) != NOT_BLANK:
        return _LOOKS.get(noun, "text of another form")
    kind = schema.get("type")
    if kind == "object":
        required = schema.get("required", ())
        return f"a mapping with {', '.join(required)}" if required else "a mapping"
    if kind == "array":
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        return f"a list of {least}" if least and least == most else f"a list{' of one or more' if least else ''}"
    if kind in ("number", "integer"):
        return "a number" if kind == "number" else "a whole number"
    if kind == "boolean":
        return "true or false"
    least, most = schema.get("minLength", 1), schema.get("maxLength")
    if most:
        return f"text of {least} to {most} characters"
    return "text (numbers, yes and no in quotes)"


def choice_of(value: Collection[str], ways: Sequence[str], place: Place, noun: str, *, one: bool) -> str:
    """Return the message for a mapping that holds none of some fields, or too many of them.

    Parameters
    ----------
    value : collection of str
        The fields it has.
    ways : sequence of str
        The fields it chooses among.
    place : tuple
        Where it stands.
    noun : str
        What it is.
    one : bool
        Whether it may have one only.

    Returns
    -------
    str
        What came, and what would be right.

    Examples
    --------
    >>> choice_of(["column", "join"], ["column", "constant", "join"], ("columns", "sex"), "sex", one=True)
    'Sex of columns has column, join; one of column, constant, join would be right.'
    """
    had = ", ".join(each for each in ways if each in value)
    right = f"one {'' if one else 'or more '}of {', '.join(ways)}"
    return f"{in_words(place, noun).capitalize()} has {had or 'none of its fields'}; {right} would be right."


def missing(place: Place, noun: str, name: str, schema: Mapping[str, Any]) -> str:
    """Return the message for a required field that is not there.

    Parameters
    ----------
    place : tuple
        What lacks it.
    noun : str
        What that is.
    name : str
        The field.
    schema : mapping
        The field's definition.

    Returns
    -------
    str
        What is missing, and what would be right.

    Examples
    --------
    >>> missing((), "dataset", "name", {"type": "string"})
    "'name' is missing from the data set; text (numbers, yes and no in quotes) would be right."
    """
    holder = str(place[-2]) if place and isinstance(place[-1], int) else str(place[-1]) if place else noun
    why = _WHY.get((_ONE_OF_MANY.get(holder, holder), name))
    lacks = f"{name!r} is missing from {in_words(place, noun)}; "
    if why:
        options = described(schema, name) if "enum" in schema else ""
        return f"{lacks}{why}{f': {options}' if options else ''}."
    return f"{lacks}{described(schema, name)} would be right."
