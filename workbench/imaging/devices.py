"""Say where arrays are computed.

Nothing here imports CuPy: a :class:`Device` carries the module, and only :func:`workbench.imaging.arrays.choose_device`
makes one for a GPU.
"""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Device:
    """Where arrays are computed.

    Attributes
    ----------
    name : str
        ``"cpu"`` or ``"cuda:0"``.
    label : str
        What it is, for a provenance: ``"NVIDIA H200, CuPy 14.2.0"``, or the CPU's name and how many threads it may use.
    is_gpu : bool
        Whether arrays are CuPy's.
    module : module
        ``numpy`` or ``cupy``.
    fallback : Device or None
        The CPU, for what the memory of a GPU does not hold.
    """

    name: str
    label: str
    is_gpu: bool = False
    module: Any = field(default=np, repr=False, compare=False)
    fallback: "Device | None" = field(default=None, repr=False, compare=False)

    def active(self) -> AbstractContextManager[Any]:
        """Return a context in which new arrays are made on this device.

        Returns
        -------
        context manager
            Does nothing for the CPU.
        """
        return self.module.cuda.Device(int(self.name.partition(":")[2])) if self.is_gpu else nullcontext()

    @property
    def memory_error(self) -> type[Exception]:
        """The error that says that this device's memory does not suffice; for a CPU one that is never raised."""
        return self.module.cuda.memory.OutOfMemoryError if self.is_gpu else _Never

    def free(self) -> None:
        """Give memory that is kept for later arrays back to the device."""
        if self.is_gpu:
            self.module.get_default_memory_pool().free_all_blocks()

    def other(self) -> "Device":
        """Return what runs instead when the memory does not suffice.

        Returns
        -------
        Device
            The CPU.
        """
        return self.fallback or Device("cpu", "CPU")

    def fell_back(self, what: str) -> str:
        """Return the line that says so.

        Parameters
        ----------
        what : str
            The subject: ``"3 of 40 items"``.

        Returns
        -------
        str
            A whole sentence, for a provenance too.
        """
        return f"{what} did not fit the memory of {self.label} and ran on the CPU ({self.other().label})."


class _Never(Exception):  # noqa: N818 - the CPU has nothing to fall back on, so its MemoryError is not caught
    pass
