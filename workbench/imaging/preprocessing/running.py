"""Run the steps of a pipeline over an image and write down what was done, where, and how long it took."""

import importlib.metadata
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from workbench.imaging.arrays import Device, array_module, choose_device, in_batches, is_on_gpu, to_device
from workbench.imaging.images import Array, Image
from workbench.imaging.preprocessing.fitting import check_image, fitted
from workbench.imaging.preprocessing.mapping import pull
from workbench.imaging.preprocessing.quality import quality_flags
from workbench.imaging.preprocessing.recipes import Recipe
from workbench.imaging.preprocessing.records import STEPS, flagged
from workbench.imaging.preprocessing.space import space_axes, space_shape, to_source
from workbench.imaging.preprocessing.steps import Step
from workbench.provenance import stamp

#: Where a run stands in an image's provenance.
RUN = "preprocessing"

_PACKAGES = ("numpy", "numba", "cupy-cuda12x", "cupy-cuda13x")


def run(
    pipeline: Recipe, image: Image, *, device: str = "auto", mask: Array | None = None
) -> tuple[Image, Array | None]:
    """Return the image after all steps, and the mask that was found or given, on the same grid.

    Parameters
    ----------
    pipeline : Recipe
        What to do.
    image : Image
        As read.
    device : str
        ``"auto"``, ``"cpu"`` or ``"cuda:0"``.
    mask : numpy.ndarray or cupy.ndarray, optional
        Of the image's shape without colors; of a cine, one for all frames.

    Returns
    -------
    tuple
        Image and mask; both on the device that ran the steps.
    """
    check_image(image)
    begun = _begun(fitted(image, pipeline))
    if mask is not None:
        _check_mask(mask, begun)
    batched = in_batches(
        lambda items, where: [_run(pipeline, item, mask, where) for item in items], [begun], choose_device(device)
    )
    ((result, found, seconds),) = batched.results
    used = batched.devices[0]
    entries = result.provenance.get(STEPS, ())
    told = {
        "pipeline": pipeline.name,
        **stamp(source=f"pipeline {pipeline.name}", version=pipeline.version, query=pipeline.definition),
        "sha256": pipeline.hash,
        "backend": used.label,
        "device": used.name,
        "seconds": seconds,
        "steps": entries,
        "notes": batched.notes,
    }
    told["versions"] = {**told["versions"], **_versions()}
    provenance = {name: value for name, value in result.provenance.items() if name != STEPS}
    if RUN in provenance:
        told["earlier"] = provenance[RUN]
    return result.replace(provenance={**provenance, RUN: told}), found


def fused(steps: Sequence[Step]) -> list[Step]:
    """Return the steps with a window, what inverts it and what casts it made one: one pass over the pixels.

    Parameters
    ----------
    steps : sequence of Step
        As a pipeline lists them.

    Returns
    -------
    list of Step
        The same result in fewer passes; whole numbers may differ by 1 where a value lies midway between two.

    Examples
    --------
    >>> from workbench.imaging.preprocessing.steps import read_step
    >>> names = [{"window": {"low": 0, "high": 9, "units": "HU"}}, "invert", {"cast": {"to": "uint8"}}]
    >>> [(step.name, step.parameters["to"]) for step in fused([read_step(name) for name in names])]
    [('window', 'uint8')]
    """
    done: list[Step] = []
    for step in steps:
        before = done[-1] if done else None
        if before is not None and before.name in ("window", "percentile_window"):
            if step.name == "invert":
                done[-1] = replace(before, parameters={**before.parameters, "invert": not before.parameters["invert"]})
                continue
            if step.name == "cast" and before.parameters["to"] == "float32":
                done[-1] = replace(before, parameters={**before.parameters, "to": step.parameters["to"]})
                continue
        done.append(step)
    return done


def _begun(image: Image) -> Image:
    """Return the image knowing its own grid, with what is wrong with it."""
    source = image.source if image.source.shape else replace(image.source, shape=image.shape)
    provenance = {name: value for name, value in image.provenance.items() if name != STEPS}
    started = image.replace(index_to_source=to_source(image), source=source, provenance=provenance)
    return _without_infinities(flagged(started, *quality_flags(started)))


