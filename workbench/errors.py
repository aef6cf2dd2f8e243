"""Messages in three parts: what came, what would be right, what to do next; and words that sentences share."""

import difflib
from collections.abc import Iterable

_LONGEST_SHOWN = 80  # characters of what came
_LONGEST_NAME = 1_000  # characters that are searched for a misspelling


class UnknownNameError(LookupError):
    """A name that is not among the valid ones; the message lists the nearest.

    Raised for an unknown column, category, report, parameter or reference
    population, so that one ``except`` catches every misspelling.
    """

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class MissingPackageError(ImportError):
    """A package that a feature needs is not installed; the message names the command."""


def unknown_name(kind: str, got: object, options: Iterable[str], *, where: str, then: str) -> UnknownNameError:
    """Return the error for a misspelled name, with the nearest valid names first.

    Parameters
    ----------
    kind : str
        What the name should have been, such as ``"column"``.
    got : object
        What came.
    options : iterable of str
        Every valid name.
    where : str
        The place that was searched, such as ``"the series of IDC v25"``.
    then : str
        The one thing to do next.

    Returns
    -------
    UnknownNameError
        To be raised by the caller.

    Examples
    --------
    >>> print(unknown_name("column", "modalty", ["modality", "sex"], where="series", then="Use one of these."))
    No column 'modalty' in series. Did you mean 'modality'? Valid: modality, sex. Use one of these.
    """
    names = list(options)
    between = "; " if any("," in name for name in names) else ", "
    shown = between.join(names[:12]) + (f", … ({len(names)} in all)" if len(names) > 12 else "")
    return UnknownNameError(
        f"No {kind} {brief(repr(got))} in {where}.{did_you_mean(got, names)} Valid: {shown}. {then}"
    )


def did_you_mean(got: object, options: Iterable[str], *, most: int = 3) -> str:
    """Return the question for a misspelled name, to follow what a message says of it.

    Parameters
    ----------
    got : object
        The name that was not found.
    options : iterable of str
        The valid names.
    most : int
        How many to offer.

    Returns
    -------
    str
        With a space before it; empty when nothing resembles the name.

    Examples
    --------
    >>> did_you_mean("modalty", ["modality", "sex"])
    " Did you mean 'modality'?"
    """
    nearest = nearest_names(str(got)[:_LONGEST_NAME], options, most=most)
    return f" Did you mean {' or '.join(map(repr, nearest))}?" if nearest else ""


def brief(words: object) -> str:
    """Return what came as a message shows it: at most 80 characters, whatever a file holds.

    Parameters
    ----------
    words : object
        What came.

    Returns
    -------
    str
        An ellipsis at its end says that more followed.

    Examples
    --------
    >>> brief("25.0.5")
    '25.0.5'
    >>> len(brief("9" * 400))
    80
    """
    shown = str(words)
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[: _LONGEST_SHOWN - 1]}…"


def listed(words: Iterable[str], last: str = "and") -> str:
    """Return words as a list in a sentence.

    Parameters
    ----------
    words : iterable of str
        In order.
    last : str
        What stands before the last.

    Returns
    -------
    str
        Empty for none.

    Examples
    --------
    >>> listed(["sex", "race", "age"]), listed(["sex", "race"], "or"), listed(["age"])
    ('sex, race and age', 'sex or race', 'age')
    """
    given = list(words)
    return f" {last} ".join([", ".join(given[:-1]), given[-1]] if len(given) > 1 else given)


def nearest_names(got: str, options: Iterable[str], *, most: int = 3) -> list[str]:
    """Return up to `most` options spelled like `got`, ignoring case, nearest first.

    Parameters
    ----------
    got : str
        The name that was not found.
    options : iterable of str
        The valid names.
    most : int
        The longest list to return.

    Returns
    -------
    list of str
        Empty when nothing resembles `got`.

    Examples
    --------
    >>> nearest_names("chest", ["Chest", "Chest and abdomen", "Head"])
    ['Chest']
    """
    folded = {option.casefold(): option for option in options}
    close = difflib.get_close_matches(got.casefold(), list(folded), n=most, cutoff=0.6)
    return [folded[name] for name in close]
