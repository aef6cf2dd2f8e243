"""May it be used commercially, and under which license: two sentences for every public page."""

import polars as pl

from workbench.presentation.charts import wording
from workbench.presentation.publication import Publication
from workbench.vocabulary.licenses import UNSTATED, allows_commercial_use

_ASK = "Ask the contact before any use."
_FOR_ALL = ", stated by the commons for all of it; the series themselves state none"
_SOME = 3  # licenses named in a sentence


def terms_of_use(publication: Publication) -> dict[str, str]:
    """Return whether a source may be used commercially, and under which license.

    Parameters
    ----------
    publication : Publication
        Of a controlled source no series are counted: only the license of the identity, and whether licenses differ.

    Returns
    -------
    dict of str to str
        ``commercial`` begins with Yes, No, In part or Not stated; ``license`` names the licenses.
    """
    stated = publication.identity.license
    licenses = publication.catalog.everything.licenses
    known = licenses.filter(~pl.col("license").fill_null("").is_in(UNSTATED))
    if known.is_empty():
        return _declared(stated, invented=publication.disclosure == "synthetic", by_publisher=True)
    if not publication.is_open:
        return _of_controlled(stated, list(known["license"]))
    n_total = int(licenses["n_series"].sum())
    named = f"{_listed(known, n_total)}." if known.height > 1 else f"{known['license'][0]}."
    commercial = " ".join(filter(None, (_commercial(licenses, n_total), _of_acquired(publication, n_total))))
    return {"commercial": commercial, "license": f"{stated}. {named}" if stated else named}


def _declared(stated: str, *, invented: bool, by_publisher: bool = False) -> dict[str, str]:
    """What the identity says, where no series states a license."""
    if not stated and invented:
        return {
            "commercial": "Not stated: the patients are invented and the source names no license.",
            "license": "Invented: no such patient exists.",
        }
    if not stated:
        return {
            "commercial": f"Not stated: the source names no license. {_ASK}",
            "license": f"The source names no license. {_ASK}",
        }
    allowed = allows_commercial_use(stated)
    said = {
        True: f"Yes, under {stated}.",
        False: f"No: {stated} excludes it.",
        None: f"Not stated: read the terms, {stated}.",
    }
    return {"commercial": said[allowed], "license": f"{stated}{_FOR_ALL}." if by_publisher else f"{stated}."}


def _of_controlled(stated: str, names: list[str]) -> dict[str, str]:
    if stated or len(names) == 1:
        return _declared(stated or names[0], invented=False)
    answers = {allows_commercial_use(name) for name in names}
    said = f"In part: licenses differ between series. {_ASK}"
    if answers == {True}:
        said = "Yes: every license in use allows it."
    elif answers == {False}:
        said = "No: every license in use excludes it."
    return {"commercial": said, "license": "Licenses differ between series; each series names its own."}


def _commercial(licenses: pl.DataFrame, n_total: int) -> str:
    answers = [allows_commercial_use(name) for name in licenses["license"]]
    asked = licenses.with_columns(answer=pl.Series(answers, dtype=pl.Boolean))
    n_yes, n_no, n_unknown = (
        int(asked.filter(pl.col("answer").eq_missing(answer))["n_series"].sum()) for answer in (True, False, None)
    )
    if n_yes == n_total:
        return f"Yes: the licenses of all {n_total:,} series allow it."
    if n_no == n_total:
        return f"No: the licenses of all {n_total:,} series exclude it."
    told = [f"{n_no:,} exclude it"] if n_no else []
    told += [f"{n_unknown:,} stand under terms that must be read"] if n_unknown else []
    if not n_yes:
        return f"Not stated: of {n_total:,} series, {' and '.join(told)}."
    share = wording.percent(n_yes / n_total)
    return f"In part: {share} of {n_total:,} series allow it; {' and '.join(told)}."


def _of_acquired(publication: Publication, n_total: int) -> str:
    """The same of acquired images, where derived objects have another share; empty where it is all or nothing."""
    acquired = publication.catalog.everything.where(derived=False).licenses
    n_acquired = int(acquired["n_series"].sum())
    answers = [allows_commercial_use(name) is True for name in acquired["license"]]
    allowed = acquired.filter(pl.Series(answers, dtype=pl.Boolean))
    n_yes = int(allowed["n_series"].sum())
    if not n_acquired or n_acquired == n_total or n_yes in (0, n_acquired):
        return ""
    return f"Of {n_acquired:,} series of acquired images, {wording.percent(n_yes / n_acquired)} do."


def _listed(known: pl.DataFrame, n_total: int) -> str:
    """The licenses with their shares, the most frequent first."""
    named = [
        f"{name} ({wording.percent(n / n_total)} of series)"
        for name, n in known.select("license", "n_series").head(_SOME).iter_rows()
    ]
    more = known.height - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")
