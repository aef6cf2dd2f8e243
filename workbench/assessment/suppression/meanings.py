"""What a reader knows about the categories themselves: some combinations do not exist."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from workbench.errors import UnknownNameError
from workbench.vocabulary.demographics import ETHNICITY, MISSING, RACE
from workbench.vocabulary.geography import STATES, country_key, state_key

_UNITED_STATES = "840"  # ISO 3166-1 numeric
#: The category of patients without any image, in each attribute of images.
NO_IMAGES = "No images"
_AREAS = ("zip", "zip3", "zip5", "zip_code")
_LAST_STATE_FIPS = "56"  # Wyoming; higher codes are territories, which ISO 3166-1 lists as countries too


@dataclass(frozen=True)
class Meaning:
    """Attributes that depend on one another by what their words mean.

    Attributes
    ----------
    attributes : tuple of str
        In alphabetical order.
    is_possible : callable
        Whether a patient can have these categories.
    """

    attributes: tuple[str, ...]
    is_possible: Callable[[Mapping[str, str]], bool]


def require_readable(attributes: Iterable[str]) -> None:
    """Raise where attributes depend on one another in a way that is not modeled.

    Parameters
    ----------
    attributes : iterable of str
        Those of all tables that one population has published.

    Raises
    ------
    ValueError
        For two bands of age, or ZIP codes.
    """
    names = sorted(set(attributes))
    ages = [name for name in names if name == "age" or name.startswith("age_")]
    if len(ages) > 1:
        raise ValueError(
            f"Received tables by {' and by '.join(ages)}. Where bands of one age share an edge, two of them tell how "
            "many are between two edges. Publish all tables of a population, earlier ones too, by one of them."
        )
    areas = [name for name in names if name in _AREAS]
    if areas:
        raise ValueError(
            f"Received a table by {areas[0]}. The finest place that is made public is a state: a few ZIP codes make "
            "one up and give the last away. Count by state."
        )


def _is_race_ethnicity(cell: Mapping[str, str]) -> bool:
    """Hispanic or Latino of any race is one category; the others are named by their race."""
    both, (hispanic, not_hispanic, *_) = cell["race_ethnicity"], ETHNICITY
    if both in MISSING:
        return cell["ethnicity"] != hispanic and (cell["race"] not in RACE[:-3] or cell["ethnicity"] != not_hispanic)
    if both == hispanic:
        return cell["ethnicity"] == hispanic
    return cell["ethnicity"] == not_hispanic and both == f"{cell['race']}, {not_hispanic}"


def _is_place(cell: Mapping[str, str]) -> bool:
    """A state of the United States lies in the United States, or its patient's country is missing."""
    if cell["state"] in MISSING or cell["country"] in MISSING:
        return True
    try:
        inside = STATES[state_key(cell["state"])].fips <= _LAST_STATE_FIPS
        return not inside or country_key(cell["country"]) == _UNITED_STATES
    except UnknownNameError:
        return True  # what we do not know, we do not assume


def _is_image(cell: Mapping[str, str]) -> bool:
    """Who has no images has none of any kind."""
    return (cell["body_region"] == NO_IMAGES) == (cell["modality"] == NO_IMAGES)


#: Of images: it leaves nothing to be looked at that tables do not say.
IMAGES = Meaning(("body_region", "modality"), _is_image)
#: All others.
MEANINGS = (
    Meaning(("ethnicity", "race", "race_ethnicity"), _is_race_ethnicity),
    Meaning(("country", "state"), _is_place),
)
