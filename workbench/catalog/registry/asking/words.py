"""How ranking cuts text into words: the one place for rules that Python and `ranking.js` both follow.

1. *Fold*: NFKD, drop non-spacing marks (Mn), lower case, letters that do not decompose by the table below.
2. *Words*: runs of ASCII letters and runs of digits; everything else separates. "Camelyon16" is "camelyon", "16";
   "X-ray" is "x", "ray". A text's hyphenated or mixed words are indexed joined as well ("xray", "camelyon16").
3. *Stems*: ``-ies`` becomes ``-y``, ``-tases`` becomes ``-tasis``, plural ``-es`` and ``-s`` go, then ``-ing`` of words
   of seven and ``-ed`` of words of six letters or more, last a final ``-e``. Digits and words of three letters stay.
4. *Numbers* of a question: `workbench.catalog.registry.asking.asked_words`.
5. *Typos* are counted by `workbench.catalog.registry.asking.typed_words.distance`: optimal string alignment, where to
   insert, delete, replace a letter and to swap two neighbors cost 1; it gives up above a bound.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

_WHOLE = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"}
_WORD = re.compile(r"[a-z]+|[0-9]+")
_COMPOUND = re.compile(r"[a-z0-9]+(?:[-\u2010\u2011/.&][a-z0-9]+)*")


def fold(text: str) -> str:
    """Return a text without accents and case.

    Parameters
    ----------
    text : str
        Any.

    Returns
    -------
    str
        Lower case; letters outside ASCII that do not decompose stay unless listed above.

    Examples
    --------
    >>> fold("Ménière X-Ray")
    'meniere x-ray'
    """
    lowered = "".join(
        mark for mark in unicodedata.normalize("NFKD", text) if unicodedata.category(mark) != "Mn"
    ).lower()
    return "".join(_WHOLE.get(letter, letter) for letter in lowered)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the stem of a folded word.

    Parameters
    ----------
    word : str
        Letters or digits.

    Returns
    -------
    str
        What plural, ``-ing``, ``-ed`` and a final ``-e`` leave.

    Examples
    --------
    >>> [stem(word) for word in ("biopsies", "metastases", "patches", "grading", "graded", "pancreas")]
    ['biopsy', 'metastasis', 'patch', 'grad', 'grad', 'pancrea']
    """
    if len(word) < 4 or word[0].isdigit():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = f"{word[:-3]}y"
    elif word.endswith("tases"):
        word = f"{word[:-2]}is"
    elif word.endswith(("sses", "xes", "ches", "shes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if word.endswith("ing") and len(word) > 6:
        word = word[:-3]
    elif word.endswith("ed") and len(word) > 5:
        word = word[:-2]
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def plain_words(text: str) -> list[str]:
    """Return the words of a text, folded and not stemmed.

    Parameters
    ----------
    text : str
        Any.

    Returns
    -------
    list of str
        Runs of letters and runs of digits, in order.

    Examples
    --------
    >>> plain_words("NIH ChestX-ray14")
    ['nih', 'chestx', 'ray', '14']
    """
    return _WORD.findall(fold(text))


def words_of(text: str) -> list[str]:
    """Return the stems of a text's words.

    Parameters
    ----------
    text : str
        Any.

    Returns
    -------
    list of str
        In order, repeated as they are.

    Examples
    --------
    >>> words_of("NIH ChestX-ray14: images")
    ['nih', 'chestx', 'ray', '14', 'imag']
    """
    return [stem(word) for word in plain_words(text)]


def joined_words(text: str) -> list[str]:
    """Return the hyphenated and mixed words of a text in one piece, as people also type them.

    Parameters
    ----------
    text : str
        Any.

    Returns
    -------
    list of str
        Without their separators, not stemmed.

    Examples
    --------
    >>> joined_words("An X-ray of Camelyon16")
    ['xray', 'camelyon16']
    """
    compounds = _COMPOUND.findall(fold(text))
    return [squeeze(each) for each in compounds if len(_WORD.findall(each)) > 1]


def numbered_words(text: str) -> list[str]:
    """Return the words of a text that a number follows, joined with it, as names are told apart by numbers.

    Parameters
    ----------
    text : str
        Any.

    Returns
    -------
    list of str
        Not stemmed; without those that `joined_words` gives of one piece.

    Examples
    --------
    >>> numbered_words("BraTS 2023, Ki-67 and Camelyon16")
    ['brats2023']
    """
    words, joined = plain_words(text), joined_words(text)
    numbered = [f"{one}{two}" for one, two in pairwise(words) if two.isdigit() and not one.isdigit()]
    return [each for each in numbered if each not in joined]


def squeeze(text: str) -> str:
    """Return the letters and digits of a text and nothing else, to compare names.

    Parameters
    ----------
    text : str
        Any.

    Returns
    -------
    str
        Folded, without separators.

    Examples
    --------
    >>> squeeze("NCT-CRC-HE 100K")
    'nctcrche100k'
    """
    return "".join(_WORD.findall(fold(text)))
