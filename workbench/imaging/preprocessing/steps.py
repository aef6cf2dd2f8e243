"""Every step that a pipeline may name: its function, its parameters, and what it does in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.errors import unknown_name
from workbench.imaging.preprocessing import contrast, geometry, intensity, masks, radiographs, resizing, scores
from workbench.imaging.preprocessing.parameters import Parameter, checked, short_repr
from workbench.imaging.preprocessing.wording import SAYS

_TO = Parameter("choice", "float32", ("float32", "uint8", "uint16"))
_SHARE = Parameter("number", low=0, high=100)
_INSIDE = Parameter("choice", "image", ("image", "mask"))


@dataclass(frozen=True)
class StepKind:
    """What is known of a step, whatever its parameters.

    Attributes
    ----------
    function : callable
        Takes an image and the parameters; gives an image, or a mask.
    parameters : mapping of str to Parameter
        In the order in which they are told.
    says : callable
        From parameters to a sentence.
    finds_mask : bool
        Whether it gives the mask that later steps measure or cut in.
    takes_mask : bool
        Whether it takes that mask.
    kinds : tuple of str
        Classes of images that it is for; empty for all.
    """

    function: Callable[..., Any]
    parameters: Mapping[str, Parameter]
    says: Callable[[Mapping[str, Any]], str]
    finds_mask: bool = False
    takes_mask: bool = False
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """A step of a pipeline: a name and all its parameters.

    Attributes
    ----------
    name : str
        A key of `STEPS`.
    parameters : mapping
        Defaults included.
    """

    name: str
    parameters: Mapping[str, Any]

    @property
    def kind(self) -> StepKind:
        """What is known of the step."""
        return STEPS[self.name]

    @property
    def sentence(self) -> str:
        """What it does, in words."""
        return self.kind.says(self.parameters)


def read_step(written: Any) -> Step:
    """Return a step as a pipeline writes it: a name alone, or a name with its parameters.

    Parameters
    ----------
    written : str or mapping
        ``"to_gray"`` or ``{"window": {"low": -1000, "high": 400, "units": "HU"}}``.

    Returns
    -------
    Step
        With all parameters, defaults included.

    Raises
    ------
    UnknownNameError
        For a step, parameter, unit or choice that there is not.
    ValueError
        For what is no step, or a value that is not allowed.

    Examples
    --------
    >>> read_step({"window": {"low": -1000, "high": 400, "units": "HU"}}).parameters["to"]
    'float32'
    """
    one = isinstance(written, dict) and len(written) == 1
    name, given = (written, {}) if isinstance(written, str) else next(iter(written.items())) if one else (None, None)
    given = {} if given is None else given
    if not isinstance(name, str) or not isinstance(given, dict):
        raise ValueError(
            f"Received the step {short_repr(written)}. A name with its parameters would be right. "
            "Write for instance '- window: {low: -1000, high: 400, units: HU}'."
        )
    if name not in STEPS:
        raise unknown_name("step", name, STEPS, where="the steps of preprocessing", then="Correct the pipeline.")
    return Step(name, checked(name, given, STEPS[name].parameters))


def _kind(function: Callable[..., Any], **known: Any) -> StepKind:
    """Return what is known of a step; what is no `StepKind` field is a parameter."""
    fields = {name: known.pop(name) for name in ("finds_mask", "takes_mask", "kinds") if name in known}
    return StepKind(function, known, SAYS[function.__name__], **fields)


_UNITS = Parameter("units")
_VOLUME, _PROJECTION = ("Volume",), ("Radiograph",)

_KINDS = (
    _kind(geometry.orient, to=Parameter("sides", "LPS"), kinds=_VOLUME),
    _kind(geometry.flip, axis=Parameter("choice", "columns", ("columns", "rows", "slices"))),
    _kind(geometry.crop, shape=Parameter("wholes", low=1)),
    _kind(geometry.crop_square, kinds=("Radiograph", "Cine")),
    _kind(geometry.pad, shape=Parameter("wholes", low=1), fill=Parameter("number", None)),
    _kind(
        resizing.resample,
        spacing_mm=Parameter("numbers", low=1e-3, high=1e3),
        method=Parameter("choice", "linear", ("linear", "area", "cubic", "nearest")),
    ),
    _kind(
        resizing.resize,
        shape=Parameter("wholes", low=1),
        aspect=Parameter("choice", "keep", ("keep", "stretch")),
        method=Parameter("choice", "area", ("area", "linear", "cubic", "nearest")),
        fill=Parameter("number", None),
    ),
    _kind(
        intensity.window,
        low=Parameter("number"),
        high=Parameter("number"),
        units=_UNITS,
        invert=Parameter("flag", default=False),
        to=_TO,
    ),
    _kind(
        intensity.percentile_window,
        lower=_SHARE,
        upper=_SHARE,
        inside=_INSIDE,
        invert=Parameter("flag", default=False),
        to=_TO,
        takes_mask=True,
    ),
    _kind(
        intensity.file_window,
        number=Parameter("whole", 1, low=1),
        lower=Parameter("number", 1, low=0, high=100),
        upper=Parameter("number", 99, low=0, high=100),
        to=_TO,
    ),
    _kind(intensity.clip, low=Parameter("number"), high=Parameter("number"), units=_UNITS),
    _kind(
        intensity.percentile_clip,
        lower=_SHARE,
        upper=_SHARE,
        inside=_INSIDE,
        takes_mask=True,
    ),
    _kind(
        scores.z_score,
        inside=_INSIDE,
        outside=Parameter("choice", "same", ("same", "zero")),
        takes_mask=True,
    ),
    _kind(scores.standardize, mean=Parameter("number"), deviation=Parameter("number", low=1e-12), units=_UNITS),
    _kind(scores.scale_to, low=Parameter("number"), high=Parameter("number")),
    _kind(contrast.to_gray),
    _kind(contrast.invert),
    _kind(contrast.cast, to=Parameter("choice", options=("float32", "uint8", "uint16"))),
    _kind(contrast.clahe, tiles=Parameter("wholes", (8, 8), low=1), clip_limit=Parameter("number", 2.0, low=0)),
    _kind(contrast.equalize),
    _kind(contrast.match_histogram, reference=Parameter("text")),
    _kind(
        masks.find_foreground,
        method=Parameter("choice", "otsu", ("otsu", "threshold", "above_lowest", "changing")),
        threshold=Parameter("number", None),
        units=Parameter("units", None),
        largest=Parameter("whole", 1, low=0),
        close_pixels=Parameter("whole", 0, low=0, high=63),
        fill_holes=Parameter("flag", default=True),
        reduce=Parameter("whole", 1, low=1, high=8),
        finds_mask=True,
    ),
    _kind(masks.crop_to_foreground, margin=Parameter("whole", 0, low=0), takes_mask=True),
    _kind(masks.blank_outside, value=Parameter("number", 0), takes_mask=True),
    _kind(radiographs.crop_border, kinds=_PROJECTION),
    _kind(radiographs.check_laterality, kinds=_PROJECTION),
    _kind(
        radiographs.turn_to_side,
        side=Parameter("choice", "left", ("left", "right")),
        takes_mask=True,
        kinds=_PROJECTION,
    ),
    _kind(radiographs.crop_region, kinds=("Radiograph", "Cine")),
)

#: Name to what is known of the step.
STEPS: dict[str, StepKind] = {kind.function.__name__: kind for kind in _KINDS}
