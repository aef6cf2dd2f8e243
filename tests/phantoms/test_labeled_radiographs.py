"""The made-up folder of labeled radiographs: what its layout promises, and nobody on both sides of its split."""

from pathlib import Path

import polars as pl
import pytest

import workbench as wb
from workbench.phantoms.labeled_radiographs import write_labeled_radiographs


def test_the_folder_opens_as_the_data_set_whose_layout_it_has(tmp_path: Path) -> None:
    commons = wb.datasets().open("nih-chestx-ray14", write_labeled_radiographs(tmp_path, n_patients=12, seed=3))
    assert commons.counts["patients"] == 12
    quality = dict(commons.data_quality().select("rule", "n").iter_rows())
    impossible = next(n for rule, n in quality.items() if rule == "Age is no age")
    written = pl.read_csv(tmp_path / "Data_Entry_2017_v2020.csv")
    assert impossible == written.filter(pl.col("Patient Age") == 412).height > 0


def test_one_image_is_missing_and_one_file_has_no_row(tmp_path: Path) -> None:
    folder = write_labeled_radiographs(tmp_path, n_patients=6)
    named = set(pl.read_csv(folder / "Data_Entry_2017_v2020.csv")["Image Index"])
    there = {path.name for path in folder.glob("images_001/images/*.png")}
    assert len(named - there) == len(there - named) == 1


def test_nobody_is_in_both_lists_of_the_split_and_everybody_in_one(tmp_path: Path) -> None:
    folder = write_labeled_radiographs(tmp_path, n_patients=25, seed=1)
    lists = [(folder / name).read_text().split() for name in ("train_val_list.txt", "test_list.txt")]
    people = [{name.split("_")[0] for name in names} for names in lists]
    assert not people[0] & people[1]
    assert len(people[0] | people[1]) == 25
    assert len(people[1]) == 5  # a fifth


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    one, other = (write_labeled_radiographs(tmp_path / name, n_patients=4, seed=9) for name in "ab")
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert [(one / file).read_bytes() for file in files] == [(other / file).read_bytes() for file in files]


def test_one_patient_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="At least 2") as refused:
        write_labeled_radiographs(tmp_path / "none", n_patients=1)
    assert str(refused.value) == (
        "n_patients=1 was received. At least 2 would be right, one for each part of the split. "
        "Leave n_patients out for 40."
    )
    assert not (tmp_path / "none").exists()
