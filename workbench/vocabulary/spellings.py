"""How sites and exports spell the categories of `workbench.vocabulary.demographics`."""

from collections.abc import Mapping

import polars as pl

from workbench.vocabulary.demographics import COVID_STATUS, ETHNICITY, MISSING, RACE, RACE_ETHNICITY, SEX

_UNKNOWN, _NOT_REPORTED, _NOT_APPLICABLE = MISSING

# What databases write for a missing value; which of the three it means is read from the words themselves.
_MISSING_SPELLINGS = {
    "unk": _UNKNOWN,
    "u": _UNKNOWN,
    "nr": _NOT_REPORTED,
    "not available": _NOT_REPORTED,
    "missing": _NOT_REPORTED,
    "declined": _NOT_REPORTED,
    "n/a": _NOT_APPLICABLE,
}
_RACES = dict(zip(("native american", "asian", "black", "pacific islander", "white", "other"), RACE, strict=False))

#: Attribute to its closed categories.
CLOSED: Mapping[str, tuple[str, ...]] = {
    "sex": SEX,
    "race": RACE,
    "ethnicity": ETHNICITY,
    "covid19_positive": COVID_STATUS,
}
#: Attribute to further spellings, lower case, of its categories. MIDRC's dictionary calls the last race "Other",
#: its published tables "Multiple or Other" (github.com/uc-cdis/midrc_dictionary, case.yaml; MIDRC-REACT, b70ab4a).
SPELLINGS: Mapping[str, Mapping[str, str]] = {
    "sex": {"f": "Female", "m": "Male", "o": "Other", "woman": "Female", "man": "Male"},
    "race": {
        **_RACES,
        "multiple": "Multiple or Other",
        "multiracial": "Multiple or Other",
        "more than one race": "Multiple or Other",
        "two or more races": "Multiple or Other",
        "african american": "Black or African American",
        "american indian": "American Indian or Alaska Native",
        "caucasian": "White",
    },
    "ethnicity": {
        "hispanic": "Hispanic or Latino",
        "latino": "Hispanic or Latino",
        "non-hispanic": "Not Hispanic or Latino",
        "not hispanic": "Not Hispanic or Latino",
        "non-hispanic or latino": "Not Hispanic or Latino",
    },
    "covid19_positive": {
        "y": "Yes",
        "true": "Yes",
        "1": "Yes",
        "positive": "Yes",
        "n": "No",
        "false": "No",
        "0": "No",
        "negative": "No",
    },
}


def closed_category(text: pl.Expr, attribute: str) -> pl.Expr:
    """Return the closed category that each text means.

    Case and outer spaces do not matter. Nothing written is "Not Reported"; a text that means none of the
    categories is "Unknown".

    Parameters
    ----------
    text : polars.Expr
        Strings as somebody wrote them.
    attribute : {"sex", "race", "ethnicity", "covid19_positive"}
        Which categories.

    Returns
    -------
    polars.Expr
        Enum of the categories; never null.

    Examples
    --------
    >>> import polars as pl
    >>> written = pl.DataFrame({"race": ["Other", "black", "Martian", None]})
    >>> written.select(closed_category(pl.col("race"), "race")).to_series().to_list()
    ['Multiple or Other', 'Black or African American', 'Unknown', 'Not Reported']
    """
    folded = text.cast(pl.String).str.strip_chars().str.to_lowercase()
    meant = folded.replace_strict(_meanings(attribute), default=_UNKNOWN, return_dtype=pl.String)
    nothing = folded.is_null() | (folded == "")
    return (
        pl.when(nothing)
        .then(pl.lit(_NOT_REPORTED))
        .otherwise(meant)
        .cast(pl.Enum(CLOSED[attribute]))
        .alias(text.meta.output_name())
    )


def meant_category(text: str, attribute: str) -> str | None:
    """Return the closed category that one text means, to name it in a message.

    Parameters
    ----------
    text : str
        As somebody wrote it; case and outer spaces do not matter.
    attribute : {"sex", "race", "ethnicity", "race_ethnicity", "covid19_positive"}
        Which categories. A race alone is taken to be not Hispanic or Latino.

    Returns
    -------
    str or None
        None where it means none of them.

    Examples
    --------
    >>> meant_category("Caucasian", "race"), meant_category("Martian", "race")
    ('White', None)
    """
    folded = text.strip().lower()
    if attribute != "race_ethnicity":
        return _meanings(attribute).get(folded)
    ethnicity, race = _meanings("ethnicity").get(folded), _meanings("race").get(folded)
    return ethnicity if ethnicity in RACE_ETHNICITY else f"{race}, {ETHNICITY[1]}" if race else None


def is_unknown_spelling(text: pl.Expr, attribute: str) -> pl.Expr:
    """Return whether something is written that means none of the categories, to be counted.

    Parameters
    ----------
    text : polars.Expr
        Strings as somebody wrote them.
    attribute : {"sex", "race", "ethnicity", "covid19_positive"}
        Which categories.

    Returns
    -------
    polars.Expr
        Booleans; never null.

    Examples
    --------
    >>> import polars as pl
    >>> written = pl.DataFrame({"sex": ["F", "0000", "unknown", None]})
    >>> written.select(is_unknown_spelling(pl.col("sex"), "sex")).to_series().to_list()
    [False, True, False, False]
    """
    folded = text.cast(pl.String).str.strip_chars().str.to_lowercase()
    return (~folded.is_in([*_meanings(attribute), ""])).fill_null(False)


def _meanings(attribute: str) -> dict[str, str]:
    own = {category.lower(): category for category in CLOSED[attribute]}
    return {**_MISSING_SPELLINGS, **SPELLINGS[attribute], **own}
