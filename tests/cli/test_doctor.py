"""The verb doctor: every part a line, how to mend it, and an exit code that says whether something needed is broken."""

import json
import subprocess
import sys

import pytest

from workbench.cli import main
from workbench.presentation import doctor
from workbench.presentation.doctor.checks import Check

GOOD = Check("Python", "ok", "3.11.7 at /usr/bin/python; >=3.11 is needed.", needed=True)
LESS = Check("Chromium", "missing", "Not installed: reports have no PDF.", "apt-get install chromium")
BROKEN = Check("Packages", "missing", "polars is not installed.", "pip install polars", True)


@pytest.mark.parametrize(
    ("checks", "exit_code", "printed"),
    [
        (
            [GOOD, LESS],
            0,
            "ok       Python    3.11.7 at /usr/bin/python; >=3.11 is needed.\n"
            "missing  Chromium  Not installed: reports have no PDF.\n"
            "                   Mend it: apt-get install chromium\n"
            "\n"
            "Everything that is needed is here. Not needed for most work, or working with less: Chromium.\n",
        ),
        (
            [GOOD, BROKEN],
            1,
            "ok       Python    3.11.7 at /usr/bin/python; >=3.11 is needed.\n"
            "missing  Packages  polars is not installed.\n"
            "                   Mend it: pip install polars\n"
            "\n"
            "Broken, and needed: Packages. The lines above say how to mend it.\n",
        ),
    ],
)
def test_every_part_is_a_line_and_what_is_broken_decides_the_exit_code(
    checks: list[Check],
    exit_code: int,
    printed: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(doctor, "examine", lambda: checks)
    assert main(["doctor"]) == exit_code
    assert capsys.readouterr() == (printed, "")


def test_a_long_line_is_broken_beside_its_name_and_a_command_never(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = f"rm -r /{'long/' * 40}"
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(doctor, "examine", lambda: [Check("Cache", "warning", "words " * 30, command)])
    main(["doctor"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "warning  Cache  words words words words words words words"
    assert all(line.startswith(" " * 16 + "words") for line in lines[1:4])
    assert any(line.strip() == command.removeprefix("rm -r ") for line in lines)


def test_an_installation_that_lost_a_package_is_told_and_no_traceback_shown() -> None:
    """In a process of its own, as it would be: nothing of ours may need what is lost before it can say so."""
    program = (
        "import sys; sys.modules['polars'] = None; sys.modules['anywidget'] = None\n"
        "from workbench.cli import main; sys.exit(main(['doctor', '--json']))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    assert done.returncode == 1
    checks = [Check(**each) for each in json.loads(done.stdout)]
    assert {check.state for check in checks} <= {"ok", "warning", "missing"}
    assert all(check.words.endswith(".") for check in checks)
    assert all(check.mend for check in checks if check.state != "ok")
    assert [check.name for check in checks if check.is_broken] == ["IDC index"]
    assert next(check for check in checks if check.name == "IDC index").words.startswith("It could not be examined. ")
    named = {check.name for check in checks}
    assert {
        "Python",
        "Packages",
        "Shipped files",
        "Kernel",
        "Cache",
        "Disk",
        "Memory",
        "GPU",
        "Widget bundles",
    } <= named
    assert {"Vega bundle", "Voila template", "Public pages", "JupyterLab", "Chromium", "nginx", "Fonts"} <= named
