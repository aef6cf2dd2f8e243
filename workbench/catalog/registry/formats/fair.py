"""A FAIR self-check of entries, by the metrics of F-UJI, as far as it goes without a network.

What is checked is what the catalog knows of a data set, not the pages of its repository. Points that only a network
could give are counted apart and are no part of the score. Half points for a page that hands out the data, and for a
description in general words only, are our own; F-UJI gives all or nothing there.

References
----------
Wilkinson MD, et al. The FAIR Guiding Principles. Sci Data 2016;3:160018. doi:10.1038/sdata.2016.18
Devaraju A, Huber R, et al. FAIRsFAIR Data Object Assessment Metrics. doi:10.5281/zenodo.4081213 (F-UJI, metrics 0.8)
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.formats.fair_metrics import METRICS, Metric
from workbench.catalog.registry.formats.schema_org import describe_entry
from workbench.markup import html_table

if TYPE_CHECKING:
    import polars as pl

Answer = Literal["yes", "partly", "no", "not testable offline"]

# Open, scientific or fit for archives, as F-UJI's list of formats has it for images, tables and text.
_GOOD_FORMATS = (
    "dicom", "nifti", "nrrd", "metaimage", "mha", "mhd", "tiff", "png", "jpeg", "jpg", "bids", "hdf5", "zarr", "minc",
    "csv", "tsv", "json", "xml", "txt", "text", "parquet", "npy", "npz",
)  # fmt: skip
_CITED = ("creator", "name", "identifier", "datePublished", "publisher")  # the object type is always known


@dataclass(frozen=True)
class FairCheck:
    """How an entry stands to one metric.

    Attributes
    ----------
    metric : Metric
        Identifier, name and points.
    answer : {"yes", "partly", "no", "not testable offline"}
        In one word.
    earned : float
        Of the points that can be given offline.
    missing : str
        What is not there, or what cannot be seen; empty for yes.
    mend : str
        The one thing to do next; empty for yes.
    """

    metric: Metric
    answer: Answer
    earned: float
    missing: str = ""
    mend: str = ""


@dataclass(frozen=True, repr=False)
class FairReport:
    """Every metric for one entry; prints as a table in words.

    Attributes
    ----------
    key : str
        Of the entry.
    checks : tuple of FairCheck
        One for each metric, findable to reusable.
    """

    key: str
    checks: tuple[FairCheck, ...]

    @property
    def score(self) -> float:
        """Points earned over points that can be earned offline, 0 to 1."""
        return sum(check.earned for check in self.checks) / sum(check.metric.offline for check in self.checks)

    @property
    def summary(self) -> str:
        """The score with its denominator, in a sentence."""
        earned, offline, points = (
            sum(numbers)
            for numbers in zip(
                *((each.earned, each.metric.offline, each.metric.points) for each in self.checks), strict=True
            )
        )
        return (
            f"{earned:g} of the {offline:g} points that can be tested offline ({self.score:.0%}); "
            f"{points - offline:g} of {points:g} points need a network."
        )

    @property
    def to_mend(self) -> tuple[FairCheck, ...]:
        """The checks that an editor of the entry can better."""
        return tuple(check for check in self.checks if check.earned < check.metric.offline)

    @cached_property
    def table(self) -> "pl.DataFrame":
        """One row a metric: ``metric``, ``name``, ``answer``, ``earned``, ``points``, ``missing``, ``mend``."""
        import polars as pl

        return pl.DataFrame(
            [
                {
                    "metric": each.metric.identifier,
                    "name": each.metric.name,
                    "answer": each.answer,
                    "earned": float(each.earned),
                    "points": float(each.metric.points),
                    "missing": each.missing,
                    "mend": each.mend,
                }
                for each in self.checks
            ]
        )

    def __repr__(self) -> str:
        """Show each metric with its answer, what is missing and how to mend it."""
        lines = [
            f"{each.metric.identifier:<14} {each.answer:<20} {each.missing} {each.mend}".rstrip()
            for each in self.checks
        ]
        return "\n".join([f"FAIR self-check of {self.key}: {self.summary}", *lines])

    def _repr_html_(self) -> str:
        rows = [
            (each.metric.identifier, each.metric.name, each.answer, each.missing, each.mend) for each in self.checks
        ]
        return f"<p>{self.summary}</p>{html_table(('metric', 'asks for', 'answer', 'missing', 'to do'), rows)}"


def fair_check(entry: Entry) -> FairReport:
    """Return how findable, accessible, interoperable and reusable an entry is, and what to do about it.

    Parameters
    ----------
    entry : Entry
        Any entry.

    Returns
    -------
    FairReport
        One check for each of F-UJI's metrics.

    Examples
    --------
    >>> report = fair_check(
    ...     Entry("dataset", {"key": "a", "name": "A", "doi": "10.1234/a", "license": {"id": "unknown"}})
    ... )
    >>> {check.metric.identifier: check.answer for check in report.checks}["FsF-F1-01MD"], report.summary
    ('yes', '5 of the 19.5 points that can be tested offline (26%); 6.5 of 26 points need a network.')
    """
    found = {**_findable(entry), **_accessible(entry), **_interoperable(entry), **_reusable(entry)}
    return FairReport(entry.key, tuple(_check(metric, *found[metric.identifier]) for metric in METRICS))


_Finding = tuple[float, str, str]  # points earned, what is missing, what to do


def _check(metric: Metric, earned: float, missing: str, mend: str) -> FairCheck:
    if not metric.offline:
        return FairCheck(metric, "not testable offline", 0, missing, mend)
    if earned == metric.points:
        return FairCheck(metric, "yes", earned)
    return FairCheck(metric, "partly" if earned else "no", earned, missing, mend)


def _findable(entry: Entry) -> dict[str, _Finding]:
    described = describe_entry(entry)
    uncited = [name for name in _CITED if name not in described] + (
        [] if entry.doi or entry.url else ["identifier of the data"]
    )
    silent = [name for name in ("description", "keywords") if name not in described]
    files = entry.fields.get("access", {}).get("url", "")
    registered = (
        "Whether the DOI is registered can only be asked online." if entry.doi else "It has no persistent identifier."
    )
    return {
        "FsF-F1-01MD": (bool(entry.url), "It has neither DOI nor address.", "Add doi or url."),
        "FsF-F1-02MD": (
            0.5 * bool(entry.doi),
            registered,
            "Open the DOI once." if entry.doi else "Look for its DOI and add it.",
        ),
        "FsF-F2-01M": (
            0.0 if uncited else 2.0 - bool(silent),
            f"Not known: {', '.join(uncited + silent)}.",
            "Add what its creators state.",
        ),
        "FsF-F3-01M": (
            0.5 * bool(files),
            "Only the page where the data are handed out is known." if files else "Nothing says where the data are.",
            "Add the addresses of the files, where they may be public." if files else "Add access.url.",
        ),
        "FsF-F4-01M": (
            0,
            "Search engines read what a page on the web carries.",
            "Put catalog.jsonld into the page of the catalog.",
        ),
    }


def _accessible(entry: Entry) -> dict[str, _Finding]:
    pages = [entry.url, str(entry.fields.get("access", {}).get("url", ""))]
    spoken = float(sum(page.startswith(("https://", "http://", "ftp://", "s3://")) for page in pages))
    guarded = float(sum(page.startswith(("https://", "http://")) for page in pages))
    lacking = " and ".join(name for name, page in zip(("url", "access.url"), pages, strict=True) if not page)
    return {
        "FsF-A1-01M": (
            entry.access != "unknown",
            "Nobody states who may have it.",
            "Read its page and add access.kind.",
        ),
        "FsF-A1-02MD": (0, "Whether the addresses answer can only be asked online.", "Open url and access.url."),
        "FsF-A1.1-01MD": (spoken, f"There is no {lacking}.", f"Add {lacking}."),
        "FsF-A1.2-01MD": (guarded, f"There is no {lacking} that could ask who calls.", f"Add {lacking}."),
    }


def _interoperable(entry: Entry) -> dict[str, _Finding]:
    linked = bool(entry.relations) or bool(entry.fields.get("citation", {}).get("doi"))
    return {
        "FsF-I1-01M": (
            0,
            "JSON-LD is written on export; whether a page offers it shows only online.",
            "Publish the export.",
        ),
        "FsF-I2-01M": (
            0,
            "Its terms are words of DICOM without the address of a vocabulary.",
            "Add codes with their addresses.",
        ),
        "FsF-I3-01M": (
            2.0 * linked,
            "Neither a related data set nor the DOI of a paper is known.",
            "Add relations or citation.doi.",
        ),
    }


def _reusable(entry: Entry) -> dict[str, _Finding]:
    formats = [str(name) for name in entry.fields.get("formats", ())]
    good = any(each in name.casefold() for name in formats for each in _GOOD_FORMATS)
    standard = any("dicom" in name.casefold() or "bids" in name.casefold() for name in formats)
    stated = (
        f"None of its formats is on the list: {', '.join(formats)}." if formats else "Its file formats are not known."
    )
    maker = any(entry.fields.get(name) for name in ("creator", "publisher", "published"))
    described = 1.0 if standard else 0.5
    return {
        "FsF-R1-01M": (
            1,
            "Neither the sizes of its files nor their measured variables are known.",
            "Add what the repository lists.",
        ),
        "FsF-R1.1-01M": (
            entry.license_confirmed,
            "No source states its license.",
            "Ask the creators, or find their words.",
        ),
        "FsF-R1.2-01M": (maker, "Neither creator, publisher nor date is known.", "Add what its page states."),
        "FsF-R1.3-01M": (
            described,
            "It is described in schema.org and Croissant, which are general.",
            "Say if it is DICOM or BIDS.",
        ),
        "FsF-R1.3-02D": (good, stated, "Add formats, or offer the data in an open one as well."),
    }
