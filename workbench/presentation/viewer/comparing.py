"""Before and after, one over the other, with a divider that is moved by mouse, touch or keyboard; no kernel needed."""

from dataclasses import dataclass

from workbench.imaging.images import Image


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Two pictures of one image; shows itself in JupyterLab, Voila, nbviewer and exported pages.

    Attributes
    ----------
    html : str
        The whole of it, fetching nothing.
    description : str
        What is compared, in words.
    """

    html: str
    description: str


def compare_images(
    before: Image,
    after: Image,
    *,
    captions: tuple[str, str] = ("Before", "After"),
    position: int | None = None,
    size: int = 640,
) -> Comparison:
    """Return two images one over the other, with a divider between them.

    Parameters
    ----------
    before, after : Image
        Of volumes one slice is shown, of cines one frame.
    captions : tuple of str
        What each is called.
    position : int, optional
        Index along the first axis of `before`; by default the middle. `after` is cut at the same share of its length.
    size : int
        Longest side, in pixels.

    Returns
    -------
    Comparison
        Make it the last line of a cell.
    """
    raise NotImplementedError
