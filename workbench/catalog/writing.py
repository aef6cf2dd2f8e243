"""Write files that belong together: each whole or not at all, and none when one of them cannot be written."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path


def write_together(texts: Mapping[Path, str]) -> None:
    """Write every file under a temporary name first, then give each its own name, in order.

    A temporary name is new for each call and never one that exists, so that two processes do not write into one file
    and no link is followed.

    Parameters
    ----------
    texts : mapping of pathlib.Path to str
        File to text, written as UTF-8; folders are made. The file that the others belong to comes last.

    Raises
    ------
    OSError
        When the disk is full or a file cannot be written; what was there before stays.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_together({Path(folder) / "new" / "one.txt": "1"})
    ...     print(*(path.name for path in (Path(folder) / "new").iterdir()))
    one.txt
    """
    staged: dict[Path, Path] = {}
    try:
        for target, text in texts.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(f".{secrets.token_hex(8)}.part")
            with part.open("x", encoding="utf-8", newline="\n") as file:
                staged[target] = part
                file.write(text)
                file.flush()
                os.fsync(file.fileno())  # some disks say only now that they are full
        for target, part in staged.items():
            part.replace(target)
    finally:
        for part in staged.values():
            part.unlink(missing_ok=True)
