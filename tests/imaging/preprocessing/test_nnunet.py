"""An nnU-Net's plans file becomes a pipeline."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.errors import UnknownNameError
from workbench.imaging.images import Volume
from workbench.imaging.preprocessing.nnunet import nnunet_pipeline

_FOUND = {"percentile_00_5": -100.0, "percentile_99_5": 300.0, "mean": 50.0, "std": 25.0}


def _plans(folder: Path, **changes: Any) -> Path:
    plans = {
        "dataset_name": "Dataset001_Lungs",
        "plans_name": "nnUNetPlans",
        "transpose_forward": [0, 1, 2],
        "foreground_intensity_properties_per_channel": {"0": _FOUND},
        "configurations": {
            "3d_fullres": {
                "spacing": [2.0, 1.0, 1.0],
                "normalization_schemes": ["CTNormalization", "ZScoreNormalization"],
                "use_mask_for_norm": [False, True],
            },
            "2d": {"spacing": [1.0, 1.0], "normalization_schemes": ["CTNormalization"]},
            "3d_lowres": {"inherits_from": "3d_fullres", "spacing": [4.0, 2.0, 2.0]},
        },
        **changes,
    }
    file = folder / "nnUNetPlans.json"
    file.write_text(json.dumps(plans))
    return file


def test_ct_is_clipped_standardized_and_then_resampled(tmp_path: Path, chest: Volume) -> None:
    pipeline = nnunet_pipeline(_plans(tmp_path))
    assert [step.name for step in pipeline.steps] == ["clip", "standardize", "resample"]
    done = pipeline.apply(chest, device="cpu")
    assert done.array[0, 0, 0] == (-100 - 50) / 25
    assert done.spacing_mm == (2.0, 1.0, 1.0)


def test_a_configuration_inherits_and_a_channel_is_scored_inside_its_mask(tmp_path: Path, chest: Volume) -> None:
    pipeline = nnunet_pipeline(_plans(tmp_path), configuration="3d_lowres", channel=1)
    assert pipeline.steps[-1].parameters["spacing_mm"] == (4.0, 2.0, 2.0)
    done = pipeline.apply(chest.replace(modality="MR", units="unknown units"), device="cpu")
    assert done.shape == (3, 5, 6)  # the block of 6 × 10 × 12 voxels, 12 × 10 × 12 mm
    assert np.isfinite(done.array).all()


def test_what_is_wrong_with_the_plans_is_said(tmp_path: Path) -> None:
    plans = _plans(tmp_path)
    with pytest.raises(
        UnknownNameError, match=r"No configuration '3d_fulres' in the plans file. Did you mean '3d_fullres'"
    ):
        nnunet_pipeline(plans, configuration="3d_fulres")
    with pytest.raises(ValueError, match="Three axes in their own order would be right"):
        nnunet_pipeline(plans, configuration="2d")
    with pytest.raises(ValueError, match=r"Channel 5 is normalized by nothing. CTNormalization or ZScoreNormalization"):
        nnunet_pipeline(plans, channel=5)
    found = {name: value for name, value in _FOUND.items() if name != "mean"}
    with pytest.raises(ValueError, match="The plans file lacks mean of the foreground"):
        nnunet_pipeline(_plans(tmp_path, foreground_intensity_properties_per_channel={"0": found}))
    plans.write_text("[]")
    with pytest.raises(ValueError, match="would be right") as error:
        nnunet_pipeline(plans)
    assert str(error.value) == (
        "'nnUNetPlans.json' is no plans file of nnU-Net version 2. One with 'configurations' would be right. Take "
        "nnUNetPlans.json of the trained model."
    )
    with pytest.raises(FileNotFoundError, match=r"There is no file 'none.json'"):
        nnunet_pipeline(tmp_path / "none.json")
