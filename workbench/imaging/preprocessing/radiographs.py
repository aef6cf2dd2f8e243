"""Steps for projections: borders cut, side checked, breasts turned to one side, sectors of ultrasound cut out."""

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from workbench.imaging.arrays import to_host
from workbench.imaging.images import Array, Cine, Image, Radiograph
from workbench.imaging.preprocessing.geometry import cut, flip
from workbench.imaging.preprocessing.masks import box_of, find_foreground
from workbench.imaging.preprocessing.records import flagged, recorded
from workbench.imaging.preprocessing.scales import is_color, need_gray
from workbench.imaging.preprocessing.space import space_shape

_Kind = TypeVar("_Kind", bound=Image)

# Chosen here, on the radiographs of the tests and of public collections.
_LEVEL_FRACTION = 0.03  # of the image's range: how much a border may vary
_MARKER_FRACTION = 0.005  # of a line: more pixels that differ are a marker or anatomy, and the line is kept
_LARGEST_BORDER = 0.4  # of a side: more is no border
_STRIP = 64  # lines looked at together
_HEART_FRACTION = 0.06  # of the image's range: a smaller difference between the two sides tells nothing
_LEADS = {
    "R": "the patient's right",
    "A": "the front",
    "P": "the back",
    "H": "the head",
    "F": "the feet",
}
_FRONTAL = ("PA", "AP")  # PS3.3 2025c C.8.1.1 and C.8.11.5, View Position


def crop_border(image: Radiograph) -> Radiograph:
    """Return a radiograph without even borders, black or white, as collimators and scanners leave them.

    From each side lines are cut as long as all but one pixel in 200 have the value of the outermost line, within 3 %
    of the image's range, and that value is near the darkest or the brightest there is. A marker in the border ends it
    there, so markers are kept.

    Parameters
    ----------
    image : Radiograph
        Gray.

    Returns
    -------
    Radiograph
        The rest; the whole image, flagged, where a border would take more than 40 % of a side.
    """
    need_gray(image, "crop_border")
    array = to_host(image.array)
    low, high = float(array.min()), float(array.max())
    whole = array.shape
    sides = [0, 0, 0, 0]
    if high > low:
        sides = [_border(turned, low, high) for turned in (array, array[::-1], array.T, array.T[::-1])]
    top, bottom, left, right = sides
    if max(top, bottom) > _LARGEST_BORDER * whole[0] or max(left, right) > _LARGEST_BORDER * whole[1]:
        kept = cut(image, (0, 0), whole, step="crop_border", parameters={})
        return flagged(kept, "More than 40 % of a side looks like a border: the image was not cropped.")
    shape = (whole[0] - top - bottom, whole[1] - left - right)
    return cut(image, (top, left), shape, step="crop_border", parameters={})


def check_laterality(image: Radiograph) -> Radiograph:
    """Return the radiograph with flags where left and right are in doubt; nothing is ever turned.

    Two things are looked at. The attributes: a frontal chest radiograph is shown as if the patient faced the reader, so
    columns lead to the patient's left. The picture: in the lower middle of a frontal chest radiograph the heart makes
    the patient's left side brighter; where it is clearly brighter on the other side, the image may be mirrored, or the
    patient may have dextrocardia, an effusion or a collapsed lung.

    Parameters
    ----------
    image : Radiograph
        Gray.

    Returns
    -------
    Radiograph
        The same pixels; what was found stands in the provenance as ``attributes`` and ``heart``.

    References
    ----------
    DICOM PS3.3 2025c C.7.6.1.1.1 (patient orientation), C.8.1.1 and C.8.11.5 (view position).
    """
    need_gray(image, "check_laterality")
    told, sentences = _attributes_tell(image)
    frontal = image.view_position.upper() in _FRONTAL
    heart = _heart_side(image) if frontal or not image.view_position else "not a frontal view"
    if heart == "left of the image" and frontal:
        sentences.append(
            "The heart seems to lie on the left of the image: it may be mirrored, or the heart displaced. Nothing was "
            "turned."
        )
    measured = {"attributes": told, "heart": heart}
    return flagged(recorded(image, "check_laterality", {}, measured=measured), *sentences)


