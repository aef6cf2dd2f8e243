"""The two folder layouts that training programs read, as names of files and the text that describes them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Layout = Literal["monai", "nnunet"]

#: What every image is written as: the one form that both programs read, lossless, with its geometry.
ENDING = ".nii.gz"
#: Parts of a split, and what a MONAI datalist calls them.
_MONAI_PARTS = {"train": "training", "validation": "validation", "test": "test"}


@dataclass(frozen=True)
class Case:
    """An image that was written.

    Attributes
    ----------
    name : str
        Such as ``"case_0001"``; it tells nothing about anybody.
    part : str
        Of the split.
    has_mask : bool
        Whether a mask lies beside it.
    label : object
        The value of the attribute to be learned, None when there is none.
    flags : tuple of str
        What was found in the image, such as an unknown spacing.
    """

    name: str
    part: str
    has_mask: bool = False
    label: Any = None
    flags: tuple[str, ...] = ()


def image_place(layout: Layout, case: Case) -> str:
    """Return where an image lies, relative to the folder.

    Parameters
    ----------
    layout : {"monai", "nnunet"}
        Whose layout.
    case : Case
        Which image.

    Returns
    -------
    str
        nnU-Net numbers the channels of a case, from 0000.

    Examples
    --------
    >>> image_place("nnunet", Case("case_0001", "test"))
    'imagesTs/case_0001_0000.nii.gz'
    """
    folder = "imagesTs" if case.part == "test" else "imagesTr"
    return f"{folder}/{case.name}{'_0000' if layout == 'nnunet' else ''}{ENDING}"


def mask_place(case: Case) -> str:
    """Return where a mask lies, relative to the folder.

    Parameters
    ----------
    case : Case
        Which image.

    Returns
    -------
    str
        Masks of the test part lie apart.
    """
    return f"{'labelsTs' if case.part == 'test' else 'labelsTr'}/{case.name}{ENDING}"


def describe_monai(cases: Sequence[Case], *, name: str) -> dict[str, str]:
    """Return the datalist that ``monai.data.load_decathlon_datalist`` reads.

    Parameters
    ----------
    cases : sequence of Case
        What was written.
    name : str
        Of the cohort.

    Returns
    -------
    dict of str to str
        File name to text: ``datalist.json`` with one list a part.

    References
    ----------
    Antonelli M et al. The Medical Segmentation Decathlon. Nat Commun 2022; 13: 4128. doi:10.1038/s41467-022-30695-9
    """
    parts = dict.fromkeys(case.part for case in cases)
    lists: dict[str, Any] = {
        _MONAI_PARTS.get(part, part): [_monai_entry(case) for case in cases if case.part == part] for part in parts
    }
    n_training = sum(case.part == "train" for case in cases)
    return {"datalist.json": _json({"name": name, "numTraining": n_training, **lists})}


def describe_nnunet(cases: Sequence[Case], *, name: str, channel: str, labels: Mapping[str, int]) -> dict[str, str]:
    """Return the descriptions that nnU-Net version 2 reads.

    Parameters
    ----------
    cases : sequence of Case
        What was written.
    name : str
        Of the cohort.
    channel : str
        Such as ``"CT"``, by which nnU-Net chooses how to normalize.
    labels : mapping of str to int
        Structure to its value in the masks, background left out.

    Returns
    -------
    dict of str to str
        File name to text: ``dataset.json``, and ``splits_final.json`` for the folder of preprocessed data.

    References
    ----------
    Isensee F et al. nnU-Net. Nat Methods 2021; 18: 203-211. doi:10.1038/s41592-020-01008-z
    """
    learning = [case for case in cases if case.part != "test"]
    dataset = {
        "name": name,
        "channel_names": {"0": channel},
        "labels": {"background": 0, **labels},
        "numTraining": len(learning),
        "file_ending": ENDING,
    }
    fold = {
        "train": [case.name for case in learning if case.part == "train"],
        "val": [case.name for case in learning if case.part == "validation"],
    }
    return {"dataset.json": _json(dataset), **({"splits_final.json": _json([fold])} if fold["val"] else {})}


def _monai_entry(case: Case) -> dict[str, Any]:
    entry: dict[str, Any] = {"image": image_place("monai", case)}
    if case.has_mask:
        entry["label"] = mask_place(case)
    elif case.label is not None:
        entry["label"] = case.label
    return entry


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
