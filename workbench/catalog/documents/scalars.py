"""Read the single values of a YAML file as they are written: numbers in digits, yes and no, text that can be seen."""

import re
import unicodedata
from typing import Any

import yaml

from workbench.errors import brief

_YES_NO = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
_RESOLVER: Any = yaml.resolver.Resolver()
_NUMBERS = yaml.constructor.SafeConstructor()
# YAML 1.1 reads 0750 to base 8 and 12:30 to base 60; who writes them in an entry means something else.
_DIGITS = re.compile(r"[-+]?(0|[1-9][0-9]*|[1-9][0-9]{0,2}(_[0-9]{3})+)?(\.[0-9]*)?([eE][-+]?[0-9]+)?")
_NAMES = re.compile(r"[-+]?\.(inf|nan)", re.IGNORECASE)
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_ALLOWED = "\n\t\u200c\u200d"  # two letters of Arabic and Indic scripts join, or do not, by the last two


def plain_value(text: str) -> Any:
    """Return what a text without quotes stands for.

    Parameters
    ----------
    text : str
        As the file has it.

    Returns
    -------
    object
        None, a truth value, a number, or the text itself, a date included.

    Raises
    ------
    ValueError
        When it reads as a number, but not as the one that is written.

    Examples
    --------
    >>> plain_value("1_000"), plain_value("yes"), plain_value("2021-03-18"), plain_value("null")
    (1000, True, '2021-03-18', None)
    """
    tag = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False)).rpartition(":")[2]
    if tag == "null":
        return None
    if tag == "bool":
        return _YES_NO[text.lower()]
    if tag not in ("int", "float"):
        return text
    if not _DIGITS.fullmatch(text) and not _NAMES.fullmatch(text):
        raise ValueError(
            f"{brief(text)} is not a number in plain digits; such as 750 or 7.5 would be right. Text stands in quotes."
        )
    try:
        node = yaml.ScalarNode(f"tag:yaml.org,2002:{tag}", text)
        number = _NUMBERS.construct_yaml_int(node) if tag == "int" else _NUMBERS.construct_yaml_float(node)
    except ValueError:
        number = float("nan")
    if abs(number) <= 1e300:  # not for infinities, for what is no number, and for more digits than Python reads
        return number
    raise ValueError(f"{brief(text)} is not a number that can be counted with. Write digits.")


def hidden_sign(text: str) -> str | None:
    """Return what is wrong with a text that holds a sign nobody sees, or one that turns the text around it.

    A terminal obeys control signs, and those for the direction of writing make an address look like another.

    Parameters
    ----------
    text : str
        A value of a file.

    Returns
    -------
    str or None
        None when all of it can be seen; line breaks and tabulators may stand in it.

    Examples
    --------
    >>> hidden_sign("https://example.org/\\u202egnp")
    'The sign U+202E is in the text, which nobody sees; text without it would be right. Remove it.'
    """
    if text.isprintable():
        return None
    found = next((each for each in text if unicodedata.category(each) in _HIDDEN and each not in _ALLOWED), None)
    if found is None:
        return None
    return f"The sign U+{ord(found):04X} is in the text, which nobody sees; text without it would be right. Remove it."