def _without_infinities(image: Image) -> Image:
    """Return the image with infinite values as NaN, which no statistic counts and every window makes dark."""
    if image.array.dtype.kind != "f":
        return image
    xp = array_module(image.array)
    infinite = xp.isinf(image.array)
    if not bool(infinite.any()):
        return image
    array = xp.where(infinite, image.array.dtype.type(np.nan), image.array)
    return flagged(image.replace(array=array), "Some pixels were infinite; they count as no numbers (NaN).")


def _run(pipeline: Recipe, image: Image, mask: Array | None, device: Device) -> tuple[Image, Array | None, float]:
    start = time.perf_counter()
    with device.active():
        image = image.replace(array=to_device(image.array, device))
        mask = None if mask is None else to_device(mask, device).astype(bool)
        for step in fused(pipeline.steps):
            begun, n_before = time.perf_counter(), len(image.provenance.get(STEPS, ()))
            after, mask = _take(step, image, mask, pipeline)
            _wait(after.array)
            image = _noted(after, step, n_before, time.perf_counter() - begun)
    return image, mask, round(time.perf_counter() - start, 6)


def _take(step: Step, image: Image, mask: Array | None, pipeline: Recipe) -> tuple[Image, Array | None]:
    """Return image and mask after one step."""
    kind, parameters = step.kind, dict(step.parameters)
    if kind.kinds and type(image).__name__ not in kind.kinds:
        raise ValueError(
            f"The step {step.name} came on a {type(image).__name__}. It is for a {' or '.join(kind.kinds)}. "
            f"Take it out of the pipeline {pipeline.name}, or use another pipeline."
        )
    if kind.finds_mask:
        found = kind.function(image, **parameters)
        fraction = float(found.mean())
        entry = {"step": step.name, "parameters": parameters, "measured": {"fraction": round(fraction, 4)}}
        steps = (*image.provenance.get(STEPS, ()), entry)
        marked = image.replace(provenance={**image.provenance, STEPS: steps})
        return (marked if fraction else flagged(marked, "No foreground was found.")), found
    if kind.takes_mask:
        inside = parameters.pop("inside", "mask" if mask is not None else "image")
        if inside == "mask" and mask is None:
            raise ValueError(
                f"The step {step.name} measures inside a mask, and there is none. A mask would be right: mask=… of "
                "preprocess, or the step find_foreground before it. Add one of the two."
            )
        parameters["mask"] = mask if inside == "mask" and bool(mask is not None and mask.any()) else None
    elif len(space_axes(image)) != len(parameters.get("shape", parameters.get("spacing_mm", space_shape(image)))):
        n_axes = len(space_axes(image))
        raise ValueError(
            f"The step {step.name} lists a number of axes that the image, a {type(image).__name__}, has not. "
            f"{n_axes} would be right. Correct the pipeline {pipeline.name}."
        )
    after = kind.function(image, **parameters)
    return after, mask if mask is None else _followed(mask, image, after)


def _followed(mask: Array, before: Image, after: Image) -> Array:
    """Return the mask on the grid of the image after a step."""
    moved = np.linalg.inv(to_source(before)) @ to_source(after)
    shape = space_shape(after)
    if shape == space_shape(before) and np.allclose(moved, np.eye(len(moved))):
        return mask
    n_axes = len(shape)
    return pull(mask, moved, shape, axes=range(mask.ndim - n_axes, mask.ndim))


def _noted(image: Image, step: Step, n_before: int, seconds: float) -> Image:
    """Return the image whose new entries say of which step of the pipeline they are, and how long it took."""
    entries = list(image.provenance.get(STEPS, ()))
    for place in range(n_before, len(entries)):
        entry = {**entries[place], "of": step.name}
        if place == n_before:
            entry = {**entry, "parameters": dict(step.parameters), "seconds": round(seconds, 6)}
        entries[place] = entry
    return image.replace(provenance={**image.provenance, STEPS: tuple(entries)})


def _check_mask(mask: Array, image: Image) -> None:
    shape = space_shape(image)
    with_frames = image.shape[: max(space_axes(image)) + 1]
    if tuple(mask.shape) not in (shape, with_frames):
        raise ValueError(
            f"Received a mask of shape {' × '.join(map(str, mask.shape))}. {' × '.join(map(str, shape))}, the image's, "
            "would be right. Give the mask of this image."
        )


def _wait(array: Array) -> None:
    """Let a GPU finish, so that its time is counted to the step that took it."""
    if is_on_gpu(array):
        array_module(array).cuda.get_current_stream().synchronize()


@cache
def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
