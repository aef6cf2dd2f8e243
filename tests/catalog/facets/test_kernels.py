"""The compiled facets heal: machine code cut short on disk is made again, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

COUNTS = (
    "import workbench as wb; "
    "print(wb.facets.count(wb.open_catalog('synthetic').everything, ['sex']).select('value', 'n').rows())"
)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_damaged_machine_code_is_compiled_again(tmp_path: Path, kind: str) -> None:
    environment = os.environ | {"WORKBENCH_CACHE": str(tmp_path)}

    def count() -> tuple[str, str]:
        done = subprocess.run(
            [sys.executable, "-c", COUNTS], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout, done.stderr

    before, _ = count()
    files = list((tmp_path / "compiled").rglob(f"*.{kind}"))
    assert files
    for file in files:
        file.write_bytes(file.read_bytes()[:50])
    after, said = count()
    assert after == before
    assert f"The compiled facets in {tmp_path / 'compiled'} are damaged; compiling them again." in said
    assert "damaged" not in count()[1]
