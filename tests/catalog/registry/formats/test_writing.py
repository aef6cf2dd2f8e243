"""Exports: all files or none, the same bytes for the same entries."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings

from tests.catalog.registry.formats.drawn import LAWS, catalogs
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.formats.writing import Format, export


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@settings(LAWS, max_examples=6)
@given(catalogs)
def test_two_exports_are_equal_byte_by_byte(tmp_path_factory: pytest.TempPathFactory, listed: list[Entry]) -> None:
    one, other = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("other")
    export(listed, one)
    export(tuple(listed), other)
    first = contents(one)
    export(listed, one)
    assert contents(other) == first == contents(one)
    for name, written in first.items():
        if name.endswith((".json", ".jsonld")):
            json.loads(written)


def test_every_shipped_entry_is_written_in_every_format(shipped: tuple[Entry, ...], tmp_path: Path) -> None:
    written = export(shipped, tmp_path / "new")
    cards = {f"cards/{entry.key}.md" for entry in shipped}
    described = {f"croissant/{entry.key}.json" for entry in shipped if entry.kind in ("dataset", "collection")}
    whole = {"catalog.jsonld", "catalog.bib", "catalog.csl.json", "catalog.csv", "datapackage.json"}
    assert set(contents(tmp_path / "new")) == cards | described | whole
    assert sorted(path.relative_to(tmp_path / "new").as_posix() for path in written) == sorted(
        cards | described | whole
    )


def test_only_the_formats_asked_for_are_written(invented: Entry, tmp_path: Path) -> None:
    assert [path.name for path in export([invented], tmp_path, ["csl", "bibtex"])] == [
        "catalog.bib",
        "catalog.csl.json",
    ]


def test_when_one_file_cannot_be_written_none_is(invented: Entry, tmp_path: Path) -> None:
    (tmp_path / "croissant").write_text("in the way")
    with pytest.raises(NotADirectoryError) as refused:
        export([invented], tmp_path)
    assert str(refused.value) == (
        f"{tmp_path / 'croissant'} is a file, and a folder of the catalog shall stand there. "
        "Move it, or name another folder."
    )
    assert [path.name for path in tmp_path.iterdir()] == ["croissant"]


def test_when_the_disk_refuses_nothing_stays(invented: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, n_left = Path.open, 3

    def full(path: Path, mode: str = "r", **options: Any) -> Any:
        nonlocal n_left
        n_left -= mode == "x"
        if n_left < 0:
            raise OSError(28, "No space left on device", str(path))
        return opened(path, mode, **options)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(OSError, match="No space") as refused:
        export([invented], tmp_path / "new" / "folder")
    assert re.sub(r"to \S+", "to FILE", str(refused.value)) == (
        "The catalog cannot be written to FILE (No space left on device). A folder that you may write, on a disk with "
        "space left, would be right. Name another folder."
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["../x", "a/b", "con", "NUL", "com1.x", "a.", ".a", "", "a b", "a\n", "C:x", "a\\b"])
def test_a_key_that_cannot_name_a_file_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="key of an entry") as refused:
        export([Entry("dataset", {"key": key, "name": "A", "license": {"id": "unknown"}})], tmp_path / "out")
    assert str(refused.value) == (
        f"{key!r} came as the key of an entry, and cannot name a file everywhere; letters, digits and single hyphens "
        "would be right, and no device such as con. Change the key."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_folder_where_a_file_shall_stand_is_refused_before_anything_is_written(
    invented: Entry, tmp_path: Path
) -> None:
    (tmp_path / "datapackage.json").mkdir()
    with pytest.raises(IsADirectoryError) as refused:
        export([invented], tmp_path)
    assert str(refused.value) == (
        f"{tmp_path / 'datapackage.json'} is a folder, and a file of the catalog shall stand there. "
        "Move it, or name another folder."
    )
    assert contents(tmp_path) == {}


def test_an_unknown_format_is_refused_with_the_nearest(invented: Entry, tmp_path: Path) -> None:
    with pytest.raises(LookupError) as refused:
        export([invented], tmp_path, ["croisant"])  # type: ignore[list-item]
    assert str(refused.value) == (
        "No format 'croisant' in the data catalog. Did you mean 'croissant'? "
        f"Valid: {', '.join(get_args(Format))}. Use one of these."
    )


def test_nothing_to_write_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="entry") as refused:
        export([], tmp_path)
    assert str(refused.value) == (
        "There is no entry to write. Choose at least one, such as datasets().where(kind='dataset')."
    )


def test_a_key_that_stands_twice_is_refused(invented: Entry, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="twice") as refused:
        export([invented, invented], tmp_path)
    assert str(refused.value) == "Keys stand twice: invented. Each entry has one file. Leave one of each out."
    other = Entry("dataset", {**invented.fields, "key": "INVENTED"})
    with pytest.raises(ValueError, match="twice: INVENTED, invented"):
        export([invented, other], tmp_path)
    assert contents(tmp_path) == {}


def test_a_file_is_no_folder(invented: Entry, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError) as refused:
        export([invented], tmp_path / "file")
    assert str(refused.value) == f"{tmp_path / 'file'} is a file. The catalog is written into a folder. Name another."
