"""How a question is cut into words, numbers and signs; Python and the page follow the same rules.

Separators of thousands go ("10,000", "10.000", "10 000"), a decimal point stays ("1.5"),
a decimal comma becomes one before a multiplier ("1,5 million"), "5-10" reads "5 to 10", "%" is a word. Digits that
follow a letter, or a hyphen after one, belong to a name: "Camelyon16" gives "camelyon", "_16", "Ki-67" "ki", "_67".
"""

import re

from workbench.catalog.registry.asking.words import fold

_ASKED = re.compile(r"_?[0-9]+(?:\.[0-9]+)?|[a-z]+|[,;<>≤≥+]")
_SPACED = re.compile(r"(?<![0-9a-z.,-])[0-9]{1,3}(?: [0-9]{3})+(?![0-9])")
_SIGNS = {"_": " ", "\u03bc": "u", "\u00d7": "x", "%": " percent ", ">=": "≥", "=>": "≥", "<=": "≤", "=<": "≤"}
_DECIMAL = re.compile(r"(?<=[0-9]),(?=[0-9]{1,2} ?(?:thousand|million|mio|billion|k|m)\b)")
_RANGE = re.compile(r"([0-9][km]?) ?[-\u2010-\u2015] ?(?=[0-9])")
_CODE = re.compile(r"(?<=[a-z])[-\u2010\u2011](?=[0-9])")
_GLUED = re.compile(r"(?<=[a-z])(?=[0-9])")
_THOUSANDS = re.compile(r"(?<=[0-9])[,.](?=[0-9]{3}(?![0-9]))")


def asked_words(question: str) -> list[str]:
    """Return the words, numbers and signs of a question, not stemmed.

    Parameters
    ----------
    question : str
        What somebody typed.

    Returns
    -------
    list of str
        Numbers without separators of thousands; commas and signs of comparison are words of their own.

    Examples
    --------
    >>> asked_words("X-rays, over 10,000 patients, not Camelyon16")
    ['x', 'rays', ',', 'over', '10000', 'patients', ',', 'not', 'camelyon', '_16']
    """
    plain = fold(question)
    for sign, word in _SIGNS.items():
        plain = plain.replace(sign, word)
    plain = _SPACED.sub(lambda found: found[0].replace(" ", ""), plain)
    plain = _RANGE.sub(r"\1 to ", _THOUSANDS.sub("", _DECIMAL.sub(".", plain)))
    return _ASKED.findall(_GLUED.sub("_", _CODE.sub("_", plain)))
