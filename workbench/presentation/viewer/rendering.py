"""Volumes in 3-D by itkwidgets and WebGL; where it cannot be, the reason in a sentence."""

import math
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.errors import MissingPackageError
from workbench.imaging.arrays import to_host
from workbench.imaging.images import Image, Volume
from workbench.presentation.viewer.bundle import check_bundle
from workbench.presentation.viewer.masks import Overlay, overlay_of
from workbench.presentation.viewer.planes import pixel_mm, planes_of
from workbench.presentation.viewer.scenes import block_means
from workbench.presentation.viewer.windows import windows_of

#: A volume of more voxels is shown as slices unless 3-D is asked for: 192 cubed, above which itkwidgets coarsens.
MOST_VOXELS = 192**3
_LONGEST_AXIS = 192
_AWAY = 1.15  # times the diagonal: the whole is in sight
_BONE_HU, _SOFT_TISSUE_HU = 410.0, 60.0  # the middle of what is drawn of each


def why_not_rendered(image: Image) -> str:
    """Return why an image is not drawn in 3-D without being asked.

    Parameters
    ----------
    image : Image
        What would be drawn.

    Returns
    -------
    str
        One sentence or two; empty where nothing stands against it.

    Examples
    --------
    >>> from workbench.imaging.images import Radiograph
    >>> why_not_rendered(Radiograph(np.zeros((4, 4)), spacing_mm=None))
    'Shown flat: only a volume of two slices or more has a third dimension.'
    """
    if not isinstance(image, Volume) or min(image.shape) < 2:
        return "Shown flat: only a volume of two slices or more has a third dimension."
    n_voxels = math.prod(image.shape)
    if n_voxels > MOST_VOXELS:
        return (
            f"Shown as slices: {n_voxels / 1e6:,.0f} million voxels are more than the {MOST_VOXELS / 1e6:.0f} million "
            "that are drawn in 3-D unasked. Ask for it: view(…, mode='3d')"
        )
    state = check_bundle()
    return "" if state.ready else f"Shown as slices: {state.words}"


def check_rendered(image: Image) -> Volume:
    """Return the image, or raise where it cannot be drawn in 3-D, whatever the browser can.

    Parameters
    ----------
    image : Image
        What would be drawn.

    Returns
    -------
    Volume
        The same.

    Raises
    ------
    TypeError
        When it is no volume.
    ValueError
        When there is one slice only.
    MissingPackageError
        When itkwidgets or its bundle is not installed.
    """
    if not isinstance(image, Volume):
        raise TypeError(
            f"A {type(image).__name__} was received. Only a Volume is drawn in 3-D. "
            "Show it flat: view(…, mode='slices')"
        )
    if len(image.shape) != 3 or min(image.shape) < 2:
        raise ValueError(
            f"A volume of shape {image.shape} was received. At least two voxels along each of three axes are drawn in "
            "3-D. Show it flat: view(…, mode='slices')"
        )
    state = check_bundle()
    if not state.ready:
        raise MissingPackageError(
            f"{state.words}. Volumes are drawn in 3-D by itkwidgets. Without it, show them flat: view(…, mode='slices')"
        )
    return image


def render_volume(image: Image, *, mask: Any = None, labels: Mapping[int, str] | None = None) -> Any:
    """Return an itkwidgets viewer of a volume, seen from the front, each label of its mask as a surface of its color.

    Parameters
    ----------
    image : Volume
        Axes of more than 192 voxels are coarsened to block means first.
    mask : array, Image or mapping of str to array, optional
        Laid over it, of its shape.
    labels : mapping of int to str, optional
        Names of the mask's values.

    Returns
    -------
    itkwidgets.Viewer
        Needs WebGL in the browser, and ``workbench viewer install`` once.

    Raises
    ------
    TypeError
        When it is no volume.
    MissingPackageError
        When itkwidgets or its bundle is not installed.
    ValueError
        When the mask does not fit, or there is one slice only.
    """
    volume = check_rendered(image)
    overlay = overlay_of(image, mask, labels)
    with warnings.catch_warnings():
        # ITK's modules warn while they load, and where warnings are errors the interpreter would end there.
        warnings.simplefilter("ignore")
        return _viewer(volume, overlay)


