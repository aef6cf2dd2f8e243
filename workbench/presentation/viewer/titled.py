"""Drawings of images that keep title and footnote when they are saved: a picture is passed on without its page."""

import html
import re
from dataclasses import dataclass

from workbench.presentation.figure import Drawing
from workbench.presentation.theme import FONT, INK, in_lines

_PAD, _TITLE, _NOTE = 16, 16, 12  # pixels: around, and the sizes of letters
_LINE = 1.35
_LETTER = 0.56  # of a letter's size, its usual width; bold ones are wider
_LEAST_WIDTH = 320


@dataclass(frozen=True, eq=False, repr=False)
class TitledDrawing(Drawing):
    """A drawing whose saved picture has its title above it and its footnote below."""

    def png(self, *, scale: float = 2.0) -> bytes:
        """Return the drawing with its words as PNG.

        Parameters
        ----------
        scale : float
            Pixels per point.

        Returns
        -------
        bytes
            A PNG file on white.
        """
        import vl_convert

        return bytes(vl_convert.svg_to_png(self._titled_svg(), scale=scale))

    def _titled_svg(self) -> str:
        found = re.match(r'<svg [^>]*viewBox="0 0 ([\d.]+) ([\d.]+)"', self.svg)
        wide, tall = (float(found[1]), float(found[2])) if found else (_LEAST_WIDTH, _LEAST_WIDTH)
        room = max(wide, _LEAST_WIDTH)
        parts: list[str] = []
        top = _words(parts, self.title, _PAD, room, bold=True)
        top = _words(parts, self.subtitle, top, room)
        parts.append(self.svg.replace("<svg ", f'<svg x="{_PAD}" y="{top + _PAD / 2:g}" ', 1))
        bottom = _words(parts, self.footnote, top + _PAD + tall, room)
        width, height = room + 2 * _PAD, bottom + _PAD
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
            f'height="{height:g}" role="img" aria-label="{html.escape(self.description, quote=True)}" '
            f'font-family="{html.escape(FONT, quote=True)}" fill="{INK}">'
            f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>{"".join(parts)}</svg>'
        )


def _words(parts: list[str], text: str, top: float, room: float, *, bold: bool = False) -> float:
    """Add lines of text from `top` down; return where they end."""
    size = _TITLE if bold else _NOTE
    weight = ' font-weight="bold"' if bold else ""
    for line in in_lines(text, int(room / (size * _LETTER * (1.1 if bold else 1.0)))):
        top += size * _LINE
        place = f'x="{_PAD}" y="{top - 0.3 * size:g}" font-size="{size}"{weight}'
        parts.append(f"<text {place}>{html.escape(line)}</text>")
    return top
