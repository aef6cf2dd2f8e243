"""From an image with known units to a model-ready array: named pipelines of small steps, on NumPy or CuPy alike."""

from typing import TYPE_CHECKING

from workbench.imaging.images import Array, Image

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.imaging.preprocessing.pipelines import Pipeline


def preprocess(
    image: Image, pipeline: "str | Path | Pipeline", *, device: str = "auto", mask: Array | None = None
) -> Image:
    """Return the image after a pipeline, with units, geometry and what was done.

    The array stays on the device that computed it; ``workbench.imaging.arrays.to_host`` brings it back.

    Parameters
    ----------
    image : Volume, Radiograph or Cine
        As read; it is not changed.
    pipeline : str, path or Pipeline
        The name of one that ships (`pipelines.pipeline_names`), a YAML file of your own, or a `Pipeline`.
    device : {"auto", "cpu", "cuda:0"}
        Where it runs; "auto" takes the GPU when there is one.
    mask : numpy.ndarray, optional
        Of the image's shape; for steps that measure inside a mask.

    Returns
    -------
    Image
        Of the same class; its provenance says pipeline, version, hash, backend, seconds and versions.

    Raises
    ------
    TypeError
        When the image is no `Volume`, `Radiograph` or `Cine`.
    UnknownNameError
        When no pipeline is called that.
    ValueError
        When the pipeline does not fit the image: modality, color, units, dimensions.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.imaging.images import Volume
    >>> head = Volume(np.full((4, 4, 4), -300, np.int16), spacing_mm=(1.0, 1.0, 1.0), units="HU", modality="CT")
    >>> done = preprocess(head, "chest_ct", device="cpu")
    >>> round(float(done.array[0, 0, 0]), 3), done.units  # (-300 + 1000) / 1400
    (0.5, '0 to 1')
    """
    from workbench.imaging.preprocessing.pipelines import read_pipeline

    return read_pipeline(pipeline).apply(image, device=device, mask=mask)