def turn_to_side(image: Radiograph, *, side: str = "left", mask: Array | None = None) -> Radiograph:
    """Return a mammogram with the chest wall on one side, mirrored where needed.

    Parameters
    ----------
    image : Radiograph
        Gray, one breast.
    side : {"left", "right"}
        Of the image, where the chest wall shall be.
    mask : numpy.ndarray or cupy.ndarray, optional
        Where the breast is; by default what is brighter than Otsu's threshold.

    Returns
    -------
    Radiograph
        The way back to the image as read is kept, so points and masks still map; flagged where the patient orientation
        says otherwise.

    References
    ----------
    DICOM PS3.3 2025c C.7.6.1.1.1 (patient orientation: columns that lead to A begin at the chest wall).
    """
    need_gray(image, "turn_to_side")
    where = find_foreground(image) if mask is None else mask
    columns = to_host(where).sum(axis=0).astype(np.float64)
    middle = len(columns) // 2
    left, right = columns[:middle].sum(), columns[-middle:].sum() if middle else 0.0
    found = "left" if left >= right else "right"
    measured = {"found": found, "turned": found != side}
    checked = recorded(image, "turn_to_side", {"side": side}, measured=measured)
    told = {"A": "left", "P": "right"}.get(image.patient_orientation[0][:1] if image.patient_orientation else "")
    if told and told != found:
        checked = flagged(
            checked,
            f"By the patient orientation the chest wall lies on the {told} of the image, by its pixels on the {found}. "
            "The pixels were believed.",
        )
    return checked if found == side else flip(checked, axis="columns")


def crop_region(image: _Kind) -> _Kind:
    """Return an ultrasound image without what surrounds the sector: its calibrated region, or what shows tissue.

    The region that the file calibrates is taken when the reader kept it. Without one, the sector is the largest part
    that changes over the frames, or of a single frame the largest that is brighter than the background.

    Parameters
    ----------
    image : Cine or Radiograph
        Gray.

    Returns
    -------
    Image
        Of the same class; the whole image, flagged, where no sector was found.

    References
    ----------
    DICOM PS3.3 2025c C.8.5.5 (ultrasound region calibration).
    """
    if is_color(image):
        need_gray(image, "crop_region")
    regions = image.provenance.get("ultrasound_regions", ())
    whole = space_shape(image)
    if regions:
        boxes = np.array(regions, dtype=int)  # columns and rows of the corners: x0, y0, x1, y1
        left, top = boxes[:, :2].min(axis=0).clip(0)
        right, bottom = np.minimum(boxes[:, 2:].max(axis=0), np.array(whole[::-1]) - 1)
        start, shape, how = [top, left], [bottom - top + 1, right - left + 1], "calibrated region"
    else:
        changing = isinstance(image, Cine) and image.shape[0] > 1
        mask = find_foreground(image, method="changing" if changing else "above_lowest", close_pixels=3)
        start, shape = box_of(mask)
        how = "pixels that change" if changing else "pixels above the background"
    if not shape or min(shape) < 1:
        kept = cut(image, [0, 0], whole, step="crop_region", parameters={})
        return flagged(kept, "No sector was found: the image was not cropped.")
    region = cut(image, [int(v) for v in start], [int(v) for v in shape], step="crop_region", parameters={})
    return flagged(region, f"The sector was taken from the {how}.") if not regions else region


def _border(array: npt.NDArray[Any], low: float, high: float) -> int:
    """Return how many of the first rows are border."""
    edge = float(np.median(array[0]))
    near = _LEVEL_FRACTION * (high - low)
    if min(edge - low, high - edge) > near:
        return 0
    for start in range(0, len(array), _STRIP):
        strip = array[start : start + _STRIP].astype(np.float32)
        differing = (np.abs(strip - edge) > near).mean(axis=1)
        (content,) = np.nonzero(differing > _MARKER_FRACTION)
        if content.size:
            return start + int(content[0])
    return len(array)


def _attributes_tell(image: Radiograph) -> tuple[str, list[str]]:
    """Return what the attributes say of left and right, and what is wrong with it."""
    across = image.patient_orientation[0] if image.patient_orientation else ""
    frontal = image.view_position.upper() in _FRONTAL
    if not (across and frontal):
        return "cannot tell", []
    if across.startswith("L"):
        return "consistent", []
    how = "is mirrored, by its own attributes" if across.startswith("R") else "contradicts itself"
    to = _LEADS.get(across[0], "an unknown side")
    return "inconsistent", [f"A {image.view_position} view whose columns lead to {to} {how}. Nothing was turned."]


def _heart_side(image: Radiograph) -> str:
    """Return on which side of the image the lower middle of a frontal chest is brighter."""
    rows, columns = image.shape
    if rows < 32 or columns < 32:
        return "cannot tell"
    step = max(1, min(rows, columns) // 256)
    view = to_host(image.array[::step, ::step]).astype(np.float32)
    low, high = np.percentile(view, (2, 98))
    if not high > low:
        return "cannot tell"
    share = np.clip((view - low) / (high - low), 0, 1)
    n_rows, n_columns = share.shape
    band = share[int(0.45 * n_rows) : int(0.75 * n_rows)].mean(axis=0)
    middle = n_columns // 2
    inner, outer = int(0.06 * n_columns), int(0.22 * n_columns)  # beside the spine, as far as a heart reaches
    left = float(band[middle - outer : middle - inner].mean())
    right = float(band[middle + inner : middle + outer].mean())
    if abs(left - right) < _HEART_FRACTION:
        return "cannot tell"
    return "left of the image" if left > right else "right of the image"
