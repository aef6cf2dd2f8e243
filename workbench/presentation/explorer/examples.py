"""The cohorts that the explorer opens on: real questions for the embedded commons, the largest groups elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass

from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.catalog.criteria.attributes import attributes
from workbench.catalog.criteria.reading import known_values
from workbench.vocabulary.demographics import COVID_STATUS, MISSING

_MOST = 6


@dataclass(frozen=True)
class Example:
    """A named cohort that is never empty.

    Attributes
    ----------
    key : str
        Short name.
    title : str
        What is selected.
    why : str
        Why somebody would want it, in a sentence.
    cohort : Cohort
        The selection.
    """

    key: str
    title: str
    why: str
    cohort: Cohort


def list_examples(catalog: Catalog) -> list[Example]:
    """Return the examples of a source, the default first.

    Parameters
    ----------
    catalog : Catalog
        Any source.

    Returns
    -------
    list of Example
        Six for the embedded commons; for another source up to six, made from what it holds. Those that select
        nobody are left out; the whole source stands in where no other is left.
    """
    made = _of_idc(catalog) if catalog.repository.key == "idc" else _of_contents(catalog)
    found = [example for example in made if example.cohort.counts["patients"]]
    everything = Example(
        "everything", f"Everything in {catalog.repository.name}", "Start here and narrow it.", catalog.everything
    )
    return found[:_MOST] or [everything]


def _of_idc(catalog: Catalog) -> Iterator[Example]:
    covid = catalog.covid_collections()
    yield Example(
        "covid_chest_ct",
        "Chest CT of adults in the COVID-19 collections",
        "The first question most people bring to an open COVID-19 commons; asking for an age already costs patients.",
        catalog.where(collection_id=covid, modality="CT", body_region="Chest", age_years=(18, None)),
    )
    yield Example(
        "covid_chest_xray",
        "Chest X-rays in the COVID-19 collections",
        "Portable and fixed radiographs, the largest imaging record of the pandemic here.",
        catalog.where(collection_id=covid, modality=["CR", "DX"], body_region="Chest"),
    )
    yield Example(
        "ricord_ct",
        "RICORD 1a and 1b: chest CT with and without COVID-19",
        "Two matched releases from several sites, annotated by expert readers; mind the non-commercial license.",
        catalog.where(collection_id=["midrc_ricord_1a", "midrc_ricord_1b"], modality="CT"),
    )
    yield Example(
        "mammography",
        "Mammography with the age at the study known",
        "Age decides who is screened, yet most mammograms here carry none: see what asking for it removes.",
        catalog.where(modality="MG", derived=False, age_years=(0, None)),
    )
    yield Example(
        "brain_mr",
        "MR of the head, acquired images only",
        "Segmentations and other derived objects are nearly half of the archive; here they are left out.",
        catalog.where(modality="MR", body_region="Head", derived=False),
    )
    yield Example(
        "lung_screening",
        "Lung cancer screening: CT of the NLST",
        "The largest screening trial in the commons, more than a quarter of all its patients.",
        catalog.where(collection_id="nlst", modality="CT"),
    )


def _of_contents(catalog: Catalog) -> Iterator[Example]:
    """Yield the largest groups of a source of which nothing is known beforehand."""
    repository = catalog.repository
    known = attributes(repository)
    modalities = [name for name in known_values(repository, "modality") if name not in MISSING][:2]
    if "age_years" in known and modalities:
        yield Example(
            "adults",
            f"{modalities[0]} of adults",
            f"The most frequent modality of {repository.name}, from 18 years on.",
            catalog.where(modality=modalities[0], age_years=(18, None)),
        )
    for modality in modalities:
        yield Example(
            f"modality_{modality.lower()}",
            f"All {modality}",
            f"Every {modality} series.",
            catalog.where(modality=modality),
        )
    if "covid19_positive" in known:
        yield Example(
            "covid_positive",
            "Patients with COVID-19",
            "Everyone with at least one positive test.",
            catalog.where(covid19_positive=COVID_STATUS[0]),
        )
    if "race" in known:
        yield Example(
            "race_known",
            "Patients whose race is known",
            "What a study of fairness can start from.",
            catalog.exclude(
                race=[name for name in known_values(repository, "race") if name in MISSING] or [MISSING[0]]
            ),
        )
    yield Example("everything", f"Everything in {repository.name}", "Start here and narrow it.", catalog.everything)
