"""The preprocessing that an nnU-Net was trained with, as a pipeline, read from its plans file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.errors import brief, unknown_name
from workbench.imaging.preprocessing.pipelines import Pipeline, read_pipeline

_SOURCE = (
    "Isensee et al., nnU-Net, Nature Methods 18 (2021) 203–211, doi:10.1038/s41592-020-01008-z",
    "MIC-DKFZ/nnUNet, default_preprocessor.py and default_normalization_schemes.py: crop, normalize, resample",
)
_SCHEMES = ("CTNormalization", "ZScoreNormalization")


def nnunet_pipeline(plans: str | Path, *, configuration: str = "3d_fullres", channel: int = 0) -> Pipeline:
    """Return the preprocessing of one channel of an nnU-Net (version 2), as its plans file states it.

    nnU-Net first normalizes and then resamples, and so does this pipeline. It resamples with cubic splines, and along
    thick slices without interpolation; here a cubic convolution takes the place of both.

    Parameters
    ----------
    plans : str or path
        ``nnUNetPlans.json`` of a trained model.
    configuration : str
        One of its configurations in three dimensions.
    channel : int
        From 0.

    Returns
    -------
    Pipeline
        With the model's own percentiles, mean, deviation and spacing (slices, rows, columns).

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    UnknownNameError
        When it has no such configuration.
    ValueError
        When it is no plans file, or asks for what steps here do not do.
    """
    path = Path(plans)
    written = _read(path)
    settings = _settings(written, configuration)
    spacing, order = settings.get("spacing", ()), written.get("transpose_forward", [0, 1, 2])
    schemes = settings.get("normalization_schemes", ())
    if len(spacing) != 3 or list(order) != [0, 1, 2]:
        raise ValueError(
            f"The configuration {brief(repr(configuration))} has spacing {spacing} and transpose_forward {order}. "
            "Three axes in their own order would be right. Take a configuration such as 3d_fullres of a model whose "
            "axes are not exchanged."
        )
    if not 0 <= channel < len(schemes) or schemes[channel] not in _SCHEMES:
        raise ValueError(
            f"Channel {channel} is normalized by {schemes[channel] if 0 <= channel < len(schemes) else 'nothing'}. "
            f"{' or '.join(_SCHEMES)} would be right. The plans file has {len(schemes)} channels: choose another."
        )
    is_ct = schemes[channel] == "CTNormalization"
    masked = bool(settings.get("use_mask_for_norm", [False] * len(schemes))[channel])
    found = written.get("foreground_intensity_properties_per_channel", {}).get(str(channel), {})
    steps = _ct_steps(found) if is_ct else _score_steps(masked=masked)
    steps.append({"resample": {"spacing_mm": [float(value) for value in spacing], "method": "cubic"}})
    name = f"{written.get('dataset_name', 'nnunet')}_{configuration}"
    return read_pipeline(
        {
            "name": f"{name}_{channel}" if channel else name,
            "version": str(written.get("plans_name", "1")),
            "purpose": "images as this nnU-Net takes them.",
            "modalities": ["CT"] if is_ct else [],
            "images": ["volume"],
            "units": "HU" if is_ct else "",
            "source": list(_SOURCE),
            "steps": steps,
        }
    )


def _read(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no file '{brief(path.name)}'. The nnUNetPlans.json of a trained model would be right. "
            "It lies in the model's folder in nnUNet_results."
        )
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError):
        written = None
    if not isinstance(written, dict) or not isinstance(written.get("configurations"), dict):
        raise ValueError(
            f"'{brief(path.name)}' is no plans file of nnU-Net version 2. One with 'configurations' would be right. "
            "Take nnUNetPlans.json of the trained model."
        )
    return written


def _settings(written: Mapping[str, Any], configuration: str) -> dict[str, Any]:
    """Return a configuration with what it inherits from others."""
    known = written["configurations"]
    if configuration not in known:
        raise unknown_name("configuration", configuration, known, where="the plans file", then="Take one of these.")
    settings, seen = dict(known[configuration]), {configuration}
    while settings.get("inherits_from") in known and settings["inherits_from"] not in seen:
        seen.add(settings["inherits_from"])
        parent = known[settings.pop("inherits_from")]
        settings = {**parent, **settings}
    return settings


def _ct_steps(found: Mapping[str, Any]) -> list[Any]:
    needed = ("percentile_00_5", "percentile_99_5", "mean", "std")
    missing = [name for name in needed if name not in found]
    if missing:
        raise ValueError(
            f"The plans file lacks {', '.join(missing)} of the foreground. All four of {', '.join(needed)} would be "
            "right. Take nnUNetPlans.json of the trained model."
        )
    low, high, mean, deviation = (float(found[name]) for name in needed)
    return [
        {"clip": {"low": low, "high": high, "units": "HU"}},
        {"standardize": {"mean": mean, "deviation": deviation, "units": "HU"}},
    ]


def _score_steps(*, masked: bool) -> list[Any]:
    steps: list[Any] = [
        {"find_foreground": {"method": "above_lowest", "largest": 0, "fill_holes": True}},
        {"crop_to_foreground": {"margin": 0}},
    ]
    score = {"inside": "mask", "outside": "zero"} if masked else {"inside": "image", "outside": "same"}
    return [*steps, {"z_score": score}]
