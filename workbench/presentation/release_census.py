"""The census of one release: who had come up to then, compared with whom, how it grew, and what may be shown of it."""

import dataclasses
from collections.abc import Sequence

from workbench.assessment.census import Census
from workbench.assessment.references import read_reference
from workbench.assessment.representativeness import compare_to_reference
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.catalog.overview import everybody
from workbench.catalog.releases import up_to_release
from workbench.errors import unknown_name
from workbench.presentation.census_counts import (
    ALONE,
    PEOPLE,
    PublicCounts,
    count_public,
    default_reference,
    is_known,
)
from workbench.presentation.change_since import change_since
from workbench.presentation.release_figures import PLACES, ReleaseCensus
from workbench.vocabulary.languages import category_labels

_OPEN = "Exact counts: the source shows its rows openly."


def count_release(
    catalog: Catalog,
    *,
    release: str = "",
    attributes: str | Sequence[str] = (),
    reference: str = "",
    language: str = "en",
    exact: bool = False,
    compare_to: str = "",
    earlier: Sequence[Sequence[Census]] = (),
) -> ReleaseCensus:
    """Return the census of a release.

    Parameters
    ----------
    catalog : Catalog
        Any source. Animals, phantoms and simulations are left out.
    release : str
        A batch or a version of the source; everybody up to then is counted. Empty for the latest. Whoever is in no
        batch yet is left out, but of a controlled source, whose public tables count people at every stage.
    attributes : str or sequence of str
        What to count, also as words with commas; by default sex, age, race, ethnicity, COVID-19 and place.
    reference : str
        A reference population by its name, or the path of a CSV of your own; by default that of the public page.
    language : {"en", "es", "de", "fr"}
        What the categories are called in; sentences stay English.
    exact : bool
        Whether a controlled source is counted exactly, for its holder. Otherwise counts of 1 to 10 patients, and those
        that would give them away, are hidden as on its public page; what grew and what is missing together is then left
        out, since beside the census it would give them away.
    compare_to : str
        An earlier release of the source, or the folder of an earlier report of it; what changed since then comes
        first. Of a controlled source only a report, unless `exact`. Empty for nothing.
    earlier : sequence of sequence of Census
        What earlier releases of a controlled source published, oldest first; what its public page is suppressed with.

    Returns
    -------
    ReleaseCensus
        With figures, sentences and tables.

    Raises
    ------
    UnknownNameError
        For an attribute, language or reference that does not exist.
    ValueError
        For a release before the first, of a source without releases, and of a controlled one unless `exact`.
    """
    category_labels(language)
    everyone = everybody(catalog)
    chosen = up_to_release(everyone, release)
    people, over = chosen.cohort, chosen.over
    names = _attributes(people, attributes)
    exactly = exact or catalog.repository.disclosure != "controlled"
    if not exactly and over == "batch":  # the public tables count people at every stage
        chosen = dataclasses.replace(chosen, cohort=everyone, n_waiting=None)
    if exactly:
        censuses = {each: people.census(by=[each]) for each in names}
        rule = next(iter(censuses.values())).stamp or _OPEN
    else:
        public = _published(catalog, release, names, earlier)
        censuses = {each: public.censuses[(each,)] for each in names}
        rule = " ".join(public.protection if earlier else (*public.protection, ALONE))
    population = read_reference(reference or default_reference(catalog.repository))
    described = [each for each in names if each not in PLACES]
    counts = ReleaseCensus(
        release=chosen,
        reference=population,
        censuses=censuses,
        comparisons={
            each: compare_to_reference(censuses[each], population, attributes=[each])
            for each in described
            if each in population.attributes and is_known(censuses[each])
        },
        trends={each: people.trend(by=each, over=over) for each in described} if exactly and over else {},
        missing=people.missing_together(attributes=described) if exactly else None,
        rule=rule,
        language=language,
    )
    if not compare_to:
        return counts
    return dataclasses.replace(counts, changed=change_since(counts, compare_to, people=everyone, exactly=exactly))


def _published(
    catalog: Catalog, release: str, names: Sequence[str], earlier: Sequence[Sequence[Census]]
) -> PublicCounts:
    """The tables of the public page: suppressed apart from them, the report's would give away what the page's hide."""
    if release:
        raise ValueError(
            f"Received release {release!r} of a controlled source. Its small counts are hidden together with those of "
            "its public page, which shows the latest release. Leave the release empty, or ask with exact=True for "
            "yourself."
        )
    public = count_public(catalog, earlier=earlier)
    for name in names:
        if (name,) not in public.censuses:
            known = [by[0] for by in public.censuses if len(by) == 1]
            raise unknown_name(
                "attribute", name, known, where="the public tables", then="Name some of these, or pass exact=True."
            )
    return public


def _attributes(people: Cohort, asked: str | Sequence[str]) -> list[str]:
    known = people.patients.columns
    names = [name for word in ([asked] if isinstance(asked, str) else asked) for name in word.replace(",", " ").split()]
    for name in names:
        if name not in known:
            raise unknown_name("attribute", name, known, where="the patients", then="Name some of these in attributes.")
    return list(dict.fromkeys(names)) or [name for name in PEOPLE if name in known]
