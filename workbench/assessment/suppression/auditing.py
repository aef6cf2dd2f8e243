"""Audit published tables: whether a count of 1 to 10 patients can be derived from them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import polars as pl

from workbench.assessment.census import Census
from workbench.assessment.suppression.exposure import examine
from workbench.assessment.suppression.knowledge import Knowledge
from workbench.assessment.suppression.published import Published, read_published
from workbench.assessment.suppression.reading import Implied, read_knowledge

#: CMS cell size suppression policy: no value of 1 to 10 may be shown or derived (ResDAC, "CMS cell size suppression
#: policy"). A count of exactly 11 may be shown.
THRESHOLD = 11

Tables = Sequence[Census | pl.DataFrame]


@dataclass(frozen=True, eq=False, repr=False)
class Audit:
    """What a reader can derive from published tables.

    Attributes
    ----------
    table : polars.DataFrame
        One row a number of patients that follows from what is shown or might: ``release``, ``figure`` in words,
        ``low`` and ``high`` (what everything shown together leaves possible; null where there is no limit),
        ``exposed``.
    threshold : int
        The smallest count that may be known.
    """

    table: pl.DataFrame
    threshold: int

    @property
    def n_exposed(self) -> int:
        """How many small counts can be derived."""
        return int(self.table["exposed"].sum())

    @property
    def sentence(self) -> str:
        """What was checked and found."""
        small = f"1–{self.threshold - 1}"
        n_exposed = f"{self.n_exposed:,}" if self.n_exposed else "none"
        said = (
            f"Checked: {self.table.height:,} cells, {n_exposed} of {small} can be derived from everything shown here "
        )
        return f"{said}together, {self._first}." if self.n_exposed else f"{said}together."

    @property
    def _first(self) -> str:
        first = self.table.filter("exposed").row(0, named=True)
        return f"the first in release {first['release']}: {first['figure']}"

    def require_none(self) -> None:
        """Raise where a small count can be derived: what was to be published is not.

        Raises
        ------
        ArithmeticError
            When there is any.
        """
        if self.n_exposed:
            raise ArithmeticError(
                f"The audit of what was to be published found {self.n_exposed:,} of 1–{self.threshold - 1} that can be "
                f"derived, {self._first}. None may be. Publish nothing, and report the attributes of these tables as "
                "an error of this package."
            )

    def __repr__(self) -> str:
        return f"{self.sentence}\n{self.table}"


def audit(
    tables: Tables, *, earlier: Sequence[Tables] = (), threshold: int = THRESHOLD, implied: Implied = ()
) -> Audit:
    """Return what can be derived from published tables of one population and its earlier releases.

    The reader is taken to know everything shown, that counts are whole numbers, that a hidden cell is not 0 unless it
    is part of a group of which nothing is shown, that patients are added from release to release, and what the
    categories mean. A number of patients is exposed when all tables that agree with this keep it below the threshold,
    also where they all keep a hidden one at 0; a change may be known to be none. So of a hidden cell one may not even
    learn that it is small, from anything but its mark. A change between releases is a number of patients too. Limits
    come from linear programs; that a cell may reach the threshold is only believed of a table of whole numbers.

    Parameters
    ----------
    tables : sequence of Census or polars.DataFrame
        As they are published, hidden numbers null. A frame has the attributes, n_patients, n_total and the shares. In
        each table a patient counts once.
    earlier : sequence of sequences
        The tables of earlier releases, oldest first; or what `suppress` gave for each.
    threshold : int
        The smallest count that may be known.
    implied : sequence of (Cell, Cell)
        Groups of which the first is part of the second, as a reader may know.

    Returns
    -------
    Audit
        ``.n_exposed`` is 0 when nothing can be derived.

    Raises
    ------
    ValueError
        When the tables contradict one another, do not count patients, count one in several cells, are too large
        together, or have attributes that cannot be read together.

    References
    ----------
    Fischetti M, Salazar-González JJ. Models and algorithms for optimizing cell suppression in tabular data with
    linear constraints. J Am Stat Assoc 2000;95:916-928. DOI 10.1080/01621459.2000.10474282

    Examples
    --------
    One hidden cell is the total less the others; of two, each may be anything that leaves the other one patient.

    >>> sexes = pl.DataFrame({"sex": ["Female", "Male", "Other"], "n_patients": [40, 30, None], "n_total": [75] * 3})
    >>> audit([sexes]).table.filter("exposed").rows()
    [(1, 'sex Other', 5, 5, True)]
    >>> audit([sexes.with_columns(n_patients=pl.Series([40, None, None]))]).n_exposed
    0
    """
    given = [getattr(release, "tables", release) for release in earlier]
    releases = [read_published(each) for each in (*given, tables)]
    return audit_releases(releases, threshold=threshold, implied=implied)


def audit_releases(
    releases: Sequence[Published], *, threshold: int, implied: Implied = (), dropped: Collection[int] = ()
) -> Audit:
    """Return the audit of releases that have been read.

    Parameters
    ----------
    releases : sequence of Published
        Oldest first.
    threshold : int
        The smallest count that may be known.
    implied : sequence of (Cell, Cell)
        Groups of which the first is part of the second, as a reader may know.
    dropped : collection of int
        Positions of the assumptions that the true counts contradict.

    Returns
    -------
    Audit
        As `audit`.
    """
    giveaways = [
        (at, f"share of {words}", None, None, True)
        for at, release in enumerate(releases, start=1)
        for words in release.giveaways
    ]
    knowledge = read_knowledge(releases, implied=implied).without(dropped)
    found = audit_knowledge(knowledge, threshold=threshold)
    return replace(found, table=found.table.vstack(pl.DataFrame(giveaways, schema=found.table.schema, orient="row")))


def audit_knowledge(knowledge: Knowledge, *, threshold: int) -> Audit:
    """Return the audit of what a reader knows.

    Parameters
    ----------
    knowledge : Knowledge
        Of tables as they are published.
    threshold : int
        The smallest count that may be known.

    Returns
    -------
    Audit
        As `audit`.
    """
    findings = [
        (each.expression.release + 1, each.expression.words, each.low, each.high, each.exposed)
        for each in examine(knowledge.settled(), threshold=threshold)
    ]
    schema = {"release": pl.Int64, "figure": pl.String, "low": pl.Int64, "high": pl.Int64, "exposed": pl.Boolean}
    return Audit(pl.DataFrame(findings, schema=schema, orient="row"), threshold)
