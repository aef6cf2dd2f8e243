"""``workbench cohort training``: a cohort's images in the layout of a training program."""

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.selection import select
from workbench.cli.steps import WordsError, add_steps
from workbench.cli.verbs import add_verb

_PARTS = ("train", "validation", "test")


def add_training(kinds: Any) -> list[Any]:
    """Add the verb that writes images for training.

    Parameters
    ----------
    kinds : argparse subparsers
        Of ``workbench cohort``.

    Returns
    -------
    list of argparse.ArgumentParser
        Those that still need the options of a source.
    """
    training = add_verb(
        kinds,
        "training",
        _training,
        "write the images divided into training, validation and test parts that share no person, with a MONAI "
        "datalist; nnU-Net's layout needs masks: cohort.export_training(layout='nnunet', masks=…) in a notebook",
        [
            "workbench cohort training chest_ct.yaml --images images --pipeline chest_ct --out training",
            "workbench cohort training --source my_dicom --where modality=CT --label sex --out training",
        ],
    )
    training.add_argument(
        "cohort", type=Path, nargs="?", metavar="FILE", help="a saved cohort; further steps narrow it"
    )
    training.add_argument("--images", type=Path, metavar="FOLDER", help="where its images lie (default: the source)")
    training.add_argument(
        "--pipeline", metavar="NAME|FILE", help="how each image is prepared: workbench preprocess --list"
    )
    training.add_argument("--device", default="auto", help="auto, cpu or cuda:0 (default: auto)")
    training.add_argument("--label", metavar="ATTRIBUTE", help="what is to be learned, such as covid19_positive")
    training.add_argument("--by", nargs="+", default=["sex", "age_group"], help="whose shares the parts have in common")
    training.add_argument(
        "--fractions",
        default="0.7,0.15,0.15",
        help="shares of training, validation and test, or of training and test (default: 0.7,0.15,0.15)",
    )
    training.add_argument("--seed", type=int, default=0, help="fixes the parts (default: 0)")
    training.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a new folder")
    add_steps(training)
    return [training]


def _training(options: argparse.Namespace) -> None:
    done = select(options).export_training(
        options.out,
        images=options.images,
        pipeline=options.pipeline,
        device=options.device,
        label=options.label,
        by=options.by,
        fractions=_fractions(options.fractions),
        seed=options.seed,
    )
    print(done)
    for warning in done.warnings:
        print(warning)
    for number, reason in done.refused.rows():
        print(f"  image {number}: {reason}")
    print("cases.csv names patients: it stays with you.")


def _fractions(text: str) -> dict[str, float]:
    try:
        shares = [float(word) for word in text.split(",")]
    except ValueError:
        shares = []
    if len(shares) not in (2, 3):
        raise WordsError(
            f"--fractions {text} was received. Two or three shares that sum to 1 would be right. "
            "Use for instance: --fractions 0.8,0.2"
        )
    names = _PARTS if len(shares) == 3 else (_PARTS[0], _PARTS[2])
    return dict(zip(names, shares, strict=True))
