"""Words that the charts of people share: names, percentages, and the sentences below a figure."""

import polars as pl

from workbench.assessment.census import Census
from workbench.assessment.references import ReferencePopulation
from workbench.assessment.sides import CROSS
from workbench.assessment.wording import counted, percentage, plain_words
from workbench.vocabulary.demographics import NOT_KNOWN

NOT_SHOWN = "hidden"
WILSON = "Lines are 95 % Wilson intervals."
HATCHED = "Hatched: hidden, so that no count of 1–10 patients can be worked out; it may be large."
_PARTS = "A group that is hidden here may be shown in the chart of one attribute alone."
_AGE = "Age of a patient: at the earliest study with an age; a search by age at each study can find others."


def in_words(attribute: str) -> str:
    """Return the name of an attribute as a reader says it.

    Parameters
    ----------
    attribute : str
        A column name, or several that were crossed.

    Returns
    -------
    str
        As sentences of the census call it.

    Examples
    --------
    >>> in_words("age_group"), in_words("site_id")
    ('age', 'site')
    """
    return CROSS.join(plain_words(name) for name in attribute.split(CROSS))


def percent(fraction: float | None, digits: int = 1) -> str:
    """Return a share as a percentage; one that is hidden says so.

    Parameters
    ----------
    fraction : float or None
        0 to 1.
    digits : int
        Decimals.

    Returns
    -------
    str
        As in sentences, but with signs: what is above zero never reads as zero, nor what is below all as all.

    Examples
    --------
    >>> percent(0.123), percent(0.0001), percent(0.9999), percent(None)
    ('12.3 %', '<0.1 %', '>99.9 %', 'hidden')
    """
    if fraction is None:
        return NOT_SHOWN
    return percentage(fraction, digits=digits).replace("under ", "<").replace("over ", ">")


def number(n: float | None) -> str:
    """Return a count with separators; one that is hidden says so.

    Parameters
    ----------
    n : float or None
        The count.

    Returns
    -------
    str
        Whole.
    """
    return NOT_SHOWN if n is None else f"{n:,.0f}"


def below(counted: Census | None, *sentences: str) -> str:
    """Return a footnote: of a census, who is missing and what its source demands; then how the chart is read.

    Parameters
    ----------
    counted : Census or None
        What is drawn, where it is a census.
    *sentences : str
        How this chart is read; empty ones are left out.

    Returns
    -------
    str
        One paragraph that says nothing twice.
    """
    said = list(sentences)
    if counted is not None:
        age = _AGE if any(name.startswith("age") for name in counted.by) else ""
        parts = _PARTS if len(counted.by) > 1 and counted.table[f"n_{counted.unit}"].null_count() else ""
        said = [_missing(counted), *said, parts, age, *counted.definitions, counted.stamp]
    return " ".join(dict.fromkeys(sentence.strip() for sentence in said if sentence.strip()))


def all_of(census: Census) -> str:
    """Return the denominator of a census with its unit.

    Parameters
    ----------
    census : Census
        Any.

    Returns
    -------
    str
        Such as "588 patients"; a number that is hidden says so.

    Examples
    --------
    >>> from workbench.assessment.census import count_census
    >>> all_of(count_census(pl.DataFrame({"sex": ["Male"] * 1200}), by=["sex"]))
    '1,200 patients'
    """
    return f"{census.unit} (how many is hidden)" if census.n_total is None else counted(census.n_total, census.unit)


def source_of(reference: ReferencePopulation) -> str:
    """Return a reference population with its year, for a subtitle.

    Parameters
    ----------
    reference : ReferencePopulation
        What something is compared with.

    Returns
    -------
    str
        Its title and year.
    """
    return f"{reference.title} ({reference.year if reference.year != 'unknown' else 'year unknown'})"


def _missing(counted: Census) -> str:
    count = f"n_{counted.unit}"
    said = []
    for attribute in counted.by:
        rows = counted.missing.filter(pl.col("attribute") == attribute).select("reason", count).iter_rows()
        reasons = {reason: n for reason, n in rows if n is None or n > 0}
        lacking = ", ".join(_of_reason(reason, n) for reason, n in reasons.items() if reason in NOT_KNOWN)
        other = ", ".join(_of_reason(reason, n) for reason, n in reasons.items() if reason not in NOT_KNOWN)
        told = f"{in_words(attribute)} {lacking}" if lacking else f"{in_words(attribute)} of nobody"
        said.append(f"{told} (and {other}, which is not missing)" if other else told)
    # Who has images of two scanners, and of one that is not named, is counted by both, and here.
    parts = ", in some or all of their records" if counted.overlapping else ""
    return f"Missing of {all_of(counted)}{parts}: {'; '.join(said)}."


def _of_reason(reason: str, n: int | None) -> str:
    return f"{reason} (how many is {NOT_SHOWN})" if n is None else f"{number(n)} {reason}"
