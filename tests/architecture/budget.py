"""Hold every module to 300 lines and seven public names, and print what the package adds up to.

Run ``python tests/architecture/budget.py workbench``.
"""

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

MOST_LINES = 300
MOST_PUBLIC_NAMES = 7


@dataclass(frozen=True)
class ModuleSize:
    """What one module weighs: its lines, docstrings included, and its public functions and classes."""

    path: Path
    n_lines: int
    public_names: tuple[str, ...]

    def problems(self) -> Iterator[str]:
        """Yield one line for each budget this module exceeds."""
        if self.n_lines > MOST_LINES:
            yield (
                f"{self.path}: {self.n_lines} lines; at most {MOST_LINES} fit one idea. "
                "Find the second idea and give it a module of its own."
            )
        if len(self.public_names) > MOST_PUBLIC_NAMES:
            yield (
                f"{self.path}: {len(self.public_names)} public names ({', '.join(self.public_names)}); "
                f"at most {MOST_PUBLIC_NAMES}. Make some private or split the module."
            )


def measure(path: Path) -> ModuleSize:
    """Return the size of the module at `path`."""
    source = path.read_text(encoding="utf-8")
    names = dict.fromkeys(_defined_names(ast.parse(source, filename=str(path)).body))
    public = tuple(name for name in names if not name.startswith("_"))
    return ModuleSize(path, len(source.splitlines()), public)


def main(arguments: Sequence[str]) -> int:
    """Print the totals of the packages named in `arguments`; return 1 when a module exceeds its budget."""
    folders = [Path(argument) for argument in arguments]
    missing = [folder for folder in folders if not folder.is_dir()]
    if missing or not folders:
        print(f"No folder {', '.join(map(str, missing)) or 'given'}. Name package folders: budget.py workbench")
        return 2
    sizes = [measure(path) for folder in folders for path in sorted(folder.rglob("*.py"))]
    problems = [problem for size in sizes for problem in size.problems()]
    print("\n".join(problems), end="\n" if problems else "")
    n_lines = sum(size.n_lines for size in sizes)
    n_names = sum(len(size.public_names) for size in sizes)
    print(f"modules {len(sizes)}, lines {n_lines:,}, public names {n_names}")
    return 1 if problems else 0


def _defined_names(statements: Sequence[ast.stmt]) -> Iterator[str]:
    """Yield the functions and classes a module defines, also those behind a condition."""
    for statement in statements:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement.name
        elif isinstance(statement, ast.If):
            yield from _defined_names([*statement.body, *statement.orelse])
        elif isinstance(statement, ast.Try):
            yield from _defined_names([*statement.body, *statement.orelse, *statement.finalbody])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
