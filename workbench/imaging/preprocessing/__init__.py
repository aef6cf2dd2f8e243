"""From an image with known units to a model-ready array: named pipelines of small steps, on NumPy or CuPy alike."""

from typing import Any

from workbench.imaging.images import Array, Image


def preprocess(image: Image, pipeline: Any, *, device: str = "auto", mask: Array | None = None) -> Image:
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
    """
    raise NotImplementedError
