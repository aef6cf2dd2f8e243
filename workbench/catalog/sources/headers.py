"""Tell the names of columns from a first row of data, so that no message repeats what may name a patient."""

import re
from collections.abc import Iterable, Sequence

from workbench.catalog.sources.gen3_nodes import NODES
from workbench.errors import UnknownNameError, unknown_name
from workbench.vocabulary.column_names import PATIENT_NAMES, SERIES_NAMES, STUDY_NAMES

_COMMON = (
    *("subject", "patient", "pid", "mrn", "id", "uid", "gender", "sex", "age", "dob", "birth_date", "ethnic_group"),
    *("type", "site", "date", "outcome", "diagnosis", "label", "group", "cohort", "arm", "visit", "score", "smoker"),
    *("patientid", "patientname", "studyinstanceuid", "seriesinstanceuid", "accession", "accession_number", "weight"),
    *("bodypartexamined", "studydescription", "seriesdescription", "patientsex", "patientage", "height", "bmi"),
)
_KNOWN = frozenset(
    {
        *(name.casefold() for name in (*PATIENT_NAMES, *STUDY_NAMES, *SERIES_NAMES, *_COMMON)),
        *(spelling for node in NODES.values() for spellings in node.columns.values() for spelling in spellings),
    }
)
_NUMBERED = re.compile(r"_\d{1,2}$")  # case_ids_0, case_ids_1
_SPACE = re.compile(r"[ \-]+")
_OF_A_COLUMN = re.compile(
    r"[A-Za-z]+[ _.-](?i:id|uid|ids|date|code|status|type|age|number)|[A-Za-z]*[a-z](ID|UID|Id|Uid)"
)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_ .()/%-]{0,60}")
_NUMBER = re.compile(r"(?<![A-Za-z0-9])\d|\d{3}")


def looks_like_header(names: Iterable[str]) -> bool:
    """Return whether a first line holds names of columns: one of them at least is what columns are called.

    Parameters
    ----------
    names : iterable of str
        The fields of the line.

    Returns
    -------
    bool
        False for identifiers, names of people, numbers and categories alone.

    Examples
    --------
    >>> looks_like_header(["subject", "gender"]), looks_like_header(["A-1", "Doe John", "F"])
    (True, False)
    """
    return any(_is_known(name) or _OF_A_COLUMN.fullmatch(name.strip()) for name in names)


def shown_names(names: Sequence[str]) -> list[str]:
    """Return the names of columns that a message may repeat; of a line that is no header, none.

    Parameters
    ----------
    names : sequence of str
        The header.

    Returns
    -------
    list of str
        In the order given, without those that may be identifiers.

    Examples
    --------
    >>> shown_names(["patient_id", "weight kg", "A-1"])
    ['patient_id', 'weight kg']
    """
    if not looks_like_header(names):
        return []
    return [name for name in names if _is_known(name) or (_PLAIN.fullmatch(name) and not _NUMBER.search(name))]


def no_header(n_columns: int) -> str:
    """Return the words for a first line that is not repeated.

    Parameters
    ----------
    n_columns : int
        How many fields it has.

    Returns
    -------
    str
        Without a full stop.

    Examples
    --------
    >>> no_header(1)
    'the first line does not look like a header; 1 column'
    """
    return f"the first line does not look like a header; {n_columns:,} column{'s' * (n_columns != 1)}"


def no_column(got: str, names: Sequence[str], *, then: str) -> UnknownNameError:
    """Return the error for a column that a table lacks; names the columns only where they are names.

    Parameters
    ----------
    got : str
        What was asked for.
    names : sequence of str
        The columns of the table.
    then : str
        The one thing to do next.

    Returns
    -------
    UnknownNameError
        To be raised by the caller.

    Examples
    --------
    >>> print(no_column("patient_id", ["A-1", "F"], then="Add a header."))
    No column 'patient_id' in the table: the first line does not look like a header; 2 columns. Add a header.
    """
    shown = shown_names(names)
    if shown:
        return unknown_name("column", got, shown, where="the table", then=then)
    return UnknownNameError(f"No column {got!r} in the table: {no_header(len(names))}. {then}")


def _is_known(name: str) -> bool:
    plain = _NUMBERED.sub("", name.strip())
    return plain in _KNOWN or _SPACE.sub("_", plain).casefold() in _KNOWN
