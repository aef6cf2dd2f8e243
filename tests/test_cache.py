"""Derived tables in the cache are whole or absent, whatever crashes, whoever else writes."""

import contextlib
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.cache import CACHE_VARIABLE, cache_folder, rules_digest, sealed_folder
from workbench.catalog.commons import open_catalog
from workbench.catalog.sources.idc_package import raw_path
from workbench.errors import MissingPackageError

SLOW_BUILD = """
import sys, time
from workbench.cache import sealed_folder
def build(folder):
    for name in ("one", "two"):
        (folder / name).write_text(name * 1000)
        time.sleep(0.2)
folder = sealed_folder("tables", build)
print(sorted((path.name, path.stat().st_size) for path in folder.iterdir() if path.name != "seal.json"))
"""


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Move the cache into a folder of this test."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


class Builder:
    """Writes two files and remembers how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, folder: Path) -> None:
        self.calls += 1
        (folder / "patients.parquet").write_bytes(b"p" * 1000)
        (folder / "series.parquet").write_bytes(b"s" * 1000)


def truncate(folder: Path) -> None:
    (folder / "series.parquet").write_bytes(b"s" * 10)


def flip_a_byte(folder: Path) -> None:
    (folder / "series.parquet").write_bytes(b"s" * 999 + b"t")


def remove_a_file(folder: Path) -> None:
    (folder / "patients.parquet").unlink()


def remove_the_seal(folder: Path) -> None:
    (folder / "seal.json").unlink()


def cut_the_seal(folder: Path) -> None:
    (folder / "seal.json").write_text('{"patients.parquet": "12')


def empty_the_seal(folder: Path) -> None:
    (folder / "seal.json").write_text("{}")


def replace_the_seal(folder: Path) -> None:
    (folder / "seal.json").write_text("[1, 2]")


def test_a_sound_folder_is_built_once_and_silently_used_again(capsys: pytest.CaptureFixture[str]) -> None:
    builder = Builder()
    first, second = sealed_folder("tables", builder), sealed_folder("tables", builder)
    assert first == second
    assert builder.calls == 1
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "damage",
    [
        truncate,
        flip_a_byte,
        remove_a_file,
        remove_the_seal,
        cut_the_seal,
        empty_the_seal,
        replace_the_seal,
    ],
)
def test_a_damaged_folder_is_built_again_with_one_line_said(
    damage: Callable[[Path], None], root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    builder = Builder()
    damage(sealed_folder("tables", builder))
    repaired = sealed_folder("tables", builder)
    assert builder.calls == 2
    assert (repaired / "series.parquet").read_bytes() == b"s" * 1000
    assert set(json.loads((repaired / "seal.json").read_text())) == {"patients.parquet", "series.parquet"}
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"The cached tables in {repaired} are damaged; building them again.\n")
    assert [path.name for path in root.iterdir()] == ["tables"]  # no rubbish is left beside it


def test_a_file_in_the_place_of_the_folder_is_replaced(root: Path) -> None:
    root.mkdir()
    (root / "tables").write_text("not a folder")
    assert (sealed_folder("tables", Builder()) / "patients.parquet").exists()


def test_a_half_built_folder_left_by_a_crash_is_not_used(root: Path) -> None:
    (root / ".tables-crashed").mkdir(parents=True)
    (root / ".tables-crashed" / "patients.parquet").write_bytes(b"half")
    builder = Builder()
    folder = sealed_folder("tables", builder)
    assert builder.calls == 1
    assert (folder / "patients.parquet").read_bytes() == b"p" * 1000


def test_a_build_that_fails_leaves_nothing_and_can_be_tried_again(root: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "patients.parquet").write_bytes(b"half")
        raise ValueError("no more disk")

    with pytest.raises(ValueError, match=r"^no more disk$"):
        sealed_folder("tables", fail)
    assert list(root.iterdir()) == []
    assert sealed_folder("tables", Builder()).exists()


def test_a_build_that_fails_keeps_no_damaged_folder_in_use(root: Path) -> None:
    truncate(sealed_folder("tables", Builder()))
    with pytest.raises(KeyboardInterrupt):
        sealed_folder("tables", _interrupt)
    builder = Builder()
    sealed_folder("tables", builder)
    assert builder.calls == 1


def _interrupt(folder: Path) -> None:
    raise KeyboardInterrupt


def test_two_processes_at_once_give_one_sound_folder(root: Path) -> None:
    command = [sys.executable, "-c", SLOW_BUILD]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    results = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0, 0], results
    assert {out.strip() for out, _ in results} == {"[('one', 3000), ('two', 3000)]"}
    assert [path.name for path in root.iterdir()] == ["tables"]


def test_two_threads_that_find_a_damaged_folder_both_get_a_sound_one(root: Path) -> None:
    truncate(sealed_folder("tables", Builder()))
    together, found, failed = threading.Barrier(2), [], []

    def build(folder: Path) -> None:
        Builder()(folder)
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(timeout=2)  # both have seen the damage and stand before the replacement

    def work() -> None:
        try:
            found.append((sealed_folder("tables", build) / "series.parquet").read_bytes())
        except OSError as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert failed == []
    assert found == [b"s" * 1000] * 2
    assert [path.name for path in root.iterdir()] == ["tables"]


def test_the_variable_moves_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "elsewhere"))
    assert cache_folder() == tmp_path / "elsewhere"
    assert sealed_folder("tables", Builder()).parent == tmp_path / "elsewhere"


def test_without_the_variable_the_cache_lies_in_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CACHE_VARIABLE)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "imaging-workbench"


def test_a_cache_that_cannot_be_written_falls_back_with_one_line_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / "file"  # a path below a file can be written by nobody, not even root
    blocked.write_text("")
    monkeypatch.setenv(CACHE_VARIABLE, str(blocked / "cache"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = cache_folder()
    assert folder.parent == tmp_path
    assert folder.is_dir()
    assert capsys.readouterr().err == (
        f"The cache folder {blocked / 'cache'} cannot be written; using {folder}. Set WORKBENCH_CACHE to move it.\n"
    )


def test_changed_rules_mean_another_folder() -> None:
    assert rules_digest(["a", "b"]) == rules_digest(["a"], ["b"])
    assert rules_digest(["a"]) != rules_digest(["b"])
    assert re.fullmatch(r"[0-9a-f]{12}", rules_digest(["a"]))


def test_a_missing_index_package_names_the_install_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", absent)
    with pytest.raises(MissingPackageError) as caught:
        open_catalog()
    assert str(caught.value) == (
        "The package idc-index-data is not installed. It carries the index of the embedded repository. "
        "Install it: pip install 'idc-index-data>=25.0.5'"
    )


def test_an_index_package_without_the_table_says_how_to_get_it() -> None:
    with pytest.raises(MissingPackageError) as caught:
        raw_path("no_such_table")
    version = importlib.metadata.version("idc-index-data")
    assert str(caught.value) == (
        f"The installed idc-index-data {version} does not carry the table 'no_such_table'. Versions from 25.0.5 do. "
        "Install it again: pip install --force-reinstall 'idc-index-data>=25.0.5'"
    )


def test_a_relative_cache_folder_stays_where_it_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORKBENCH_CACHE", "my cache")
    assert cache_folder() == tmp_path / "my cache"


def test_a_tilde_in_the_cache_folder_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("WORKBENCH_CACHE", "~/tables")
    assert cache_folder() == tmp_path / "tables"


def test_a_temporary_folder_that_others_can_write_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "file" / "x"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    planted = tmp_path / f"imaging-workbench-{os.getuid()}"
    planted.mkdir()
    planted.chmod(0o777)
    assert cache_folder() != planted
