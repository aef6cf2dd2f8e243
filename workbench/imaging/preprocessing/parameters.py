"""What the parameters of steps may be, and how a pipeline's text is held to it."""

import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from workbench.errors import brief, unknown_name
from workbench.imaging.preprocessing.scales import check_units

#: A parameter without a default must be given.
REQUIRED: Any = object()

_LARGEST = sys.float_info.max  # a whole number may be larger, and is no number to compute with
_MOST_SHOWN = 4  # items of a list, when it is shown


@dataclass(frozen=True)
class Parameter:
    """What one parameter of a step may be.

    Attributes
    ----------
    kind : str
        "number", "whole", "flag", "choice", "units", "text", "sides" (three letters), "numbers" or "wholes" (a list,
        one for each axis of space, null where an axis stays).
    default : object
        `REQUIRED` where there is none.
    options : tuple of str
        Of a choice.
    low, high : float
        Least and largest number.
    """

    kind: str
    default: Any = REQUIRED
    options: tuple[str, ...] = ()
    low: float = -math.inf
    high: float = math.inf


def checked(step: str, given: Mapping[str, Any], known: Mapping[str, Parameter]) -> dict[str, Any]:
    """Return all parameters of a step, defaults included, in the order in which the step names them.

    Parameters
    ----------
    step : str
        Its name, for messages.
    given : mapping
        As a pipeline writes them.
    known : mapping of str to Parameter
        Those that the step has.

    Returns
    -------
    dict
        Ready to be passed to the step.

    Raises
    ------
    UnknownNameError
        For a parameter, unit or choice that there is not.
    ValueError
        For a value that is missing or not allowed.
    """
    for name in given:
        if name not in known:
            options = list(known) or ["none"]
            raise unknown_name("parameter", name, options, where=f"the step {step}", then="Correct the pipeline.")
    values: dict[str, Any] = {}
    for name, parameter in known.items():
        if name in given:
            values[name] = _value(step, name, given[name], parameter)
        elif parameter.default is REQUIRED:
            raise ValueError(
                f"The step {step} came without {name}. {_wanted(parameter)} would be right. "
                f"Add '{name}: …' to the step."
            )
        else:
            values[name] = parameter.default
    for first, last in (("low", "high"), ("lower", "upper")):
        if first in values and last in values and not values[first] < values[last]:
            raise ValueError(
                f"The step {step} came with {first} {values[first]:g} and {last} {values[last]:g}. A {first} below the "
                f"{last} would be right. Exchange them."
            )
    return values


def short_repr(value: Any, *, depth: int = 3) -> str:
    """Return what came as a message shows it, whatever it refers to: lists that hold one another end after a few steps.

    Parameters
    ----------
    value : object
        As a pipeline writes it.
    depth : int
        How many lists and mappings in one another are shown.

    Returns
    -------
    str
        At most 80 characters.

    Examples
    --------
    >>> short_repr({"window": [1, [2, [3, [4]]]]})
    "{'window': [1, [2, …]]}"
    """
    if isinstance(value, Mapping | list | tuple):
        if depth == 0:
            return "…"
        if isinstance(value, Mapping):
            pairs = islice(value.items(), _MOST_SHOWN)
            shown = [f"{short_repr(name, depth=1)}: {short_repr(one, depth=depth - 1)}" for name, one in pairs]
        else:
            shown = [short_repr(one, depth=depth - 1) for one in value[:_MOST_SHOWN]]
        shown += ["…"] * (len(value) > _MOST_SHOWN)
        inside = ", ".join(shown)
        return brief(f"{{{inside}}}" if isinstance(value, Mapping) else f"[{inside}]")
    if isinstance(value, int) and abs(value) > _LARGEST:
        return "a number of hundreds of digits"
    return brief(repr(value[:100] if isinstance(value, str) else value))


def _value(step: str, name: str, value: Any, parameter: Parameter) -> Any:
    """Return one value, in the form that the step takes, or raise."""
    if parameter.kind == "units" and (value is not None or parameter.default is REQUIRED):
        return check_units(value if isinstance(value, str) else short_repr(value))
    if parameter.kind == "choice":
        if value not in parameter.options:
            got = value if isinstance(value, str) else short_repr(value)
            raise unknown_name(name, got, parameter.options, where=f"the step {step}", then="Correct the pipeline.")
        return value
    if value is None and parameter.default is None:
        return None
    if not _FORMS[parameter.kind](value, parameter):
        raise ValueError(
            f"The step {step} came with {name}: {short_repr(value)}. {_wanted(parameter)} would be right. "
            "Correct the pipeline."
        )
    return tuple(value) if parameter.kind in ("numbers", "wholes") else value


def _number(value: Any, parameter: Parameter) -> bool:
    real = isinstance(value, int | float) and not isinstance(value, bool)
    return real and max(parameter.low, -_LARGEST) <= value <= min(parameter.high, _LARGEST)  # NaN is not


def _whole(value: Any, parameter: Parameter) -> bool:
    return _number(value, parameter) and isinstance(value, int)


def _sides(value: Any, parameter: Parameter) -> bool:
    del parameter
    if not isinstance(value, str) or len(value) != 3:
        return False
    axes = [next((axis for axis in ("LR", "PA", "SI") if letter in axis), "") for letter in value]
    return sorted(axes) == ["LR", "PA", "SI"]


def _several(one: Callable[[Any, Parameter], bool]) -> Callable[[Any, Parameter], bool]:
    def every(value: Any, parameter: Parameter) -> bool:
        listed = isinstance(value, list | tuple) and 2 <= len(value) <= 3
        return listed and all(item is None or one(item, parameter) for item in value)

    return every


_FORMS: dict[str, Callable[[Any, Parameter], bool]] = {
    "number": _number,
    "whole": _whole,
    "numbers": _several(_number),
    "wholes": _several(_whole),
    "flag": lambda value, _: isinstance(value, bool),
    "text": lambda value, _: isinstance(value, str) and bool(value),
    "units": lambda value, _: isinstance(value, str),
    "sides": _sides,
}


def _wanted(parameter: Parameter) -> str:
    """Return in words what a parameter takes."""
    between = ""
    if math.isfinite(parameter.low):
        between = f" from {parameter.low:g}" + (f" to {parameter.high:g}" if math.isfinite(parameter.high) else "")
    return {
        "number": f"A number{between}",
        "whole": f"A whole number{between}",
        "numbers": f"A list of numbers{between}, one for each axis of space",
        "wholes": f"A list of whole numbers{between}, one for each axis of space",
        "flag": "true or false",
        "choice": f"One of {', '.join(parameter.options)}",
        "units": "Units, such as HU,",
        "text": "A text",
        "sides": "Three letters, one each of L or R, P or A, S or I, such as LPS,",
    }[parameter.kind]
