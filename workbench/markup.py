"""What objects show of themselves in a notebook: words to the left, all of it escaped, addresses as short links."""

import html
from collections.abc import Collection, Iterable, Sequence

_LEFT = ' style="text-align:left"'  # words; notebooks set everything to the right


class Markup(str):
    """Text that is HTML already, and is not escaped again."""

    __slots__ = ()


def html_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Collection[str] = (), heads: bool = False
) -> Markup:
    """Return a table for a notebook.

    Parameters
    ----------
    columns : sequence of str
        Their names.
    rows : iterable of sequence of object
        A cell each; `Markup` stands as it is, an address becomes a link, anything else is text.
    numbers : collection of str
        Columns of numbers, which stay to the right.
    heads : bool
        Whether the first cell of a row names the row.

    Returns
    -------
    Markup
        HTML.

    Examples
    --------
    >>> html_table(["n"], [["< 7"]], numbers=["n"])
    '<table><thead><tr><th scope="col">n</th></tr></thead><tbody><tr><td>&lt; 7</td></tr></tbody></table>'
    """
    styles = ["" if name in numbers else _LEFT for name in columns]
    head = "".join(
        f'<th scope="col"{style}>{html.escape(name)}</th>' for name, style in zip(columns, styles, strict=True)
    )
    body = "".join(f"<tr>{_cells(row, styles, heads=heads)}</tr>" for row in rows)
    return Markup(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")


def link(address: str, words: str = "source") -> Markup:
    """Return a link with words of its own; only the words where an address is none of the web.

    Parameters
    ----------
    address : str
        Where it leads.
    words : str
        What is shown.

    Returns
    -------
    Markup
        HTML.

    Examples
    --------
    >>> link("https://example.org/a?b&c"), link("javascript:alert(1)", "A & B")
    ('<a href="https://example.org/a?b&amp;c" target="_blank" rel="noopener">source</a>', 'A &amp; B')
    """
    shown = html.escape(words)
    if not address.startswith(("https://", "http://")):
        return Markup(shown)
    return Markup(f'<a href="{html.escape(address)}" target="_blank" rel="noopener">{shown}</a>')


def _cells(row: Sequence[object], styles: Sequence[str], *, heads: bool) -> str:
    told = [_shown(cell) for cell in row]
    cells = [f"<td{style}>{cell}</td>" for cell, style in zip(told, styles, strict=True)]
    if heads:
        cells[0] = f'<th scope="row"{styles[0]}>{told[0]}</th>'
    return "".join(cells)


def _shown(cell: object) -> str:
    text = "" if cell is None else str(cell)
    if isinstance(cell, Markup):
        return text
    return link(text, "open") if text.startswith("https://") and " " not in text else html.escape(text)
