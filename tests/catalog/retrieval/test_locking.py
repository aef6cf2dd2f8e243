"""One fetch at a time in a folder, between real processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from workbench.catalog.retrieval.locking import LOCK_NAME, sole_fetch

_HOLD = """
import sys
from pathlib import Path
from workbench.catalog.retrieval.locking import sole_fetch
with sole_fetch(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_folder_that_another_process_fetches_into_is_refused_until_it_ends(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    command = [sys.executable, "-c", _HOLD, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(BlockingIOError) as caught, sole_fetch(folder):
            pytest.fail("two processes hold one folder")
        assert str(caught.value) == (
            f"Another fetch is writing into {folder}. One at a time would be right, so that no file is mixed from "
            "two. Wait for it, or choose another folder."
        )
        other.kill()  # also a process that ends badly lets go
        other.wait()
    with sole_fetch(folder):
        assert (folder / LOCK_NAME).is_file()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).mkdir()
    with pytest.raises(OSError, match="cannot be written") as caught, sole_fetch(tmp_path):
        pytest.fail("a folder that cannot be locked was given out")
    assert str(caught.value) == (
        f"The folder {tmp_path} cannot be written (Is a directory). A folder of your own would be right. "
        "Choose another folder."
    )
