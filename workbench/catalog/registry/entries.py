"""What one entry of the data catalog holds: claims with their sources, terms of use, relatives, people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from workbench.catalog.registry.licenses import CONFIRMING, License, read_license

Kind = Literal["dataset", "model", "framework", "collection"]

#: What may be known of each person.
DEMOGRAPHICS = ("age", "sex", "race", "ethnicity", "country")
_RANKS = {**dict.fromkeys(CONFIRMING, 1), "guide": 2, "third_party": 3}  # who states a number, nearest to it first


@dataclass(frozen=True)
class Claim:
    """One number somebody states, and what became of it when it was compared with a source.

    Attributes
    ----------
    quantity : str
        What is counted, such as ``"patients"``.
    value : float
        A whole number is an int.
    qualifier : {"exact", "at_least", "about"}
        How it is meant.
    source : str
        ``"guide"``, ``"creator"``, ``"repository"``, ``"paper"``, ``"registry"`` or ``"third_party"``.
    where : str
        The row of the guide, or the page.
    words : str
        The words it was read from.
    verdict : {"agrees", "differs", "not_comparable", "unchecked"}
        Against `checked_against`.
    of : str
        The part that it counts, such as ``"with bounding boxes"``; empty for the whole.
    checked_against : mapping, optional
        Page, words, kind of source, day of reading.
    note : str
        In words.
    """

    quantity: str
    value: float
    qualifier: str
    source: str
    where: str
    words: str
    verdict: str
    of: str = ""
    checked_against: Mapping[str, str] | None = None
    note: str = ""

    @property
    def amount(self) -> str:
        """The number in words, such as ``at least 2,000 patients``."""
        number = f"{self.value:,.0f}" if self.value == int(self.value) else f"{self.value:,}"
        said = {"at_least": "at least ", "about": "about "}.get(self.qualifier, "")
        return f"{said}{number} {self.quantity.replace('_', ' ')}{f' {self.of}' if self.of else ''}"


@dataclass(frozen=True)
class Relation:
    """How an entry stands to another.

    Attributes
    ----------
    kind : str
        ``subset_of``, ``edition_of``, ``derived_from``, ``annotations_of`` (to the parent), ``overlaps`` (both ways)
        or ``hosted_on`` (a platform: no images in common).
    of : str
        The key of the other, or its name when it is `outside`.
    outside : bool
        Whether the other is no entry of the catalog.
    note : str
        In words.
    evidence : mapping, optional
        Page, words, kind of source, day of reading.
    """

    kind: str
    of: str
    outside: bool = False
    note: str = ""
    evidence: Mapping[str, str] | None = None

    @property
    def said(self) -> str:
        """The relation in words, such as ``subset of lidc-idri``."""
        return f"{self.kind.replace('_', ' ')}{' with' * (self.kind == 'overlaps')} {self.of}"


@dataclass(frozen=True)
class Entry:
    """A data set, a model, a framework, or a collection of the Imaging Data Commons.

    Attributes
    ----------
    kind : {"dataset", "model", "framework", "collection"}
        Which folder it stands in; collections are generated from the index.
    fields : mapping
        Everything its file says, as ``data_catalog/schema/entry.schema.json`` describes it.
    terms : mapping, optional
        What the licenses it names allow, by license id; the shipped ``licenses.yaml`` when absent.
    idc_counts : mapping
        What the index of the Imaging Data Commons counts of it, when the two are the same; perhaps empty.

    Examples
    --------
    >>> entry = Entry("dataset", {"key": "invented", "name": "Invented", "license": {"id": "CC-BY-4.0"}})
    >>> entry.license.commercial_use, entry.license_confirmed, entry.commercial_use  # no source confirms the license
    ('yes', False, None)
    """

    kind: Kind
    fields: Mapping[str, Any]
    terms: Mapping[str, Mapping[str, Any]] | None = field(default=None, repr=False, compare=False)
    idc_counts: Mapping[str, int] = field(default_factory=dict, repr=False, compare=False)

    @property
    def key(self) -> str:
        """Its key, which is also the name of its file."""
        return str(self.fields["key"])

    @property
    def name(self) -> str:
        """Its name as the creators write it."""
        return str(self.fields["name"])

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names it is known by."""
        return self._texts("aliases")

    @property
    def summary(self) -> str:
        """What it is, in two sentences."""
        return self._text("summary")

    @property
    def modality(self) -> tuple[str, ...]:
        """Its DICOM modalities; empty for a framework."""
        return self._texts("modality")

    @property
    def body_region(self) -> tuple[str, ...]:
        """The regions of the body it shows; empty for models and frameworks."""
        return self._texts("body_region")

    @property
    def tasks(self) -> tuple[str, ...]:
        """What it serves for."""
        return self._texts("tasks")

    @property
    def organs(self) -> tuple[str, ...]:
        """The organs it is about."""
        return self._texts("organs")

    @property
    def conditions(self) -> tuple[str, ...]:
        """The diseases and findings it is about."""
        return self._texts("conditions")

    @property
    def keywords(self) -> tuple[str, ...]:
        """Words a person may look for."""
        return self._texts("keywords")

    @property
    def specialty(self) -> str:
        """The field of medicine; empty when not said."""
        return self._text("specialty")

    @property
    def doi(self) -> str:
        """Its own DOI without address; empty when none is known."""
        return self._text("doi")

    @property
    def url(self) -> str:
        """Its page: the address given, else that of its DOI, else empty."""
        return self._text("url") or (f"https://doi.org/{self.doi}" if self.doi else "")

    @property
    def access(self) -> str:
        """How one gets it: open, registration, data_use_agreement, credentialed or unknown; more in ``fields``."""
        return str(self.fields.get("access", {}).get("kind", "unknown"))

    @property
    def demographics(self) -> dict[str, str]:
        """Whether age, sex, race, ethnicity and country are given per person: yes, partly, no or unknown."""
        stated = self.fields.get("demographics", {})
        return {name: str(stated.get(name, "unknown")) for name in DEMOGRAPHICS}

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """Every number anybody states of it."""
        return tuple(Claim(**claim) for claim in self.fields.get("claims", ()))

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        """How it stands to other entries."""
        return tuple(Relation(**relation) for relation in self.fields.get("relations", ()))

    @cached_property
    def license(self) -> License:
        """Its license or terms, with the words they rest on."""
        return read_license(self.fields.get("license", {"id": "unknown"}), self.terms)

    @property
    def license_confirmed(self) -> bool:
        """Whether the license rests on the words of the creators, the repository, a paper or a registry."""
        return self.license.confirmed

    @property
    def commercial_use(self) -> bool | None:
        """Whether all its parts may be used commercially; None when terms must be read or no source confirms them."""
        return self.license.allows_commercial_use

    @property
    def curated(self) -> bool:
        """Whether license, creator, day of publication, DOI or address, and citation are all known."""
        known = all(self.fields.get(name) for name in ("creator", "published", "citation"))
        return self.license_confirmed and known and bool(self.doi or self.url)

    def size(self, quantity: str) -> int | None:
        """Return the best supported number of something, such as patients.

        Claims borne out by creators, repositories, papers or registries come first, then what these state, the guides,
        third parties, and the index of the Imaging Data Commons where it holds the same set. A claim that differs from
        its source or counts another thing, and one about a part only, is no size.

        Parameters
        ----------
        quantity : str
            Such as ``"patients"``, ``"images"`` or ``"slides"``.

        Returns
        -------
        int or None
            None when nobody states it.
        """
        claim = self.best_claim(quantity)
        return int(claim.value) if claim else self.idc_counts.get(quantity)

    def best_claim(self, quantity: str) -> Claim | None:
        """Return the claim that `size` rests on.

        Parameters
        ----------
        quantity : str
            As for `size`.

        Returns
        -------
        Claim or None
            None when nobody states a number that no source refuted.
        """
        stated = [each for each in self.claims if each.quantity == quantity and not each.of]
        return min((each for each in stated if each.verdict in ("agrees", "unchecked")), key=_support, default=None)

    def first_size(self, quantities: Iterable[str]) -> tuple[str, int] | None:
        """Return the first of some quantities of which a number is known.

        Parameters
        ----------
        quantities : iterable of str
            The most telling first.

        Returns
        -------
        tuple of (str, int) or None
            The quantity and its `size`; None when nobody states any.
        """
        return next(((each, n) for each in quantities if (n := self.size(each)) is not None), None)

    def _text(self, name: str) -> str:
        return str(self.fields.get(name, ""))

    def _texts(self, name: str) -> tuple[str, ...]:
        return tuple(self.fields.get(name, ()))

    def __repr__(self) -> str:
        """Show what it is, in a few lines; cards.card shows all of it."""
        use = {True: "commercial use allowed", False: "no commercial use", None: "read the terms"}[self.commercial_use]
        terms = f"{self.license.name}: {use}" if self.license_confirmed else "not confirmed"
        return f"{self.name} [{self.key}], {self.kind}\n  {self.summary}\n  License: {terms}\n  {self.url or self.doi}"

    def __hash__(self) -> int:
        """Hash by what tells entries apart."""
        return hash((self.kind, self.key))


def _support(claim: Claim) -> tuple[int, bool]:
    """Order claims, the best supported first; `min` keeps the order of the file among equals."""
    borne_out = claim.verdict == "agrees" and (claim.checked_against or {}).get("kind") in CONFIRMING
    return 0 if borne_out else _RANKS[claim.source], claim.qualifier != "exact"
