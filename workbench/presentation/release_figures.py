"""What a report of a release says and draws: sentences, figures with named categories, tables and their origin."""

import dataclasses
import html
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from workbench.assessment.census import Census
from workbench.assessment.missingness import Missingness
from workbench.assessment.references import ReferencePopulation
from workbench.assessment.representativeness import Comparison
from workbench.assessment.trend import Trend
from workbench.catalog.releases import Release
from workbench.presentation import charts
from workbench.presentation.census_counts import is_known
from workbench.presentation.figure import Figure
from workbench.presentation.first_page import FirstPage, first_page
from workbench.presentation.gap_words import gap_told
from workbench.presentation.identity import Identity
from workbench.presentation.labels import relabeled
from workbench.presentation.report_tables import Sentences, figure_in_words, in_words
from workbench.presentation.what_changed import WhatChanged
from workbench.provenance import stamp

#: Attributes that are drawn as maps.
PLACES = {"state": charts.state_map, "country": charts.world_map}

_NOT_PLACED = "The source knows no state and no country of anybody: there is no map."
_NONE_SHOWN = "No state and no country is known that may be shown: there is no map."
_NOT_GROWN = "The source has no releases to follow: nothing is said about growth."
_HIDDEN = (
    "What is missing together and how the source grew are left out: beside the census they would give small counts "
    "away. Their holder asks for them with exact."
)


