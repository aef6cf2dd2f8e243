"""Steps that map values evenly: z-scores by an image's own or a data set's mean and deviation, stretched scales."""

from typing import TypeVar

from workbench.imaging.arrays import array_module
from workbench.imaging.images import Array, Image
from workbench.imaging.kernels.histograms import moments
from workbench.imaging.kernels.intensity import standardize as standardize_array
from workbench.imaging.preprocessing.intensity import CONSTANT
from workbench.imaging.preprocessing.padding import counted_pixels
from workbench.imaging.preprocessing.records import flagged, recorded
from workbench.imaging.preprocessing.scales import DEVIATIONS, bounds, need_gray, need_units

_Kind = TypeVar("_Kind", bound=Image)


def z_score(image: _Kind, *, outside: str = "same", mask: Array | None = None) -> _Kind:
    """Return the image less its mean, in standard deviations.

    Parameters
    ----------
    image : Image
        Gray, in any units.
    outside : {"same", "zero"}
        What pixels outside the mask become: mapped as those inside, or 0.
    mask : numpy.ndarray or cupy.ndarray, optional
        Where mean and deviation are measured, everywhere by default; pixels of padding never count.

    Returns
    -------
    Image
        Of the same class, float32; flagged where the deviation is zero.
    """
    need_gray(image, "z_score")
    mean, deviation, n = moments(image.array, mask=counted_pixels(image, mask))
    measured = {"mean": float(mean), "deviation": float(deviation), "n_pixels": int(n)}
    constant = not deviation > 0
    array = standardize_array(image.array, float(mean), 1.0 if constant else float(deviation))
    padding = None if image.padding_value is None else (image.padding_value - mean) / (1.0 if constant else deviation)
    if outside == "zero" and mask is not None:
        xp = array_module(array)
        array = xp.where(mask, array, xp.float32(0))
        padding = 0.0
    scored = recorded(
        image, "z_score", {"outside": outside}, measured=measured, array=array, units=DEVIATIONS,
        padding_value=None if padding is None else float(padding), windows=(),
    )  # fmt: skip
    return flagged(scored, CONSTANT) if constant else scored


def standardize(image: _Kind, *, mean: float, deviation: float, units: str) -> _Kind:
    """Return the image less a given mean, in units of a given deviation.

    Parameters
    ----------
    image : Image
        Gray, in `units`.
    mean, deviation : float
        Of a whole data set, in `units`; the deviation is positive.
    units : str
        Of the two.

    Returns
    -------
    Image
        Of the same class, float32.
    """
    need_gray(image, "standardize")
    need_units(image, units, "standardize")
    parameters = {"mean": mean, "deviation": deviation, "units": units}
    padding = None if image.padding_value is None else (image.padding_value - mean) / deviation
    array = standardize_array(image.array, mean, deviation)
    return recorded(image, "standardize", parameters, array=array, units=DEVIATIONS, padding_value=padding, windows=())


def scale_to(image: _Kind, *, low: float, high: float) -> _Kind:
    """Return the image with its bounded scale stretched evenly over another.

    Parameters
    ----------
    image : Image
        With units such as ``"0 to 255"``.
    low, high : float
        Ends of the new scale.

    Returns
    -------
    Image
        Of the same class, float32; its units are the new scale.
    """
    first, last = bounds(image, "scale_to")
    factor = (high - low) / (last - first)
    array = standardize_array(image.array, first - low / factor, 1 / factor)
    padding = None if image.padding_value is None else low + (image.padding_value - first) * factor
    units = f"{low:g} to {high:g}"
    return recorded(image, "scale_to", {"low": low, "high": high}, array=array, units=units, padding_value=padding)
