"""``workbench index``: what DICOM lies in a folder or a bucket, as tables."""

import argparse
import os
from collections import Counter
from pathlib import Path
from typing import Any

from workbench.cli.steps import WordsError
from workbench.cli.verbs import add_verb

_MOST_REASONS = 12


def add_index(verbs: Any) -> None:
    """Add the verb.

    Parameters
    ----------
    verbs : argparse subparsers
        Of ``workbench``.
    """
    parser = add_verb(
        verbs,
        "index",
        _index,
        "read the headers of a folder or bucket of DICOM files into tables",
        [
            "workbench index images --out images_index",
            "workbench index images --out images_index --known images_index",
            "workbench index s3://idc-open-data/0002bb7b-f5ee-4c59-8c4c-8b6e11c0d2b4 --out index",
        ],
    )
    parser.add_argument(
        "folder", metavar="FOLDER", help="a folder, a file, or s3://, gs://, az://, https:// or file://…"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the tables go, as Parquet")
    parser.add_argument("--known", type=Path, metavar="FOLDER", help="an earlier index: what has not changed is kept")
    parser.add_argument("--workers", type=int, metavar="N", help="processes (default: as many as are worth it)")


def _index(options: argparse.Namespace) -> None:
    from workbench.imaging.headers import index_folder

    if options.workers is not None and options.workers < 1:
        raise WordsError(f"--workers {options.workers} was received. One or more would be right. Or leave it out.")
    if options.out.is_file():
        raise WordsError(f"--out {options.out} was received, which is a file. A folder would be right. Name another.")
    there = next(place for place in (options.out, *options.out.absolute().parents) if place.exists())
    if not os.access(there, os.W_OK):  # said before the headers are read, which may take hours
        raise _not_writable(options.out, "the disk or the folder is read-only")
    index = index_folder(options.folder, known=options.known, workers=options.workers)
    try:
        folder = index.write(options.out)
    except OSError as error:
        raise _not_writable(options.out, error.strerror or "an error of the file system") from error
    counted = {table: index[table].height for table in ("patients", "studies", "series")}
    print(", ".join(f"{n:,} {table}" for table, n in counted.items()))
    instances = index["instances"]
    print(f"{instances.height:,} files, {index.headers.size_bytes.sum() / 1e9:,.3f} GB")
    for reader, n in Counter(instances["reader"].to_list()).most_common():
        print(f"  {n:,} read by {_READERS.get(reader, reader)}")
    print(f"{index['refused'].height:,} files refused")
    reasons = Counter(index["refused"]["reason"].to_list()).most_common()
    for reason, n in reasons[:_MOST_REASONS]:
        print(f"  {n:,}: {reason}")
    if len(reasons) > _MOST_REASONS:
        print(f"  … and {len(reasons) - _MOST_REASONS} more reasons, in refused.parquet")
    print(f"Tables: {folder}")


def _not_writable(out: Path, why: str) -> WordsError:
    return WordsError(
        f"--out {out} was received, and nothing can be written there ({why}). A folder on a disk that has room and can "
        "be written to would be right. Name another."
    )


_READERS = {"walker": "the walk over first bytes"}
