"""The verb ``doctor``: whether everything is here that the workbench needs, and how to mend what is not."""

import argparse
import json
import shutil
import textwrap
from typing import TYPE_CHECKING, Any

from workbench.cli.verbs import add_verb

if TYPE_CHECKING:
    from workbench.presentation.doctor.checks import Check

_COLUMNS = 120
_EXAMPLES = ["workbench doctor", "workbench doctor --json > doctor.json"]


def add_doctor(verbs: Any) -> None:
    """Add ``workbench doctor``.

    Parameters
    ----------
    verbs : argparse subparsers
        Of the whole command.
    """
    doctor = add_verb(verbs, "doctor", _doctor, "examine this installation and say how to mend it", _EXAMPLES)
    doctor.add_argument("--json", action="store_true", help="print JSON, for instance to send it to somebody")


def _doctor(options: argparse.Namespace) -> int:
    from workbench.presentation.doctor import examine

    checks = examine()
    print(json.dumps([check.entry() for check in checks], indent=1) if options.json else _as_lines(checks))
    return 1 if any(check.is_broken for check in checks) else 0


def _as_lines(checks: "list[Check]") -> str:
    left = max(len(check.name) for check in checks) + 11
    columns = min(max(shutil.get_terminal_size((_COLUMNS, 24)).columns, left + 40), _COLUMNS)
    lines = []
    for check in checks:
        mend = f"Mend it: {check.mend}" if check.state != "ok" and check.mend else ""
        for start, text in ((f"{check.state:<8} {check.name}", check.words), ("", mend)):
            # A path or a command that is longer than the line stays whole, to be copied.
            lines += textwrap.wrap(
                text,
                columns,
                initial_indent=start.ljust(left),
                subsequent_indent=" " * left,
                break_long_words=False,
                break_on_hyphens=False,
            )
    return "\n".join([*lines, "", _verdict(checks)])


def _verdict(checks: "list[Check]") -> str:
    broken = [check.name for check in checks if check.is_broken]
    if broken:
        return f"Broken, and needed: {', '.join(broken)}. The lines above say how to mend it."
    others = [check.name for check in checks if check.state != "ok"]
    less = f" Not needed for most work, or working with less: {', '.join(others)}." if others else ""
    return f"Everything that is needed is here.{less}"
