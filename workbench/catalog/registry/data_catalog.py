"""The data catalog as an object: list, narrow, search, compare, ask for a recommendation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.catalog.registry.entries import Entry
from workbench.errors import unknown_name

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class DataCatalog:
    """Entries of the data catalog in order; narrowing gives a new one.

    Attributes
    ----------
    entries : tuple of Entry
        What is listed.
    everything : tuple of Entry
        All that is known, so that relatives which were narrowed away are still relatives; `entries` when empty.
    found : tuple of Hit
        After `search`: how well each entry matches, and in which words.
    """

    entries: tuple[Entry, ...]
    everything: tuple[Entry, ...] = field(default=(), repr=False)
    found: tuple[Any, ...] = field(default=(), repr=False, compare=False)

    def __getitem__(self, key: str) -> Entry:
        """Return the entry of a key, a name or an alias, whatever its case."""
        names = self._names
        if key.casefold() not in names:
            raise unknown_name(
                "entry", key, [each.key for each in self.entries], where="the data catalog", then="See: wb.datasets()"
            )
        return names[key.casefold()]

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    @cached_property
    def _names(self) -> dict[str, Entry]:
        named = [(name.casefold(), each) for each in self.entries for name in (*each.aliases, each.name, each.key)]
        return dict(named)

    @property
    def table(self) -> "pl.DataFrame":
        """One row an entry."""
        raise NotImplementedError

    def where(
        self,
        *,
        kind: str | Sequence[str] | None = None,
        modality: str | Sequence[str] | None = None,
        body_region: str | Sequence[str] | None = None,
        task: str | Sequence[str] | None = None,
        license: str | Sequence[str] | None = None,
        commercial_use: bool | None = None,
        access: str | Sequence[str] | None = None,
        demographics: str | Sequence[str] | None = None,
        min_patients: int | None = None,
        curated: bool | None = None,
        text: str | None = None,
    ) -> "DataCatalog":
        """Return the entries that meet every criterion."""
        raise NotImplementedError

    def search(self, text: str, *, limit: int = 10) -> "DataCatalog":
        """Return the entries that match words best, in order; the hits stand in ``found``."""
        raise NotImplementedError

    def compare(self, *keys: str) -> Any:
        """Return entries side by side."""
        from workbench.catalog.registry.side_by_side import compare

        return compare([self[key] for key in keys])

    def recommend(self, question: str | None = None, **needs: Any) -> Any:
        """Return which entries suit a question, best first, with reasons and warnings."""
        raise NotImplementedError
