"""Look at images: slices by canvas, volumes in 3-D by itkwidgets, thumbnails, contact sheets and before beside after.

Nothing here imports Polars or Altair to show an image, so that a public page can show a phantom.
"""

from collections.abc import Mapping
from typing import Any, Literal

from workbench.errors import unknown_name
from workbench.imaging.images import Image
from workbench.presentation.viewer.comparing import Comparison, compare_images
from workbench.presentation.viewer.pictures import thumbnail
from workbench.presentation.viewer.sheets import contact_sheet
from workbench.presentation.viewer.slices import SliceViewer

__all__ = ["Comparison", "SliceViewer", "compare_images", "contact_sheet", "thumbnail", "view"]

_MODES = ("auto", "3d", "slices")


def view(
    image: Image,
    *,
    mask: Any = None,
    mode: Literal["auto", "3d", "slices"] = "auto",
    labels: Mapping[int, str] | None = None,
) -> Any:
    """Return a widget that shows an image; make it the last line of a cell.

    Parameters
    ----------
    image : Volume, Radiograph or Cine
        What to look at.
    mask : array, Image or mapping of str to array, optional
        Laid over the image, of its shape: true or a whole number above 0 where a label is. A mapping names several.
    mode : {"auto", "3d", "slices"}
        ``"3d"`` draws a volume with itkwidgets and WebGL; ``"slices"`` needs neither. ``"auto"`` takes 3-D where
        itkwidgets and its checked bundle are installed and the volume is small, and else says in one sentence why not.
    labels : mapping of int to str, optional
        Names of the mask's values.

    Returns
    -------
    SliceViewer or itkwidgets.Viewer
        Live in JupyterLab and Voila.

    Raises
    ------
    UnknownNameError
        For another mode.
    TypeError
        When something else than an image came.
    ValueError
        When the mask does not fit, or 3-D was asked for and cannot be drawn.
    MissingPackageError
        When 3-D was asked for and itkwidgets is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.imaging.images import Volume
    >>> volume = Volume(np.zeros((4, 8, 8), "int16"), spacing_mm=(5.0, 1.0, 1.0), units="HU", modality="CT")
    >>> view(volume, mode="slices").position
    [2, 4, 4]
    """
    if mode not in _MODES:
        raise unknown_name("mode", mode, _MODES, where="view(…)", then="Leave it out for 'auto'.")
    if mode == "slices":
        return SliceViewer(image, mask=mask, labels=labels)
    from workbench.presentation.viewer.rendering import render_volume, why_not_rendered

    reason = why_not_rendered(image) if mode == "auto" else ""
    if reason:
        return SliceViewer(image, mask=mask, labels=labels, note=reason)
    return render_volume(image, mask=mask, labels=labels)
