"""What of a controlled source may be a public category: words of closed lists, never what somebody typed."""

from collections.abc import Callable
from functools import cache

import polars as pl

from workbench.errors import UnknownNameError
from workbench.vocabulary.anatomy import BODY_REGIONS
from workbench.vocabulary.countries import COUNTRIES
from workbench.vocabulary.demographics import AGE_GROUPS, MISSING
from workbench.vocabulary.devices import MODALITIES, maker_of
from workbench.vocabulary.geography import STATES, country_key, state_key
from workbench.vocabulary.spellings import CLOSED

#: What is in no list; how many spellings there are, and which, is not told.
OTHER = "Other"


def closed_categories(values: pl.Series, attribute: str) -> pl.Series:
    """Return texts as words of the closed list of their attribute.

    Parameters
    ----------
    values : polars.Series
        Of any source.
    attribute : str
        What they say. Places are those of the United States' and ISO 3166-1's lists, modalities DICOM's defined terms,
        manufacturers the known makers by one name each; of an attribute without a list nothing is a word of it.

    Returns
    -------
    polars.Series
        Text; what is in no list is "Other", and what is missing stays missing.

    Examples
    --------
    >>> closed_categories(pl.Series(["IL", "lives at 12 Elm St", None, "Unknown"]), "state").to_list()
    ['IL', 'Other', None, 'Unknown']
    """
    texts = values.cast(pl.String)
    meant = {text: _meant(text, attribute) for text in texts.drop_nulls().unique()}
    return texts.replace_strict(meant, return_dtype=pl.String) if meant else texts


def _meant(text: str, attribute: str) -> str:
    if text in MISSING or not text.strip():
        return text.strip() or MISSING[1]
    if attribute in _WORDS:
        return text if text in _WORDS[attribute] else OTHER
    read = _READ.get(attribute)
    return (read(text) if read else None) or OTHER


def _state(text: str) -> str | None:
    try:
        key = state_key(text)
    except UnknownNameError:
        return None
    return text if text in (key, STATES[key].name) else key


@cache
def _country(text: str) -> str | None:
    try:
        country = COUNTRIES[country_key(text)]
    except UnknownNameError:
        return None
    return text if text in (country.name, country.alpha2, country.alpha3, *country.also) else country.alpha3


_WORDS = {
    **CLOSED,
    "age_group": tuple(AGE_GROUPS),
    "modality": MODALITIES,
    "body_region": BODY_REGIONS,
}
_READ: dict[str, Callable[[str], str | None]] = {"state": _state, "country": _country, "manufacturer": maker_of}
