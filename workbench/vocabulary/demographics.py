"""Categories of sex, race, ethnicity and age, spelled once for every source.

Spellings follow the `case` node of the MIDRC data dictionary
(github.com/uc-cdis/midrc_dictionary, ``gdcdictionary/schemas/case.yaml``), so that
a Gen3 export needs no renaming. Each tuple is in display order; what is missing comes last.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import polars as pl

# Three different facts, never merged. "Not Reported" is MIDRC's; DICOM cannot tell it from the other two.
MISSING = ("Unknown", "Not Reported", "Not Applicable")
_UNKNOWN, _NOT_REPORTED, _NOT_APPLICABLE = MISSING
#: Of `MISSING`, what could be known: what does not apply to somebody lacks of nobody.
NOT_KNOWN = MISSING[:2]

#: `species` of whoever counts as a person: a source that does not say what its patients are means people. Animals,
#: phantoms and collections that mix them are told apart by name.
PERSONS = ("Human", *MISSING)

# PatientSex has the enumerated values M, F and O (DICOM PS3.3 C.7.1.1). "Conflicting" is ours: the records of
# one patient disagree, and a majority vote would hide that.
SEX = ("Female", "Male", "Other", "Conflicting", *MISSING)

# The last group is spelled as in MIDRC's published tables; the dictionary's patient-level name for it is "Other".
RACE = (
    "American Indian or Alaska Native",
    "Asian",
    "Black or African American",
    "Native Hawaiian or other Pacific Islander",
    "White",
    "Multiple or Other",
    *MISSING,
)

ETHNICITY = ("Hispanic or Latino", "Not Hispanic or Latino", *MISSING)

# Hispanic or Latino of any race is one category; the rest are told apart by race.
RACE_ETHNICITY = (ETHNICITY[0], *(f"{race}, {ETHNICITY[1]}" for race in RACE if race not in MISSING), *MISSING)

# `covid19_positive` of the `case` node: has the patient ever had a positive test?
COVID_STATUS = ("Yes", "No", "Indeterminate", *MISSING)

# Categories for what fits none of the others. That nobody is in one is no finding.
RESIDUAL = (SEX[2], SEX[3], RACE[5], f"{RACE[5]}, {ETHNICITY[1]}", COVID_STATUS[2])

# Age band -> its lower bound in years. Bands of MIDRC's published demographics by batch ("Age at Index").
AGE_GROUPS: Mapping[str, float] = MappingProxyType(
    {
        "0–4": 0.0,
        "5–11": 5.0,
        "12–15": 12.0,
        "16–17": 16.0,
        "18–29": 18.0,
        "30–39": 30.0,
        "40–49": 40.0,
        "50–64": 50.0,
        "65–74": 65.0,
        "75–84": 75.0,
        "85+": 85.0,
    }
)

# The last band is open because ages over 89 are aggregated as 90+ (45 CFR 164.514(b)(2)(i)(C)).
AGE_DECADES: Mapping[str, float] = MappingProxyType(
    {**{f"{low}–{low + 9}": float(low) for low in range(0, 90, 10)}, "90+": 90.0}
)

# What the categories mean that do not explain themselves, by attribute. A reader meets them beside the numbers.
_MEANINGS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "sex": {
            "Other": "recorded as neither female nor male (DICOM value O)",
            "Conflicting": "the records of one patient disagree; no majority is taken",
        },
        "race": {
            "Multiple or Other": (
                "more than one race, or one outside the five named; the sources give one value a patient, so that "
                "nobody counts in several races"
            ),
        },
        "ethnicity": {
            "Hispanic or Latino": "asked apart from race; of any race",
        },
        "race_ethnicity": {
            "Hispanic or Latino": "of any race; the other groups are not Hispanic or Latino",
            "Multiple or Other, Not Hispanic or Latino": "more than one race, or one outside the five named",
        },
        "covid19_positive": {
            "Yes": "ever had a positive test",
            "Indeterminate": "tested, with a result that is neither positive nor negative",
        },
    }
)


def definitions_of(attribute: str, categories: Iterable[str]) -> tuple[str, ...]:
    """Return what those categories of an attribute mean that do not explain themselves.

    Parameters
    ----------
    attribute : str
        Such as ``"race"``.
    categories : iterable of str
        Those that are shown.

    Returns
    -------
    tuple of str
        One sentence a category, in display order; empty when all of them speak for themselves.

    Examples
    --------
    >>> definitions_of("sex", ["Female", "Conflicting"])
    ('Conflicting: the records of one patient disagree; no majority is taken.',)
    """
    shown = set(categories)
    meanings = _MEANINGS.get(attribute, {})
    return tuple(f"{category}: {meaning}." for category, meaning in meanings.items() if category in shown)


def age_group(column: pl.Expr, missing: pl.Expr | None = None, groups: Mapping[str, float] = AGE_GROUPS) -> pl.Expr:
    """Return the age band of each row as an Enum expression, missing categories last.

    A band holds every age from its lower bound up to, not including, the next
    lower bound: 17.9 years is in 16–17. No age is ever dropped or guessed.

    Parameters
    ----------
    column : polars.Expr
        Age, years; integer or float. A negative age or NaN is a value nobody can have and becomes "Unknown".
    missing : polars.Expr, optional
        Why an age is null, one of `MISSING`. Without it, or where it is null itself, "Not Reported" is used.
    groups : mapping of str to float
        Band to its lower bound in years, ascending from 0; `AGE_GROUPS` or `AGE_DECADES`.

    Returns
    -------
    polars.Expr
        Enum of the bands followed by `MISSING`; never null.

    References
    ----------
    MIDRC, "Open A1 and R1 - cumulative by batch", sheet "Age at Index"; github.com/MIDRC/MIDRC-REACT, commit b70ab4a.

    Examples
    --------
    >>> patients = pl.DataFrame({"age_years": [17.9, 18.0, 85.0, None]})
    >>> patients.select(age_group(pl.col("age_years")))["age_years"].to_list()
    ['16–17', '18–29', '85+', 'Not Reported']
    >>> patients.select(age_group(pl.col("age_years")) == "18–29").sum().item()
    1
    """
    categories = pl.Enum([*groups, *MISSING])
    years = column.cast(pl.Float64)
    reason = pl.lit(None, categories) if missing is None else missing.cast(pl.String).cast(categories)
    oldest_first = sorted(groups.items(), key=lambda band: -band[1])
    bands = [pl.when(years >= lower).then(pl.lit(label, categories)) for label, lower in oldest_first]
    named = (
        pl.when(years.is_null())
        .then(reason.fill_null(pl.lit(_NOT_REPORTED, categories)))
        # NaN sorts above every number in Polars and would land in the oldest band.
        .when(years.is_nan())
        .then(pl.lit(_UNKNOWN, categories))
        .otherwise(pl.coalesce(*bands, pl.lit(_UNKNOWN, categories)))
    )
    return named.alias(column.meta.output_name())
