"""The invented sites of the synthetic commons, and who was imaged where.

No such hospital exists: names, places, sizes and mixes are made up so that sites differ from each other as real ones
do, while all of them together have the published shares. Nine lie in the United States, three elsewhere, so that maps
of states and of countries have something to show; MIDRC's own sites are not named in its tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from workbench.phantoms.batches import published_batches
from workbench.phantoms.drawing import Codes, by_row
from workbench.vocabulary.countries import COUNTRIES
from workbench.vocabulary.demographics import ETHNICITY, MISSING, RACE
from workbench.vocabulary.geography import country_key

_NOT_REPORTED = MISSING[1]
_HISPANIC = ETHNICITY[0]
_NATIVE, _ASIAN, _BLACK, _PACIFIC, _WHITE, _MULTIPLE = RACE[:6]
_A1, _R1 = "synthetic-Open-A1", "synthetic-Open-R1"
_YOUNG, _OLD = slice(0, 4), slice(8, 11)  # of the age bands: below 18, from 65 on


@dataclass(frozen=True)
class Site:
    """A hospital that nobody can visit.

    Attributes
    ----------
    project : str
        Its collection.
    country : str
        As the United Nations spell it.
    weight : float
        How large it is.
    zip3 : tuple of str
        The first digits of its patients' ZIP codes, the most frequent first; none outside the United States.
    first_batch : int
        The first batch to which it contributed.
    tilt : mapping of str to float
        How many times likelier than elsewhere its patients are of a race or ethnicity, ``young``, ``old``, or without
        a report of race (``"Not Reported"``).
    untold : float
        The share of optional entries that it leaves empty.
    only_days_to_tests : bool
        Whether it knows a test's day only as the days from a study.
    """

    project: str
    country: str
    weight: float
    zip3: tuple[str, ...] = ()
    first_batch: int = 0
    tilt: Mapping[str, float] = field(default_factory=dict)
    untold: float = 0.05
    only_days_to_tests: bool = False


_HERE = COUNTRIES[country_key("US")].name
#: Their names; every one says that it is synthetic.
SITES: Mapping[str, Site] = {
    "synthetic-site-01": Site(_A1, _HERE, 20, ("606", "600", "604"), tilt={_BLACK: 1.8}),
    "synthetic-site-02": Site(_A1, _HERE, 12, ("021", "024", "018"), tilt={_WHITE: 1.6, "old": 1.5}, untold=0.02),
    "synthetic-site-03": Site(_A1, _HERE, 12, ("191", "190", "152"), 3, tilt={_BLACK: 1.3, "old": 1.2}),
    "synthetic-site-04": Site(_A1, _HERE, 10, ("303", "300", "310"), 9, tilt={_BLACK: 2.6}, untold=0.15),
    "synthetic-site-05": Site(
        _A1, _HERE, 12, ("100", "112", "104"), 11, tilt={_HISPANIC: 2.0, _NOT_REPORTED: 2.5}, untold=0.25
    ),
    "synthetic-site-06": Site(_R1, _HERE, 10, ("941", "945", "900"), tilt={_ASIAN: 4.0, _HISPANIC: 1.6, _PACIFIC: 3.0}),
    "synthetic-site-07": Site(_R1, _HERE, 8, ("770", "774", "782"), 14, tilt={_HISPANIC: 3.5}, only_days_to_tests=True),
    "synthetic-site-08": Site(
        _R1, _HERE, 5, ("981", "980", "984"), 18, tilt={_ASIAN: 2.0, _NATIVE: 5.0, _PACIFIC: 5.0}
    ),
    "synthetic-site-09": Site(
        _R1, _HERE, 4, ("432", "430", "452"), 16, tilt={"young": 12.0, "old": 0.1, _MULTIPLE: 2.0}
    ),
    "synthetic-site-10": Site(
        _R1, "Brazil", 3, (), 20, tilt={_HISPANIC: 4.0, _MULTIPLE: 6.0, _NOT_REPORTED: 2.0}, untold=0.2
    ),
    "synthetic-site-11": Site(_R1, "India", 2, (), 23, tilt={_ASIAN: 30.0, _BLACK: 0.02, _WHITE: 0.05}),
    "synthetic-site-12": Site(
        _R1, "Germany", 2, (), 24, tilt={_NOT_REPORTED: 12.0, _BLACK: 0.2, "old": 1.6}, untold=0.3
    ),
}


def draw_sites(batch: Codes, people: Codes, ages: Codes, *, rng: np.random.Generator) -> Codes:
    """Return the site of each patient, likelier where patients of this kind go, and none before it took part.

    The sites are drawn for patients whose sex, age, race and ethnicity are settled, so the totals stay as they are.

    Parameters
    ----------
    batch, people, ages : numpy.ndarray
        (n_patients,): codes of the batch, the pair of race and ethnicity and the age band of
        `workbench.phantoms.batches.published_batches`.
    rng : numpy.random.Generator
        Decides.

    Returns
    -------
    numpy.ndarray
        (n_patients,), numbers in `SITES`.
    """
    likely = _likely()
    n_ages = likely.shape[2]
    cells = (batch.astype(np.int64) * likely.shape[1] + people) * n_ages + ages
    return by_row(likely.reshape(-1, len(SITES)), cells, rng=rng)


def per_site(attribute: str) -> npt.NDArray[np.float32]:
    """Return a number of each site, such as ``untold``.

    Parameters
    ----------
    attribute : str
        A number of `Site`.

    Returns
    -------
    numpy.ndarray
        (n_sites,).
    """
    return np.array([getattr(site, attribute) for site in SITES.values()], dtype=np.float32)


def _likely() -> npt.NDArray[np.float64]:
    """Return the weight of each site for patients of each batch, race and ethnicity, and age band."""
    batches = published_batches()
    n_ages = len(batches.kinds["age_group"])
    weights = np.zeros((len(batches.dates), len(batches.people), n_ages, len(SITES)))
    for number, site in enumerate(SITES.values()):
        of_people = np.array(
            [
                site.tilt.get(race, 1.0) * (1.0 if ethnicity == race else site.tilt.get(ethnicity, 1.0))
                for race, ethnicity in batches.people
            ]
        )
        of_ages = np.ones(n_ages)
        of_ages[_YOUNG], of_ages[_OLD] = site.tilt.get("young", 1.0), site.tilt.get("old", 1.0)
        of_batches = np.arange(len(batches.dates)) >= site.first_batch
        weights[..., number] = site.weight * np.einsum("b,p,a->bpa", of_batches, of_people, of_ages)
    return weights
