"""Text as Markdown that shows it, whatever signs it holds.

References
----------
CommonMark 0.31.2, section 2.4 "Backslash escapes", https://spec.commonmark.org/0.31.2/
GitHub Flavored Markdown 0.29, section 4.10 "Tables", https://github.github.com/gfm/
"""

import re
from collections.abc import Iterable, Sequence

_SIGNS = re.compile(r"[\\`*_{}\[\]<>|&~$]")
_STARTS = re.compile(r"^([#+=-]|\d+(?=[.)]))")  # what makes a heading, a rule or a list at the start of a line

_ENDS = re.compile(r"[<>`|\\ \x00-\x1f]")  # what ends an address, or the cell it stands in


def plain(text: object) -> str:
    r"""Return text on one line, every sign of it shown as it is.

    Parameters
    ----------
    text : object
        Anything.

    Returns
    -------
    str
        Line breaks are blanks.

    Examples
    --------
    >>> print(plain("a|b <i> *c*"))
    a\|b \<i\> \*c\*
    """
    line = " ".join(str(text).split())
    marked = _SIGNS.sub(lambda sign: f"\\{sign[0]}", line)
    return _STARTS.sub(lambda start: f"{start[1]}\\" if start[1].isdigit() else f"\\{start[1]}", marked)


def link(address: str) -> str:
    """Return an address that can be followed.

    Parameters
    ----------
    address : str
        With its scheme.

    Returns
    -------
    str
        In angle brackets; signs that would end it are encoded.

    Examples
    --------
    >>> link("https://example.org/a>b")
    '<https://example.org/a%3Eb>'
    """
    return f"<{_ENDS.sub(lambda sign: f'%{ord(sign[0]):02X}', address)}>"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""Return a table.

    Parameters
    ----------
    heads : sequence of str
        Names of the columns, in plain words.
    rows : iterable of sequence of str
        Cells that are Markdown already.

    Returns
    -------
    str
        Empty when there are no rows.

    Examples
    --------
    >>> print(table(["a"], [["1"]]))
    | a |
    |---|
    | 1 |
    """
    lines = [f"| {' | '.join(cells)} |" for cells in rows]
    return "\n".join([f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *lines]) if lines else ""


def fenced(text: str, language: str) -> str:
    """Return text as a block that is shown letter by letter.

    Parameters
    ----------
    text : str
        Perhaps with fences inside.
    language : str
        Such as ``"bibtex"``.

    Returns
    -------
    str
        Between fences longer than any inside.

    Examples
    --------
    >>> print(fenced("@misc{a}", "bibtex"))
    ```bibtex
    @misc{a}
    ```
    """
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
