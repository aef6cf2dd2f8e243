"""A folder of public files is replaced whole or not at all, and nobody else's files are."""

import json

import pytest

from workbench.presentation.manifest import MANIFEST, write_pages
from workbench.presentation.staging import replaced_folder

SOURCE = {"name": "A", "version": "1"}


def written(folder, **pages):
    with replaced_folder(folder, mark=MANIFEST) as staging:
        write_pages(staging, pages, source=SOURCE, identity={"name": ""})
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_takes_the_place_of_the_one_before(tmp_path):
    folder = tmp_path / "deep" / "pages"
    assert written(folder, overview={"n": 1}, census={"n": 2}) == ["census.json", MANIFEST, "overview.json"]
    assert written(folder, overview={"n": 3}) == [MANIFEST, "overview.json"]
    assert json.loads((folder / "overview.json").read_text("utf-8")) == {"n": 3}
    assert [path.name for path in folder.parent.iterdir()] == ["pages"]  # nothing half written beside it
    assert folder.stat().st_mode & 0o755 == 0o755  # a server that runs as somebody else reads it


def test_an_error_leaves_the_folder_as_it_was(tmp_path):
    folder = tmp_path / "pages"
    written(folder, overview={"n": 1})
    with pytest.raises(KeyError), replaced_folder(folder, mark=MANIFEST) as staging:  # noqa: PT012 - half of it is written
        (staging / "overview.json").write_text("{}")
        raise KeyError
    assert json.loads((folder / "overview.json").read_text("utf-8")) == {"n": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["pages"]


def test_what_stood_there_comes_back_when_the_new_cannot_be_moved(tmp_path):
    folder = tmp_path / "pages"
    written(folder, overview={"n": 1})
    with pytest.raises(FileNotFoundError), replaced_folder(folder, mark=MANIFEST) as staging:
        staging.rmdir()
    assert json.loads((folder / "overview.json").read_text("utf-8")) == {"n": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["pages"]


@pytest.mark.parametrize("listed", [{"schema": "a-release/1"}, [], None])
def test_a_folder_of_other_files_is_refused(tmp_path, listed):
    folder = tmp_path / "release"
    folder.mkdir()
    for name in ("patients.parquet", "series.parquet", "studies.parquet"):
        (folder / name).touch()
    (folder / MANIFEST).write_text(json.dumps(listed) if listed is not None else "{", encoding="utf-8")
    with pytest.raises(ValueError, match="holds other files") as refused:
        written(folder, overview={})
    assert str(refused.value) == (
        f"The folder '{folder}' holds other files: manifest.json, patients.parquet, series.parquet and 1 more. It is "
        "replaced as a whole, so a new folder or one with nothing but what the workbench wrote would be right. Name "
        "another one, for instance: --out pages"
    )
    assert len(list(folder.iterdir())) == 4


def test_a_file_that_was_added_to_our_folder_is_kept(tmp_path):
    folder = tmp_path / "pages"
    written(folder, overview={})
    (folder / "CNAME").write_text("example.org", encoding="utf-8")
    with pytest.raises(ValueError, match="holds other files: CNAME"):
        written(folder, overview={})


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "pages").touch()
    with pytest.raises(ValueError, match="is a file") as refused:
        written(tmp_path / "pages", overview={})
    assert str(refused.value) == (
        f"'{tmp_path / 'pages'}' is a file. A folder would be right, a new one or one that the workbench wrote. Name "
        "another one, for instance: --out pages"
    )


def test_a_place_that_cannot_be_written_is_told_before_anything_is_counted(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="cannot be written") as refused:
        written(tmp_path / "file" / "pages", overview={})
    assert str(refused.value) == (
        f"The folder '{tmp_path / 'file' / 'pages'}' cannot be written: File exists. A folder that is yours to "
        "write would be right. Name another one, for instance: --out pages"
    )
