"""``workbench cohort training`` on a folder of DICOM files."""

import json
from collections.abc import Callable
from pathlib import Path

from workbench.phantoms.chest import write_chest_ct

Done = Callable[..., str]
Fails = Callable[..., str]


def test_a_folder_of_dicom_becomes_a_folder_for_training(done: Done, tmp_path: Path) -> None:
    for seed in (1, 2):
        write_chest_ct(tmp_path / "hospital" / str(seed), seed=seed, n_slices=4, n_pixels=32)
    words = ("--source", "hospital", "--where", "modality=CT", "--fractions", "0.5,0.5", "--out", "training")
    said = done("cohort", "training", *words)
    assert said.splitlines() == [
        "2 cases in training: 1 train, 1 test" if "1 train, 1 test" in said else "2 cases in training: 1 test, 1 train",
        "cases.csv names patients: it stays with you.",
    ]
    lists = json.loads(Path("training/datalist.json").read_text())
    assert [len(lists[part]) for part in ("training", "test")] == [1, 1]


def test_shares_that_are_no_numbers_are_refused(fails: Fails, tmp_path: Path) -> None:
    write_chest_ct(tmp_path / "hospital", seed=1, n_slices=4, n_pixels=32)
    said = fails("cohort", "training", "--source", "hospital", "--fractions", "most", "--out", "training")
    assert said == (
        "--fractions most was received. Two or three shares that sum to 1 would be right. "
        "Use for instance: --fractions 0.8,0.2"
    )
    assert not Path("training").exists()
