"""Run many images on a device in batches that shrink when its memory runs out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.cache import say
from workbench.imaging.devices import Device


@dataclass(frozen=True)
class Batched:
    """What :func:`in_batches` gives back.

    Attributes
    ----------
    results : list
        One for each item, in order.
    devices : list of Device
        Which one ran each item.
    notes : tuple of str
        What was done about memory, a sentence each; empty when everything fitted.
    """

    results: list[Any]
    devices: list[Device]
    notes: tuple[str, ...] = ()


def in_batches(
    function: Callable[[Sequence[Any], Device], Sequence[Any]], items: Sequence[Any], device: Device, *, size: int = 32
) -> Batched:
    """Return the results of all items, computed in batches that are halved when the GPU's memory does not suffice.

    What does not fit alone runs on the CPU. Both are noted for the provenance, and the latter is said in one line.

    Parameters
    ----------
    function : callable
        Takes some of the items and the device to use; gives one result for each.
    items : sequence
        Images, arrays, file names.
    device : Device
        From :func:`workbench.imaging.arrays.choose_device`.
    size : int, default 32
        The most items at a time; 32 to 128 radiographs keep a GPU busy.

    Returns
    -------
    Batched
        Results, the device of each, notes.
    """
    results: list[Any] = []
    devices: list[Device] = []
    fitting = size
    while len(results) < len(items):
        some = items[len(results) : len(results) + fitting]
        ran_on, fits = device, True
        try:
            with device.active():
                found = function(some, device)
        except device.memory_error:
            fits = False  # arrays that the error holds are gone only after this block
        if not fits:
            device.free()
            if len(some) > 1:
                fitting = len(some) // 2
                continue
            ran_on = device.other()
            found = function(some, ran_on)
        results.extend(found)
        devices.extend([ran_on] * len(some))
    notes = []
    if fitting < size:
        notes.append(f"The memory of {device.label} did not suffice for {size} items at a time; {fitting} fitted.")
    n_fallen = sum(one.name != device.name for one in devices)
    if n_fallen:
        notes.append(device.fell_back(f"{n_fallen} of {len(items)} items"))
        say(notes[-1])
    return Batched(results, devices, tuple(notes))
