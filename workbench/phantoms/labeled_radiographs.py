"""A folder of made-up chest radiographs with labels, laid out as ChestX-ray14 documents it; nobody in it exists."""

from pathlib import Path

import numpy as np
import polars as pl
from PIL import Image

# How often each label is drawn is made up; the words are the fourteen findings of the layout.
_FINDINGS = {
    "Infiltration": 0.12,
    "Effusion": 0.10,
    "Atelectasis": 0.09,
    "Nodule": 0.05,
    "Mass": 0.04,
    "Pneumothorax": 0.04,
    "Consolidation": 0.04,
    "Pleural_Thickening": 0.03,
    "Cardiomegaly": 0.03,
    "Emphysema": 0.02,
    "Edema": 0.02,
    "Fibrosis": 0.02,
    "Pneumonia": 0.02,
    "Hernia": 0.01,
}
_N_PIXELS = 32  # of an image; the table states the size that the layout is known for
_TEST_PART = 0.2
_IMPOSSIBLE_AGE = 412  # such ages stand in copies of the table
_ONE = 1


def write_labeled_radiographs(folder: str | Path, *, n_patients: int = 40, seed: int = 0) -> Path:
    """Return a folder laid out like ChestX-ray14: the table, the two lists of the official split, and tiny images.

    As in copies of it, one age is impossible, one image of the table is missing and one file has no row.

    Parameters
    ----------
    folder : str or pathlib.Path
        Made when absent.
    n_patients : int
        How many people, at least 2; each has one to four images.
    seed : int
        Decides everything in it.

    Returns
    -------
    pathlib.Path
        The folder, for ``wb.datasets().open("nih-chestx-ray14", folder)``.

    Raises
    ------
    ValueError
        For fewer than two patients: one would be in no part or in both.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> folder = write_labeled_radiographs(mkdtemp(), n_patients=5)
    >>> sorted(path.name for path in folder.iterdir())
    ['Data_Entry_2017_v2020.csv', 'images_001', 'test_list.txt', 'train_val_list.txt']
    """
    if n_patients < 2:
        raise ValueError(
            f"n_patients={n_patients} was received. At least 2 would be right, one for each part of the split. "
            "Leave n_patients out for 40."
        )
    rng = np.random.default_rng(seed)
    root = Path(folder)
    images = root / "images_001" / "images"
    images.mkdir(parents=True, exist_ok=True)
    table = _table(n_patients, rng)
    table.write_csv(root / "Data_Entry_2017_v2020.csv")
    in_test = pl.col("Patient ID") > n_patients - max(_ONE, round(n_patients * _TEST_PART))
    for name, kept in (("train_val_list.txt", ~in_test), ("test_list.txt", in_test)):
        (root / name).write_text("\n".join(table.filter(kept)["Image Index"]) + "\n", encoding="utf-8")
    for name in (*table["Image Index"][1:], f"{n_patients + 1:08d}_000.png"):
        Image.fromarray(rng.integers(0, 256, (_N_PIXELS, _N_PIXELS), dtype=np.uint8)).save(images / name)
    return root


def _table(n_patients: int, rng: np.random.Generator) -> pl.DataFrame:
    rows = []
    for patient in range(1, n_patients + 1):
        age, sex = int(np.clip(rng.normal(47, 17), 1, 94)), str(rng.choice(["F", "M"], p=[0.44, 0.56]))
        for number in range(int(rng.integers(1, 5))):
            found = [name for name, share in _FINDINGS.items() if rng.random() < share]
            rows.append(
                {
                    "Image Index": f"{patient:08d}_{number:03d}.png",
                    "Finding Labels": "|".join(found) or "No Finding",
                    "Follow-up #": number,
                    "Patient ID": patient,
                    "Patient Age": _IMPOSSIBLE_AGE if patient == 1 else age + number // 2,
                    "Patient Sex": sex,
                    "View Position": str(rng.choice(["PA", "AP"], p=[0.6, 0.4])),
                    "OriginalImage[Width": 2048,
                    "Height]": 2048,
                    "OriginalImagePixelSpacing[x": 0.14,
                    "y]": 0.14,
                }
            )
    return pl.DataFrame(rows)
