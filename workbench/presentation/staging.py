"""Write a folder of public files whole or not at all, and replace only what the workbench wrote there before."""

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

_SHOWN = 3  # names of files that are in the way
_NEXT = "Name another one, for instance: --out pages"


@contextlib.contextmanager
def replaced_folder(folder: Path, *, mark: str) -> Iterator[Path]:
    """Yield an empty folder beside `folder`, which takes its place in one step when the block ends well.

    Parameters
    ----------
    folder : pathlib.Path
        What is to be written. When it exists it is replaced, if all it holds was written by the workbench.
    mark : str
        Name of the JSON file by which a folder that the workbench wrote is known, such as ``"manifest.json"``. What it
        lists as ``files``, or as the ``file`` of each of its ``pages``, may be replaced; all where it lists neither.

    Yields
    ------
    pathlib.Path
        Where to write. After an error it is gone, and `folder` is as it was.

    Raises
    ------
    ValueError
        When the folder is a file, holds other files, or cannot be written.
    """
    final = folder.expanduser().absolute()
    _check(final, mark)
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{final.name}-", dir=final.parent))
    except OSError as problem:
        raise ValueError(
            f"The folder {str(folder)!r} cannot be written: {problem.strerror}. A folder that is yours to write would "
            f"be right. {_NEXT}"
        ) from problem
    before = staging.with_name(f"{staging.name}-before")
    try:
        staging.chmod(0o755)  # made private; public files are read by a server that runs as somebody else
        yield staging
        _put_in_place(staging, final, before)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _put_in_place(staging: Path, final: Path, before: Path) -> None:
    """Move the new folder to its place; what stood there is thrown away only when it stands."""
    if final.exists():
        final.rename(before)
    try:
        staging.rename(final)
    except OSError:
        if before.exists() and not final.exists():
            before.rename(final)
        raise
    finally:
        shutil.rmtree(before, ignore_errors=True)


def _check(final: Path, mark: str) -> None:
    if final.exists() and not final.is_dir():
        raise ValueError(
            f"{str(final)!r} is a file. A folder would be right, a new one or one that the workbench wrote. {_NEXT}"
        )
    held = {path.name for path in final.iterdir()} if final.exists() else set()
    others = sorted(held - _written(final, mark, held)) if held else []
    if others:
        more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        raise ValueError(
            f"The folder {str(final)!r} holds other files: {', '.join(others[:_SHOWN])}{more}. It is replaced as a "
            f"whole, so a new folder or one with nothing but what the workbench wrote would be right. {_NEXT}"
        )


def _written(final: Path, mark: str, held: set[str]) -> set[str]:
    """What the workbench wrote into a folder, as far as its list tells; nothing where there is no such list."""
    try:
        told = json.loads((final / mark).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    if not isinstance(told, dict) or not str(told.get("schema", "")).startswith("workbench-"):
        return set()
    pages = told["pages"].values() if isinstance(told.get("pages"), dict) else ()
    listed = {*told.get("files", ()), *(str(page["file"]) for page in pages if isinstance(page, dict))}
    return {mark, *listed} if listed else held
