"""Words that sentences share: what an attribute is called, percentages, and lists."""

from collections.abc import Sequence

from workbench.assessment.table_one_text import attribute_words, in_percent

_PLAIN = {"age_group": "age", "age_decade": "age", "first_version": "IDC version"}
_ONE = {"patients": "patient", "studies": "study", "instances": "instance", "collections": "collection"}
#: Of a share or a distance: 1 of 100. A sentence claims no direction of a change that is less.
LEAST_CHANGE = 0.01

_MOST_NAMES = 3
_ROUNDING = 1e-12  # what adding up shares leaves; a person among all the people alive is a hundred times more


def plain_words(attribute: str) -> str:
    """Return an attribute as a sentence calls it, without its unit.

    Parameters
    ----------
    attribute : str
        A column name.

    Returns
    -------
    str
        In lower case, but for names; a band of ages is an age.

    Examples
    --------
    >>> plain_words("age_group"), plain_words("first_version"), plain_words("slice_thickness_mm")
    ('age', 'IDC version', 'slice thickness')
    """
    return _PLAIN.get(attribute) or attribute_words(attribute).split(",")[0]


def counted(n: int, units: str) -> str:
    """Return a number with its unit, in the singular where it is one.

    Parameters
    ----------
    n : int
        How many.
    units : {"patients", "studies", "series", "instances", "collections"}
        Of what.

    Returns
    -------
    str
        Such as ``"1 study"`` or ``"2,077 patients"``.

    Examples
    --------
    >>> counted(1, "studies"), counted(2077, "patients")
    ('1 study', '2,077 patients')
    """
    return f"{n:,} {_ONE.get(units, units) if n == 1 else units}"


def sized(size_gb: float, *, largest: str = "TB", n_series: int = 0) -> str:
    """Return a size in the unit that fits: from a tenth of one on, down to kB.

    Parameters
    ----------
    size_gb : float
        In GB, of 10⁹ bytes.
    largest : {"TB", "GB"}
        The unit above which there is none.
    n_series : int
        How many series have the size: of some, a size of 0 was not recorded.

    Returns
    -------
    str
        With one digit behind the point.

    Examples
    --------
    >>> sized(99_900.0), sized(14.2), sized(0.0154), sized(5e-6), sized(1234.5, largest="GB")
    ('99.9 TB', '14.2 GB', '15.4 MB', '5 kB', '1,234.5 GB')
    >>> sized(0.0, n_series=3)
    'size not recorded'
    """
    if n_series and not size_gb:
        return "size not recorded"
    if largest == "TB" and size_gb >= 100:
        return f"{size_gb / 1000:,.1f} TB"
    if size_gb >= 0.1:
        return f"{size_gb:,.1f} GB"
    return f"{size_gb * 1e3:,.1f} MB" if size_gb >= 1e-4 else f"{size_gb * 1e6:,.0f} kB"


def percentage(fraction: float, *, digits: int = 1) -> str:
    """Return a share in percent, never rounded to none or all.

    Parameters
    ----------
    fraction : float
        0 to 1.
    digits : int
        Decimals.

    Returns
    -------
    str
        With a space before the sign.

    Examples
    --------
    >>> percentage(0.75), percentage(1999 / 2000), percentage(1 / 5000), percentage(0.999, digits=0)
    ('75.0 %', 'over 99.9 %', 'under 0.1 %', 'over 99 %')
    """
    smallest, said = 10.0**-digits, in_percent(fraction, digits=digits)
    if fraction > _ROUNDING and not float(said):
        return f"under {smallest:.{digits}f} %"
    if fraction < 1 - _ROUNDING and float(said) == 100:
        return f"over {100 - smallest:.{digits}f} %"
    return f"{said} %"


def some_of(names: Sequence[str], *, n_more: int = 0) -> str:
    """Return the first three groups as a list in a sentence, the rest as a number.

    Parameters
    ----------
    names : sequence of str
        In order; between those that hold commas themselves stands a semicolon.
    n_more : int
        How many there are beyond these.

    Returns
    -------
    str
        Such as "A, B, C and 2 more".

    Examples
    --------
    >>> some_of(["A", "B", "C", "D", "E"]), some_of(["A, Male", "B, Male"])
    ('A, B, C and 2 more', 'A, Male and B, Male')
    """
    shown, n_more = list(names[:_MOST_NAMES]), n_more + len(names[_MOST_NAMES:])
    between = "; " if any(", " in name for name in shown) else ", "
    if n_more:
        return f"{between.join(shown)} and {n_more:,} more"
    return " and ".join([between.join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