@dataclass(frozen=True, eq=False, repr=False)
class ReleaseCensus:
    """Everything that the report of a release shows; figures speak of categories in its language.

    Attributes
    ----------
    release : Release
        Its name, and the people who had come up to then.
    reference : ReferencePopulation
        Whom they are compared with.
    censuses : mapping
        Attribute to census, as it may be shown.
    comparisons : mapping
        Attribute to comparison, of what is known of somebody and of the reference.
    trends : mapping
        Attribute to trend up to the release; empty where it would give small counts away, or there are no releases.
    missing : Missingness or None
        What is missing together; None where it would give small counts away.
    rule : str
        What may be shown and why.
    language : str
        Of the categories.
    changed : WhatChanged or None
        Since an earlier release or report; None where nothing was compared with.
    """

    release: Release
    reference: ReferencePopulation
    censuses: Mapping[str, Census]
    comparisons: Mapping[str, Comparison]
    trends: Mapping[str, Trend]
    missing: Missingness | None
    rule: str
    language: str
    changed: WhatChanged | None = None

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is found, in three sentences: what changed, then how many, how far from the reference, and so on."""
        if self.changed is None:
            return self._found
        return tuple(filter(None, (self.changed.headline, self.changed.largest_gap, *self._found)))[:3]

    @property
    def _found(self) -> tuple[str, ...]:
        total = next((census.n_total for census in self.censuses.values()), None)
        said = [self.release.sentence(total)]
        if self.comparisons:
            farthest = max(self.comparisons, key=self._distance)
            said.append(gap_told(self.comparisons[farthest], farthest))
        said += [text for census in self.censuses.values() for text in census.standouts[:1]][: 3 - len(said)]
        return tuple(said)

    @property
    def learned(self) -> Sentences:
        """What was found, in numbers: the census, every comparison, growth, what is missing, and what is left out."""
        said = [self._found[0]]
        said += [compared.sentences[name] for name, compared in self.comparisons.items()]
        said += [trend.sentence for trend in self.trends.values()]
        said += [self.missing.sentence] if self.missing is not None else [_HIDDEN]
        said += [] if self.trends or self.missing is None else [_NOT_GROWN]
        said += [] if self.placed() else [_NONE_SHOWN if self.missing is None else _NOT_PLACED]
        return Sentences(tuple(said))

    def first_page(self, identity: Identity | None = None) -> FirstPage:
        """Return page one.

        Parameters
        ----------
        identity : Identity, optional
            Of whoever publishes the report.

        Returns
        -------
        FirstPage
            The three sentences; what changed as the picture, else the attribute that is farthest from the reference.
        """
        repository, said = self.release.cohort.repository, " ".join([self.rule, *_told(self.language)])
        name = self.release.name
        return first_page(
            self.sentences, self._first_figure, repository=repository, release=name, identity=identity, rule=said
        )

    def what_changed(self) -> list[Any]:
        """Return what changed, its pictures but the one on page one, and the table behind it.

        Returns
        -------
        list
            Empty where nothing was compared with.
        """
        if self.changed is None:
            return []
        return [self.changed, *self._named(self.changed.figures()[1:]), *self.changed.shown_tables()]

    @property
    def _first_figure(self) -> Figure:
        if self.changed is not None and (drawn := self.changed.figures()):
            return drawn[0]
        if self.comparisons:
            farthest = max(self.comparisons, key=self._distance)
            return self._named([charts.dumbbell(self.comparisons[farthest], attribute=farthest)])[0]
        return self.counted()[0]

    def counted(self) -> list[Figure]:
        """Return a chart of each attribute, missing values drawn.

        Returns
        -------
        list of Figure
            Without places, which have maps.
        """
        drawn = [charts.census(census) for name, census in self.censuses.items() if name not in PLACES]
        return self._named(drawn)

    def compared(self) -> list[Figure]:
        """Return each attribute beside the reference, with what has to stand next to the number.

        Returns
        -------
        list of Figure
            Empty where nothing can be compared.
        """
        drawn = [charts.dumbbell(each, attribute=name) for name, each in self.comparisons.items()]
        return self._named(drawn)

    def grown(self) -> list[Figure]:
        """Return the shares up to each release.

        Returns
        -------
        list of Figure
            Empty where there are no releases, or small counts would be given away.
        """
        drawn = [charts.trend(each) for each in self.trends.values()]
        return self._named(map(_first_and_last, drawn))

    def unknown(self) -> list[Figure]:
        """Return which attributes are missing together.

        Returns
        -------
        list of Figure
            One, or none where small counts would be given away.
        """
        return self._named([charts.missingness(self.missing)] if self.missing is not None else [])

    def placed(self) -> list[Figure]:
        """Return the maps of states and countries.

        Returns
        -------
        list of Figure
            Of those that the source knows of somebody.
        """
        known = [(draw, self.censuses[name]) for name, draw in PLACES.items() if name in self.censuses]
        return self._named(_where_anybody(draw(census)) for draw, census in known if is_known(census))

    def save_tables(self, folder: str | Path) -> Path:
        """Write every table as CSV, in English categories, and where it all comes from.

        Parameters
        ----------
        folder : str or pathlib.Path
            Exists.

        Returns
        -------
        pathlib.Path
            ``provenance.json``.
        """
        target = Path(folder)
        for kind, tables in (("census", self.censuses), ("trend", self.trends)):
            for name, counted in tables.items():
                counted.table.write_csv(target / f"{kind}_{name}.csv")
        if self.comparisons:
            for part, file in (("table", "comparison.csv"), ("contributions", "comparison_groups.csv")):
                frames = [getattr(each, part) for each in self.comparisons.values()]
                pl.concat(frames, how="vertical_relaxed").write_csv(target / file)
        if self.missing is not None:
            self.missing.table.write_csv(target / "missing_together.csv")
        for file, table in (self.changed.tables() if self.changed is not None else {}).items():
            table.write_csv(target / file)
        origin = target / "provenance.json"
        origin.write_text(json.dumps(self.provenance, indent=1, default=str, ensure_ascii=False), encoding="utf-8")
        return origin

    @property
    def distances(self) -> pl.DataFrame:
        """One row an attribute and missing policy: how far it is from the reference, in words; the CSV has more."""
        tables = [in_words(each.table) for each in self.comparisons.values()]
        return pl.concat(tables, how="vertical_relaxed") if tables else pl.DataFrame()

    @property
    def provenance(self) -> dict[str, Any]:
        """What it was made from: source and version, release, reference with its origin, rule of disclosure."""
        cohort, population = self.release.cohort, self.reference
        return stamp(
            source=cohort.repository.name,
            version=cohort.repository.build,
            query=cohort.definition()["criteria"],
            release=f"{self.release.kind} {self.release.name}",
            reference={"name": population.name, "title": population.title, "year": population.year}
            | {key: population.source.get(key, "unknown") for key in ("publisher", "table_id", "url", "license")},
            disclosure=self.rule,
        )

    @property
    def origin(self) -> charts.Table:
        """Where the figures come from, as a table."""
        made, reference = self.provenance, self.provenance["reference"]
        told = {
            "source": f"{made['source']}, version {made['version']}",
            "release": made["release"],
            "reference": f"{reference['title']}, year {reference['year']}",
            "published by": f"{reference['publisher']} (table {reference['table_id']})",
            "disclosure": made["disclosure"],
            "made": made["created"],
        }
        return charts.Table(pl.DataFrame({"what": list(told), "which": list(told.values())}), title="Provenance")

    def _distance(self, name: str) -> float:
        known = self.comparisons[name].table.filter(missing="excluded")["total_variation"][0]
        return -1.0 if known is None else float(known)

    def _named(self, figures: Iterable[Figure]) -> list[Figure]:
        return [figure_in_words(relabeled(figure, self.language)) for figure in figures]

    def __repr__(self) -> str:
        return "\n".join([*self.sentences, self.rule, *_told(self.language)])

    def _repr_html_(self) -> str:
        told = Sentences(self.sentences)._repr_html_()
        named = "".join(f"<p>{html.escape(text)}</p>" for text in _told(self.language))
        return f"{told}<p><strong>{html.escape(self.rule)}</strong></p>{named}"


def _told(language: str) -> list[str]:
    """What a reader of another language has to know."""
    spoken = {"es": "Spanish", "de": "German", "fr": "French"}.get(language)
    return [f"Categories are named in {spoken}; sentences, places and the CSVs are in English."] if spoken else []


def _first_and_last(figure: Figure) -> Figure:
    """Show in the table of a trend the first and the last release only."""
    period = pl.col("period")
    ends = figure.table.filter((period == period.first()) | (period == period.last()))
    note = f"{figure.footnote} The table has the first and the last release; the CSV has all.".strip()
    return dataclasses.replace(figure, table=ends, footnote=note)


def _where_anybody(figure: Figure) -> Figure:
    """Show in the table of a map the places that anybody comes from, also where the number is hidden."""
    known = figure.table.filter(pl.col("n").ne_missing(0))
    if known.height == figure.table.height:
        return figure
    note = f"{figure.footnote} The table has the places of anybody.".strip()
    return dataclasses.replace(figure, table=known, footnote=note)
