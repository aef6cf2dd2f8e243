"""Read names as a person does: one name, however its letters, dashes and spaces are encoded."""

import re
import unicodedata
from functools import lru_cache

from workbench.catalog.registry.asking.words import fold

_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")


@lru_cache(maxsize=20_000)
def fold_name(name: str) -> str:
    """Return a name in the form in which equal names are equal text.

    Parameters
    ----------
    name : str
        Of an entry.

    Returns
    -------
    str
        In small letters, without accents, with plain hyphens and single spaces.

    Examples
    --------
    >>> fold_name("  LIDC\u2013IDRI "), fold_name("Caf\u00e9  \uff11")
    ('lidc-idri', 'cafe 1')
    """
    plain = unicodedata.normalize("NFKC", _DASHES.sub("-", name))
    return " ".join(fold(plain).casefold().split())