def _viewer(image: Volume, overlay: Overlay | None) -> Any:
    import itkwidgets

    factors = tuple(-(-side // _LONGEST_AXIS) for side in image.shape)
    array = block_means(_shown(np.asarray(to_host(image.array))), factors)
    window = windows_of(image)[0]
    options: dict[str, Any] = {
        "image": _itk_image(array, image, factors),
        "cmap": "Grayscale",
        "vmin": [window.center - window.width / 2],
        "vmax": [window.center + window.width / 2],
        "channels": [True],  # without it, its script stops half-way through setting up (null.forEach)
        "units": "mm" if pixel_mm(image, planes_of(image)[0]) else "",
        "background": (1.0, 1.0, 1.0),  # on black, thin shaded bone is hard to see
        "ui_collapsed": True,
        "camera": _from_the_front(image),
    }
    if image.units == "HU":
        options["opacity_gaussians"] = [
            _see_through(float(array.min()), float(array.max()), masked=overlay is not None)
        ]
    if overlay is not None:
        options |= _surfaces(overlay, image, factors)
    return itkwidgets.Viewer(**options)


def _surfaces(overlay: Overlay, image: Volume, factors: tuple[int, ...]) -> dict[str, Any]:
    """A closed surface of each label; drawn by the volume's ray, a label of thin tissue would hardly be seen."""
    import itk
    from itkwidgets._transform_types import to_geometry

    cut = np.pad(overlay.array[tuple(slice(factor // 2, None, factor) for factor in factors)], 1)
    geometries, colors = {}, []
    for entry in overlay.legend:
        part = (cut == entry["value"]).astype(np.uint8)
        if not part.any():
            continue
        made = itk.binary_mask3_d_mesh_source(_itk_image(part, image, factors, border=1), object_value=1)
        surface = to_geometry(made)
        surface.pop("cellData", None)  # it would be drawn in place of the color
        geometries[entry["name"]] = surface
        colors.append(entry["color"])
    return {"geometries": geometries, "geometry_colors": colors, "geometry_opacities": [1.0] * len(colors)}


def _from_the_front(image: Volume) -> npt.NDArray[np.float32]:
    """The camera's place, what it looks at and what is up: y leads to the patient's back and z to the head."""
    spacing = image.spacing_mm if image.spacing_mm and pixel_mm(image, planes_of(image)[0]) else (1.0, 1.0, 1.0)
    reach = np.asarray(spacing) * (np.asarray(image.shape) - 1)
    center = np.asarray(image.origin_mm) + reach @ np.asarray(image.direction) / 2
    away = center - (0.0, _AWAY * float(np.linalg.norm(reach)), 0.0)
    return np.array([away, center, (0.0, 0.0, 1.0)], dtype=np.float32)


def _see_through(low: float, high: float, *, masked: bool) -> list[dict[str, float]]:
    """Opacity along the values: bone solid, soft tissue a veil, air and fat nothing; over a mask all of it a veil."""
    span = max(high - low, 1.0)
    peaks = ((_BONE_HU, 0.3 if masked else 1.0, 350 / span), (_SOFT_TISSUE_HU, 0.03 if masked else 0.15, 175 / span))
    return [
        {
            "position": min(1.0, max(0.0, (hu - low) / span)),
            "height": height,
            "width": width,
            "xBias": 0.0,
            "yBias": 0.0,
        }
        for hu, height, width in peaks
    ]


def _shown(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    kept = array if array.dtype in (np.int16, np.uint8, np.uint16, np.float32) else array.astype(np.float32)
    return np.nan_to_num(kept, posinf=0.0, neginf=0.0) if kept.dtype == np.float32 else kept


def _itk_image(array: npt.NDArray[Any], image: Volume, factors: tuple[int, ...], border: int = 0) -> Any:
    """An ITK image in the patient's place; ITK counts columns, rows, slices, where an array counts slices first."""
    import itk

    known = image.spacing_mm if pixel_mm(image, planes_of(image)[0]) else None
    spacing = known or (1.0, 1.0, 1.0)
    direction = np.asarray(image.direction, dtype=np.float64)
    # The center of the first block, of which the origin is the first voxel's; a border of blocks lies before it.
    shift = sum(((factors[k] - 1) / 2 - border * factors[k]) * spacing[k] * direction[k] for k in range(3))
    made = itk.image_from_array(np.ascontiguousarray(array))
    made.SetSpacing([spacing[k] * factors[k] for k in (2, 1, 0)])
    made.SetOrigin((np.asarray(image.origin_mm) + shift).tolist())
    made.SetDirection(itk.matrix_from_array(np.ascontiguousarray(direction[::-1].T)))
    return made
