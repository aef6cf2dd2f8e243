"""What the parameters of steps may be, and how a pipeline's text is held to it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.errors import brief, unknown_name
from workbench.imaging.preprocessing.scales import check_units

#: A parameter without a default must be given.
REQUIRED: Any = object()


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
    if "low" in values and "high" in values and not values["low"] < values["high"]:
        raise ValueError(
            f"The step {step} came with low {values['low']:g} and high {values['high']:g}. A low below the high would "
            "be right. Exchange them."
        )
    return values


def _value(step: str, name: str, value: Any, parameter: Parameter) -> Any:
    """Return one value, in the form that the step takes, or raise."""
    if parameter.kind == "units" and (value is not None or parameter.default is REQUIRED):
        return check_units(value)
    if parameter.kind == "choice":
        if value not in parameter.options:
            raise unknown_name(name, value, parameter.options, where=f"the step {step}", then="Correct the pipeline.")
        return value
    if value is None and parameter.default is None:
        return None
    if not _FORMS[parameter.kind](value, parameter):
        raise ValueError(
            f"The step {step} came with {name}: {brief(repr(value))}. {_wanted(parameter)} would be right. "
            "Correct the pipeline."
        )
    return tuple(value) if parameter.kind in ("numbers", "wholes") else value


def _number(value: Any, parameter: Parameter) -> bool:
    real = isinstance(value, int | float) and not isinstance(value, bool)
    return real and math.isfinite(value) and parameter.low <= value <= parameter.high


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
