"""Hold every notebook to prose, parameters and calls.

Run ``python tests/architecture/thin_notebooks.py notebooks dashboards``.
"""

import ast
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

MOST_LINES = 12

_FORBIDDEN: dict[type[ast.AST], str] = {
    ast.FunctionDef: "def",
    ast.AsyncFunctionDef: "def",
    ast.ClassDef: "class",
    ast.Lambda: "lambda",
    ast.Try: "try",
    ast.TryStar: "try",
}


def problems_of(path: Path) -> list[str]:
    """Return one line for each thing that makes the notebook at `path` thicker than it may be."""
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code_cells = [(number, cell) for number, cell in enumerate(cells, start=1) if cell["cell_type"] == "code"]
    problems = []
    for position, (number, cell) in enumerate(code_cells):
        found = [*_saved_state(cell), *_thickness("".join(cell["source"]), may_import=position == 0)]
        problems += [f"{path}, cell {number}: {problem}" for problem in found]
    return problems


def main(arguments: Sequence[str]) -> int:
    """Check every notebook under the folders named in `arguments`; return 1 when one is too thick."""
    folders = [Path(argument) for argument in arguments]
    missing = [folder for folder in folders if not folder.is_dir()]
    if missing or not folders:
        print(
            f"No folder {', '.join(map(str, missing)) or 'given'}. Name folders: thin_notebooks.py notebooks dashboards"
        )
        return 2
    paths = sorted(
        path for folder in folders for path in folder.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
    )
    problems = [problem for path in paths for problem in problems_of(path)]
    print("\n".join(problems), end="\n" if problems else "")
    print(f"notebooks {len(paths)}, {'problems ' + str(len(problems)) if problems else 'all thin'}")
    return 1 if problems else 0


def _saved_state(cell: dict[str, Any]) -> Iterator[str]:
    if cell.get("outputs"):
        yield "has outputs. Clear them: nbstripout --keep-id FILE"
    if cell.get("execution_count") is not None:
        yield "has an execution count. Clear it: nbstripout --keep-id FILE"


def _thickness(source: str, *, may_import: bool) -> Iterator[str]:
    n_lines = len(source.strip().splitlines())
    if n_lines > MOST_LINES:
        yield f"{n_lines} lines; at most {MOST_LINES}. Move the work into the package and call it."
    try:
        # A notebook may await at the top level of a cell.
        flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        tree = compile(source, "cell", "exec", flags)
    except SyntaxError:
        yield "is not plain Python. Magics and shell lines belong in the package or the README."
        return
    nodes = list(ast.walk(tree))
    for word in dict.fromkeys(_FORBIDDEN[type(node)] for node in nodes if type(node) in _FORBIDDEN):
        yield f"uses {word}. Move it into the package, document it, test it, and call it here."
    if not may_import and any(isinstance(node, ast.Import | ast.ImportFrom) for node in nodes):
        yield "imports. All imports stand in the first code cell."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
