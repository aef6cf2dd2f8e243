"""The sliders: which steps they have, what stands under each thumb, and the histogram above."""

from typing import Any

from workbench.catalog.cohort import Cohort
from workbench.catalog.criteria.attributes import attributes
from workbench.presentation.explorer.counting import binned, count_codes, without
from workbench.presentation.explorer.editing import AGES, plain_position
from workbench.presentation.explorer.wording import title
from workbench.vocabulary.dicom import AGE_TOP_CODE_YEARS

_AGE_STOPS = tuple(float(year) for year in range(AGE_TOP_CODE_YEARS + 1))
_AGE_BINS = tuple(float(year) for year in range(0, AGE_TOP_CODE_YEARS, 5))
# The last thumb position of these is open.
_STOPS = {
    "size_mb": (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0),
    "slice_thickness_mm": (0.0, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0),
}
_WORDS = {
    "size_mb": {"noun": "size", "words": "MB", "note": ""},
    "slice_thickness_mm": {
        "noun": "thickness",
        "words": "mm",
        "note": "Series without a slice thickness are left out by a narrower range.",
    },
}


def list_ranges(cohort: Cohort, unit: str) -> list[dict[str, Any]]:
    """Return the sliders of what there are values of, each counted under all other criteria.

    Parameters
    ----------
    cohort : Cohort
        What is selected.
    unit : {"patients", "studies", "series"}
        What the histogram counts.

    Returns
    -------
    list of dict
        Positions, labels and histogram of each.
    """
    known = attributes(cohort.repository)
    found = []
    if "age_years" in known:
        stops = [*(f"{year:.0f}" for year in _AGE_STOPS[:-1]), f"{AGE_TOP_CODE_YEARS}+"]
        note = "Whoever has no age is left out by a narrower range."
        found.append(
            _range(cohort, "age_years", _AGE_STOPS, stops, _AGE_BINS, unit, noun="age", words="years", note=note)
        )
    for name, edges in _STOPS.items():
        if name in known:
            stops = [*(f"{edge:,g}" for edge in edges), "more"]
            found.append(_range(cohort, name, edges, stops, edges, unit, **_WORDS[name]))
    return [each for each in found if _is_shown(cohort, each)]


def range_value(cohort: Cohort, attribute: str, low: int, high: int) -> tuple[float | None, float | None] | None:
    """Return the range that two thumb positions mean.

    Parameters
    ----------
    cohort : Cohort
        Whose source has the attribute.
    attribute : {"age_years", "size_mb", "slice_thickness_mm"}
        The slider.
    low, high : int
        Positions.

    Returns
    -------
    tuple or None
        Inclusive bounds, None at an open end; None when both are open.
    """
    stops = _AGE_STOPS if attribute == "age_years" else _STOPS[attribute]
    last = len(stops) - 1 if attribute == "age_years" else len(stops)
    low, high = sorted((min(max(low, 0), last), min(max(high, 0), last)))
    if low == 0 and high == last:
        return None
    if attribute == "age_years":
        return (low, None if high == last else last_of_year(cohort, high))
    return (None if low == 0 else stops[min(low, last - 1)], None if high == last else stops[high])


def last_of_year(cohort: Cohort, year: int) -> float:
    """Return the highest age that is still `year` completed years in this source.

    Parameters
    ----------
    cohort : Cohort
        Whose source is asked.
    year : int
        Completed years, as people say their age.

    Returns
    -------
    float
        `year` itself where the source records whole years there; else just below the next birthday.
    """
    repository = cohort.repository

    def ask() -> bool:
        ages = attributes(repository)["age_years"].read(repository)
        return bool(((ages > year) & (ages < year + 1)).any())

    return year + 0.999 if repository.remember(("fractions of year", year), ask) else year


def _is_shown(cohort: Cohort, slider: dict[str, Any]) -> bool:
    """Whether there is anything to slide over; a set slider, and those of a cohort of nobody, stay to be changed."""
    is_open = (slider["low"], slider["high"]) == (0, len(slider["stops"]) - 1)
    return any(slider["bins"]) or not is_open or not cohort.mask.any()


def _range(
    cohort: Cohort,
    attribute: str,
    stops: tuple[float, ...],
    labels: list[str],
    edges: tuple[float, ...],
    unit: str,
    **words: str,
) -> dict[str, Any]:
    others = without(cohort, *AGES) if attribute in AGES else without(cohort, attribute)
    bins = count_codes(others, binned(cohort.repository, attribute, edges), len(edges) + 1, unit)
    low, high = 0, len(labels) - 1
    at = plain_position(cohort, attribute)
    criterion: Any = None if at is None else cohort.conditions[at]
    if criterion is not None and criterion.is_range and not criterion.exclude:
        below, above = criterion.values
        low = 0 if below is None else max(sum(stop <= below for stop in stops) - 1, 0)
        high = high if above is None else min(sum(stop <= above for stop in stops) - 1, high)
    return {
        "attribute": attribute,
        "title": title(attribute),
        "stops": labels,
        "low": low,
        "high": max(high, low),
        "bins": bins[: len(edges)].tolist(),
        "noun": words["noun"],
        "unit": words["words"],
        "note": words["note"],
    }
