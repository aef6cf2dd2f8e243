"""The data catalog as an object: list, narrow, search, compare, ask for a recommendation."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.catalog.registry import choosing
from workbench.catalog.registry.catalog_text import as_html, as_table, as_text
from workbench.catalog.registry.choosing import Asked
from workbench.catalog.registry.conflicts import Conflicts, find_conflicts
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.families import Families
from workbench.catalog.registry.fold_names import fold_name
from workbench.catalog.registry.meant_words import limit_typed, refuse_criteria
from workbench.catalog.registry.naming import find_entry, names_of

if TYPE_CHECKING:
    import polars as pl

    from workbench.catalog.commons import Catalog
    from workbench.catalog.registry.idc_facts import IdcFacts
    from workbench.catalog.registry.ranking.recommendation import Recommendation
    from workbench.catalog.registry.ranking.searching import Hit, SearchIndex
    from workbench.catalog.registry.ranking.side_by_side import Comparison


@dataclass(frozen=True)
class DataCatalog:
    """Entries of the data catalog in order; narrowing gives a new one, and every one prints as a table.

    Attributes
    ----------
    entries : tuple of Entry
        What is listed.
    known : tuple of Entry
        All that may be a relative, also what was narrowed away; `entries` when empty.
    found : tuple of Hit
        After `search`: how well each entry matches, and where.
    """

    entries: tuple[Entry, ...]
    known: tuple[Entry, ...] = field(default=(), repr=False, compare=False)
    found: "tuple[Hit, ...]" = field(default=(), repr=False, compare=False)

    def __getitem__(self, key: str) -> Entry:
        """Return the entry of a key, a name or an alias, in any case."""
        return find_entry(key, self._names)

    def __contains__(self, name: object) -> bool:
        """Whether an entry is listed, given itself, or its key, name or alias in any case."""
        return fold_name(name) in self._names if isinstance(name, str) else name in self.entries

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def where(
        self,
        *,
        kind: Asked = None,
        modality: Asked = None,
        body_region: Asked = None,
        task: Asked = None,
        license: Asked = None,  # noqa: A002 the word of the field
        access: Asked = None,
        commercial_use: bool | None = None,
        demographics: Asked = None,
        min_patients: int | None = None,
        curated: bool | None = None,
        text: str | None = None,
        **others: object,
    ) -> "DataCatalog":
        """Return the entries that meet every criterion.

        Parameters
        ----------
        kind, modality, body_region, task, license, access : str or sequence of str, optional
            One value, or several of which an entry has one; case does not matter.
        commercial_use : bool, optional
            True: surely allowed; False: surely not. Entries whose terms are not confirmed are in neither.
        demographics : str or sequence of str, optional
            ``age``, ``sex``, ``race``, ``ethnicity``, ``country``: all of them given, at least for a part.
        min_patients : int, optional
            Entries of which nobody states a number are left out.
        curated : bool, optional
            Whether license, creator, day of publication, address and citation are known.
        text : str, optional
            Words that all stand in it; `search` ranks and forgives typos.
        **others : object
            Refused, with the criterion that was meant.

        Returns
        -------
        DataCatalog
            In the same order; perhaps empty.

        Raises
        ------
        UnknownNameError, TypeError, ValueError
            For a criterion that there is none of, and a value that it cannot have.
        """
        refuse_criteria(others)
        asked = {"kind": kind, "modality": modality, "body_region": body_region, "task": task}
        met = choosing.meets_words(self.entries, {**asked, "license": license, "access": access})
        met = choosing.meets_size(choosing.meets_demographics(met, demographics), min_patients)
        met = choosing.meets_answer(met, "commercial_use", asked=commercial_use)
        return self._narrowed(choosing.meets_text(choosing.meets_answer(met, "curated", asked=curated), text))

    def search(self, text: str, *, limit: int = 10) -> "DataCatalog":
        """Return the entries that match words best, the best first; how they match stands in ``found``.

        Parameters
        ----------
        text : str
            Names or words; typos are forgiven.
        limit : int
            The most to return.

        Returns
        -------
        DataCatalog
            Empty when nothing matches.
        """
        from workbench.catalog.registry.ranking.weak_tails import worth_showing

        hits = tuple(worth_showing(self._index, choosing.words_typed("text", text), limit_typed(limit)))
        return replace(self._narrowed(tuple(self[hit.key] for hit in hits)), found=hits)

    def compare(self, *keys: str) -> "Comparison":
        """Return entries side by side, with what they share.

        Parameters
        ----------
        *keys : str
            Keys, names or aliases of two or more.

        Returns
        -------
        Comparison
            Prints as a table, attributes down and entries across.
        """
        from workbench.catalog.registry.ranking.side_by_side import compare

        entries = [self[key] for key in keys]
        counted = {each.key: facts for each in entries if (facts := self.idc_facts(each.key))}
        return compare(entries, leakage=self.families.leakage, facts=counted)

    def recommend(self, question: str | None = None, **needs: Any) -> "Recommendation":
        """Return which entries suit a question or needs, the best first, with reasons and warnings.

        Parameters
        ----------
        question : str, optional
            Such as ``"chest X-rays with age and sex, commercially usable, over 10,000 patients"``.
        **needs : object
            Parameters of `workbench.catalog.registry.asking.typed_needs.typed_needs`, such as ``modality="CT"`` or
            ``commercial_use=True``; a quantity such as ``patients=10_000``; together with what the question says.

        Returns
        -------
        Recommendation
            Entries whose license is not confirmed stand apart in it, and are never recommended.

        Raises
        ------
        UnknownNameError, TypeError
            For a need, or a value of one, that nobody could mean.
        """
        from workbench.catalog.registry.keyword_needs import needs_asked
        from workbench.catalog.registry.ranking.recommending import recommend

        asked = needs_asked(question, needs, self._index)
        if not asked.collections:
            return recommend(self.entries, asked, index=self._index, leakage=self.families.leakage, apart=True)
        more = (*self.entries, *self.collections.entries)
        return recommend(more, asked, leakage=Families({*(self.known or self.entries), *more}).leakage)

    @property
    def table(self) -> "pl.DataFrame":
        """One row an entry, in the order of the catalog.

        Returns
        -------
        polars.DataFrame
            ``key``, ``name``, ``kind``, ``specialty``; ``modality``, ``body_region`` and ``tasks``, joined by
            semicolons; ``n_patients``, ``n_studies``, ``n_images``, ``n_volumes``, ``n_slides`` and ``n_patches``, the
            best supported numbers; ``license``, ``license_confirmed``, ``commercial_use`` (null: terms must be read or
            are not confirmed), ``access``; ``age``, ``sex``, ``race``, ``ethnicity`` and ``country`` (yes, partly, no
            or unknown); ``published``, ``doi``, ``url``, ``in_idc``, ``n_guide_rows`` and ``curated``.
        """
        return as_table(self.entries)

    @cached_property
    def families(self) -> Families:
        """Parents, children and images in common, also with what was narrowed away."""
        return Families(self.known or self.entries)

    @property
    def not_confirmed(self) -> "DataCatalog":
        """The entries whose license no source states: ask their creators before any use."""
        return self._narrowed(tuple(each for each in self.entries if not each.license_confirmed))

    @property
    def collections(self) -> "DataCatalog":
        """The collections of the Imaging Data Commons, generated from its index and apart from the curated entries."""
        from workbench.catalog.registry.idc.collections import collection_entries

        return DataCatalog(collection_entries())

    def conflicts(self, *keys: str) -> Conflicts:
        """Return where guides and sources disagree about the entries.

        Parameters
        ----------
        *keys : str
            Keys, names or aliases; all entries when none is given.

        Returns
        -------
        Conflicts
            Prints as a list; ``table`` has one row a disagreement.
        """
        return find_conflicts([self[key] for key in keys] or self.entries)

    def related(self, key: str) -> dict[str, str]:
        """Return the entries that share images with one, and how.

        Parameters
        ----------
        key : str
            A key, name or alias.

        Returns
        -------
        dict of str to str
            Key of the relative to a sentence; empty when no relative is known.
        """
        one = self[key].key
        told = {each.key: self.families.leakage(one, each.key) for each in self.known or self.entries}
        return {other: said for other, said in told.items() if said}

    def idc_facts(self, key: str) -> "IdcFacts | None":
        """Return what the index of the Imaging Data Commons counts of an entry.

        Parameters
        ----------
        key : str
            A key, name or alias.

        Returns
        -------
        IdcFacts or None
            None for what is not in there.
        """
        from workbench.catalog.registry.idc.checks import read_idc_facts

        return read_idc_facts().get(self[key].key)

    def open(self, key: str, folder: str | Path) -> "Catalog":
        """Return a data set on your disk as a catalog for cohorts and the census.

        Parameters
        ----------
        key : str
            A key, name or alias of an entry whose layout on disk is known.
        folder : str or pathlib.Path
            Where it lies.

        Returns
        -------
        Catalog
            As `workbench.open_catalog` gives it.
        """
        from workbench.catalog.commons import open_catalog

        return open_catalog(folder, layout=self[key].key)

    @cached_property
    def _index(self) -> "SearchIndex":
        from workbench.catalog.registry.ranking.searching import SearchIndex

        return SearchIndex(self.entries)

    @cached_property
    def _names(self) -> dict[str, Entry]:
        return names_of(self.entries)

    def _narrowed(self, entries: tuple[Entry, ...]) -> "DataCatalog":
        return DataCatalog(entries, known=self.known or self.entries)

    def __repr__(self) -> str:
        """Show the entries as a table of text."""
        return as_text(self.entries)

    def _repr_html_(self) -> str:
        return as_html(self.entries)
