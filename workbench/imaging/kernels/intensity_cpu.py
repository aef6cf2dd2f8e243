"""The loops of intensity steps for the CPU; every step rounds as intensity.cu does.

The types of the numbers say what is computed in: float32, or float64 where an array needs it.
"""

from workbench.imaging.kernels.compiled import compiled


@compiled
def _rescale_window(given, taken, zero, scale, rest, top, padding, half):  # type: ignore[no-untyped-def]  # compiled
    """Write ``(value - zero) * scale + rest`` held between 0 and `top`; NaN and padding give 0."""
    nothing = type(zero)(0)
    for i in range(given.size):
        value = type(zero)(given[i])
        found = (value - zero) * scale + rest
        if not found > nothing:  # so is NaN
            found = nothing
        if found > top:
            found = top
        taken[i] = found + half if value != padding else nothing


@compiled
def _linear(given, taken, zero, scale, rest):  # type: ignore[no-untyped-def]  # compiled
    """Write ``(value - zero) * scale + rest``."""
    for i in range(given.size):
        taken[i] = (type(zero)(given[i]) - zero) * scale + rest


@compiled
def _look_up(given, taken, table, lowest):  # type: ignore[no-untyped-def]  # compiled
    """Write ``table[value - lowest]``."""
    for i in range(given.size):
        taken[i] = table[given[i] - lowest]


LOOPS = {"rescale_window": _rescale_window, "linear": _linear, "look_up": _look_up}
