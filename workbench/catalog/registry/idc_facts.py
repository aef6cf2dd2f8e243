"""What the embedded index of the NCI Imaging Data Commons counts of an entry, and says of each of its claims."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from workbench.catalog.registry.entries import Claim

Verdict = Literal["agrees", "differs", "another unit", "another set", "not in the index"]
#: What became of a number that no page was held against, but that the index counts.
COUNTED = "counted in IDC"


@dataclass(frozen=True)
class ClaimCheck:
    """One claim beside the index.

    Attributes
    ----------
    claim : str
        The claim as `stated` writes it.
    verdict : {"agrees", "differs", "another unit", "another set", "not in the index"}
        Only counts of one unit, of one set, agree or differ.
    counted : int or None
        What the index counts, where it counts the unit or one like it.
    sentence : str
        Both, in words.
    """

    claim: str
    verdict: Verdict
    counted: int | None
    sentence: str

    def as_fields(self) -> dict[str, str | int | None]:
        """Return it as a file has it.

        Returns
        -------
        dict
            Name to value.
        """
        return dict(vars(self))


@dataclass(frozen=True)
class IdcFacts:
    """What the index counts of one entry.

    Attributes
    ----------
    key : str
        Of the entry.
    index : str
        The version of the index package, such as ``"25.0.5"``.
    asked : mapping
        The entry's own words: ``relation``, ``collections``, perhaps ``modality``.
    collections : tuple of str
        Those found; a pattern gives several.
    absent : tuple of str
        Names and patterns that no collection bears.
    series, acquired_series, studies, patients, people, instances : int
        Of the collections, only in the modalities asked for. Derived series are masks, plans and reports; a person
        can have several patient identifiers.
    size_gb : float
        Of all series.
    modalities, acquired, licenses : mapping of str to int
        Series each, the most frequent first: all by modality, those acquired by modality, all by license.
    species : tuple of str
        What was imaged.
    sex_known, age_known : float
        Share of the people.
    first_version : int
        The version of IDC in which the first of its series came.
    sentence : str
        The fact to know, in words.
    claims : tuple of ClaimCheck
        What becomes of each claim of the entry.
    """

    key: str
    index: str
    asked: Mapping[str, Any]
    collections: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    series: int = 0
    acquired_series: int = 0
    studies: int = 0
    patients: int = 0
    people: int = 0
    instances: int = 0
    size_gb: float = 0.0
    modalities: Mapping[str, int] = field(default_factory=dict)
    acquired: Mapping[str, int] = field(default_factory=dict)
    licenses: Mapping[str, int] = field(default_factory=dict)
    species: tuple[str, ...] = ()
    sex_known: float = 0.0
    age_known: float = 0.0
    first_version: int = 0
    sentence: str = ""
    claims: tuple[ClaimCheck, ...] = ()

    @property
    def relation(self) -> str:
        """How what IDC holds stands to the entry: same, idc_has_more, idc_has_part, parent or platform."""
        return str(self.asked["relation"])

    @property
    def counts(self) -> dict[str, int]:
        """The counts by the quantities that entries claim; slides are acquired series of slide microscopy."""
        slides = self.acquired.get("SM", 0)
        counted = {"patients": self.people, "studies": self.studies, "series": self.acquired_series}
        return {**counted, "collections": len(self.collections), **({"slides": slides} if slides else {})}

    def bears_out(self, claim: Claim) -> bool:
        """Return whether the index counts what a claim of the entry says.

        Parameters
        ----------
        claim : Claim
            Of the same entry.

        Returns
        -------
        bool
            False as well where the index cannot tell.
        """
        return any(each.verdict == "agrees" and each.claim == stated(claim) for each in self.claims)


def stated(claim: Claim) -> str:
    """Return a claim in one line, by which a changed one is known.

    Parameters
    ----------
    claim : Claim
        Of an entry.

    Returns
    -------
    str
        Where it stands and what it counts.

    Examples
    --------
    >>> stated(Claim("patients", 922, "exact", "guide", "radiology:1", "922 patients", "unchecked"))
    'guide, radiology:1: 922 patients'
    """
    return f"{claim.source}, {claim.where}: {claim.amount}"
