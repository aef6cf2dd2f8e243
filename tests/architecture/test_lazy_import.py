"""`import workbench` is cheap: it loads nothing that a first line does not need."""

import json
import subprocess
import sys
from pathlib import Path

HEAVY = {
    "altair",
    "cupy",
    "idc_index_data",
    "IPython",
    "ipywidgets",
    "itkwidgets",
    "jupyter_server",
    "nbconvert",
    "numpy",
    "pandas",
    "papermill",
    "polars",
    "pydicom",
    "vl_convert",
    "voila",
    "yaml",
}


def test_importing_the_package_loads_no_heavy_library(tmp_path: Path) -> None:
    program = "import json, sys, workbench; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert HEAVY.intersection(json.loads(finished.stdout)) == set()
