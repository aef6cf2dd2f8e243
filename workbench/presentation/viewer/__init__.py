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
from workbench.presentation.viewer.switching import VolumeViewer

__all__ = ["Comparison", "SliceViewer", "VolumeViewer", "compare_images", "contact_sheet", "thumbnail", "view"]

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
        ``"3d"`` draws a volume with itkwidgets and WebGL; ``"slices"`` needs neither. ``"auto"`` begins with slices
        and goes over to 3-D where itkwidgets and its checked bundle are installed, the volume is small and the browser
        draws WebGL by a graphics card; else it says in one sentence why not.
    labels : mapping of int to str, optional
        Names of the mask's values.

    Returns
    -------
    SliceViewer or VolumeViewer
        Live in JupyterLab and Voila; the latter has a button between slices and 3-D.

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
    from workbench.presentation.viewer.rendering import check_rendered, why_not_rendered

    reason = why_not_rendered(image) if mode == "auto" else ""
    if reason:
        return SliceViewer(image, mask=mask, labels=labels, note=reason)
    if mode == "3d":
        check_rendered(image)
    return VolumeViewer(image, mask=mask, labels=labels, in_3d=mode == "3d")
