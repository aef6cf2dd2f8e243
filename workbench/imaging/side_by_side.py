"""The same pipeline on the CPU and on the GPU, side by side: how long each step takes, and whether both agree."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.imaging.arrays import choose_device, to_host
from workbench.imaging.images import Image

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from workbench.imaging.preprocessing.pipelines import Pipeline

_WHOLE = "all, with transfers"


@dataclass(frozen=True, eq=False)
class DeviceComparison:
    """How long each step took on each device; prints as a table.

    Attributes
    ----------
    table : polars.DataFrame
        A row a step and one for all: ``step``, ``cpu_ms``, ``gpu_ms`` (null without a GPU), ``cpu_to_gpu`` (the ratio).
    largest_difference : float or None
        Between the two results, in the units of the pipeline; None without a GPU.
    sentence : str
        Which devices ran, what came of it, and which step took longest on the CPU.
    """

    table: "pl.DataFrame"
    largest_difference: float | None
    sentence: str

    @property
    def shown(self) -> "pl.DataFrame":
        """The table with one digit behind the point, without the columns that no device filled."""
        import polars as pl

        filled = [name for name in self.table.columns if self.table[name].null_count() < self.table.height]
        return self.table.select(filled).with_columns(pl.col(pl.Float64).round(1).cast(pl.Decimal(12, 1)))

    def __repr__(self) -> str:
        """Show the sentence above the table."""
        return f"{self.sentence}\n{self.shown!r}"


def compare_devices(image: Image, pipeline: "str | Path | Pipeline", *, repeats: int = 3) -> DeviceComparison:
    """Return how long a pipeline takes on the CPU and on the GPU, step by step.

    Every figure is the shortest of the repeats, after one run that is not counted: it compiles kernels. Without a GPU
    the CPU runs alone, and the sentence says so.

    Parameters
    ----------
    image : Volume, Radiograph or Cine
        As read.
    pipeline : str, path or Pipeline
        What `workbench.imaging.preprocessing.preprocess` takes.
    repeats : int
        At least 1.

    Returns
    -------
    DeviceComparison
        Times in milliseconds.

    Raises
    ------
    ValueError
        When the pipeline does not fit the image, or there is no repeat.

    Examples
    --------
    >>> from workbench.imaging.images import Volume
    >>> head = Volume(np.zeros((4, 4, 4), np.int16), spacing_mm=(1.0, 1.0, 1.0), units="HU", modality="CT")
    >>> compare_devices(head, "chest_ct", repeats=1).table.columns
    ['step', 'cpu_ms', 'gpu_ms', 'cpu_to_gpu']
    """
    if repeats < 1:
        raise ValueError(f"repeats={repeats} was received. At least 1 would be right. Write repeats=3.")
    cpu, cpu_ms = _timed(image, pipeline, "cpu", repeats)
    device = choose_device("auto")
    if not device.is_gpu:
        sentence = f"No GPU on this machine: figures are of its CPU ({_label(cpu)}). {_longest(cpu_ms)}"
        return DeviceComparison(_tabulated(cpu_ms, {}), None, sentence)
    gpu, gpu_ms = _timed(image, pipeline, device.name, repeats)
    return _compared((cpu, cpu_ms), (gpu, gpu_ms))


def _compared(cpu: tuple[Image, dict[str, float]], gpu: tuple[Image, dict[str, float]]) -> DeviceComparison:
    here, there = (to_host(image.array).astype(np.float64) for image, _ in (cpu, gpu))
    difference = float(np.abs(here - there).max(initial=0.0))
    times = cpu[1][_WHOLE], gpu[1][_WHOLE]
    sentence = (
        f"{_label(gpu[0])}: {times[1]:,.1f} ms; {_label(cpu[0])}: {times[0]:,.1f} ms, {times[0] / times[1]:.1f} times "
        f"as long. The results differ by at most {difference:.2g} ({gpu[0].units}). {_longest(cpu[1])}"
    )
    return DeviceComparison(_tabulated(cpu[1], gpu[1]), difference, sentence)


def _timed(image: Image, pipeline: Any, device: str, repeats: int) -> tuple[Image, dict[str, float]]:
    """Return the result, and the shortest time of each step in milliseconds."""
    from workbench.imaging.preprocessing import preprocess

    done = preprocess(image, pipeline, device=device)
    shortest: dict[str, float] = {}
    for _ in range(repeats):
        del done  # two results of a whole chest are more than some machines have
        done = preprocess(image, pipeline, device=device)
        run = done.provenance["preprocessing"]
        taken = [(entry["of"], entry["seconds"]) for entry in run["steps"] if "seconds" in entry]
        counted: dict[str, int] = {}
        for step, seconds in [*taken, (_WHOLE, run["seconds"])]:
            counted[step] = counted.get(step, 0) + 1
            name = step if counted[step] == 1 else f"{step} ({counted[step]})"
            shortest[name] = min(shortest.get(name, np.inf), 1000 * seconds)
    return done, shortest


def _tabulated(cpu_ms: dict[str, float], gpu_ms: dict[str, float]) -> "pl.DataFrame":
    import polars as pl

    rows = [
        {
            "step": step,
            "cpu_ms": round(taken, 2),
            "gpu_ms": round(gpu_ms[step], 2) if step in gpu_ms else None,
            "cpu_to_gpu": round(taken / gpu_ms[step], 1) if gpu_ms.get(step) else None,
        }
        for step, taken in cpu_ms.items()
    ]
    kinds = {"step": pl.String, "cpu_ms": pl.Float64, "gpu_ms": pl.Float64, "cpu_to_gpu": pl.Float64}
    return pl.DataFrame(rows, schema=kinds)


def _longest(cpu_ms: dict[str, float]) -> str:
    """Say which step took longest; empty for a pipeline without steps that are timed."""
    steps = {step: taken for step, taken in cpu_ms.items() if step != _WHOLE}
    if not steps:
        return ""
    step = max(steps, key=lambda name: steps[name])
    share = min(1.0, steps[step] / cpu_ms[_WHOLE]) if cpu_ms[_WHOLE] else 1.0
    return f"The longest step on the CPU is {step}, with {100 * share:.0f} % of the time."


def _label(image: Image) -> str:
    return str(image.provenance["preprocessing"]["backend"])
