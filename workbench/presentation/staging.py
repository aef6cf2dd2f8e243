"""Write a folder of public files whole or not at all, and replace only what the workbench wrote there before."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

_SHOWN = 3  # names of files that are in the way


@contextlib.contextmanager
def replaced_folder(folder: Path, *, mark: str) -> Iterator[Path]:
    """Yield an empty folder beside `folder`, which takes its place in one step when the block ends well.

    Parameters
    ----------
    folder : pathlib.Path
        What is to be written. When it exists it is replaced, if it is empty or was written by the workbench.
    mark : str
        Name of the file by which a folder that the workbench wrote is known, such as ``"manifest.json"``.

    Yields
    ------
    pathlib.Path
        Where to write. After an error it is gone, and `folder` is as it was.

    Raises
    ------
    ValueError
        When the folder holds other files, or cannot be written.
    """
    final = folder.expanduser().absolute()
    _check(final, mark)
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{final.name}-", dir=final.parent))
    except OSError as problem:
        raise ValueError(
            f"The folder {str(folder)!r} cannot be written: {problem.strerror}. A folder of yours would be right. "
            "Name another one, for instance: --out pages"
        ) from problem
    try:
        staging.chmod(0o755)  # mkdtemp makes it private; public files are read by a server that is somebody else
        yield staging
        before = staging.with_name(f"{staging.name}-before")
        if final.exists():
            final.rename(before)
        staging.rename(final)
        shutil.rmtree(before, ignore_errors=True)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _check(final: Path, mark: str) -> None:
    if final.exists() and not final.is_dir():
        raise ValueError(
            f"{str(final)!r} is a file. A folder would be right, new or written by the workbench before. "
            "Name another one, for instance: --out pages"
        )
    held = sorted(path.name for path in final.iterdir()) if final.exists() else []
    if held and mark not in held:
        shown = ", ".join(held[:_SHOWN]) + (f" and {len(held) - _SHOWN} more" if len(held) > _SHOWN else "")
        raise ValueError(
            f"The folder {str(final)!r} holds files of yours: {shown}. It would be replaced as a whole, so a new folder "
            f"or one that the workbench wrote before (with {mark}) would be right. Name another one, for instance: "
            "--out pages"
        )
