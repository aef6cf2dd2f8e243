"""``workbench cohort manifest`` and ``fetch``: what may be done with a cohort, and getting it."""

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.outputs import COMMENTS, COMMENTS_READ, write_text
from workbench.cli.selection import select
from workbench.cli.steps import WordsError, add_steps
from workbench.cli.verbs import add_verb

_KINDS = ["s5cmd", "s5cmd-gcs", "gen3", "tcia", "csv"]
_CITED = (".bib", ".json", ".txt")


def add_delivery(kinds: Any) -> list[Any]:
    """Add the verbs that hand over images.

    Parameters
    ----------
    kinds : argparse subparsers
        Of ``workbench cohort``.

    Returns
    -------
    list of argparse.ArgumentParser
        Those that still need the options of a source.
    """
    manifest = add_verb(
        kinds,
        "manifest",
        _manifest,
        "write the list of series that a download program reads; print licenses and warnings",
        ["workbench cohort manifest chest_ct.yaml --kind s5cmd --out chest_ct.s5cmd --cite chest_ct.bib"],
    )
    manifest.add_argument("--kind", choices=_KINDS, default="s5cmd", help="which program (default: s5cmd, from Amazon)")
    manifest.add_argument("--out", type=Path, metavar="FILE", help=f"the manifest; but for gen3, {COMMENTS}")
    manifest.add_argument("--cite", type=Path, metavar="FILE", help="the references: .bib, .json (CSL) or .txt")

    fetch = add_verb(
        kinds,
        "fetch",
        _fetch,
        "download the images, size first; what is finished is kept, and the same command goes on",
        [
            "workbench cohort fetch chest_ct.yaml --sample 1 --smallest --to images --when-offline phantom",
            "workbench cohort fetch chest_ct.yaml --to images --server http://localhost:8042/dicom-web",
        ],
    )
    fetch.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="where the images go")
    fetch.add_argument("--server", metavar="URL", help="s3+http://… for a mirror, http://…/dicom-web for DICOMweb")
    fetch.add_argument("--sample", type=int, metavar="N", help="only so many series")
    fetch.add_argument("--smallest", action="store_true", help="with --sample: the smallest, not a chance draw")
    fetch.add_argument("--seed", type=int, default=0, help="with --sample: fixes the draw (default: 0)")
    fetch.add_argument("--limit-gb", type=float, metavar="GB", help="refuse to fetch more than this")
    fetch.add_argument(
        "--when-offline",
        choices=["error", "phantom"],
        default="error",
        help="when nobody answers: stop, or give a made-up image, which says that it is no patient (default: error)",
    )
    for each in (manifest, fetch):
        each.add_argument("cohort", type=Path, metavar="FILE", help="a saved cohort; further steps narrow it")
        add_steps(each)
    return [manifest, fetch]


def _manifest(options: argparse.Namespace) -> None:
    if options.out is None and options.cite is None:
        raise WordsError(
            "manifest was received without a file to write. --out FILE for the list, --cite FILE for the references, "
            "or both would be right. Add for instance: --out chest_ct.s5cmd"
        )
    if options.cite is not None and options.cite.suffix.lower() not in _CITED:
        raise WordsError(
            f"--cite {options.cite} was received. A name that ends in .bib, .json or .txt would be right. Rename it."
        )
    cohort = select(options)
    rights = cohort.rights
    listed = cohort.manifest(options.kind) if options.out else None
    print(cohort)
    for warning in rights.warnings:
        print(warning)
    if listed is not None:
        print(f"Manifest of {listed.n_series:,} series: {listed.save(options.out)}")
        if options.kind == "csv":
            print(COMMENTS_READ)
    if options.cite is not None:
        text = {".bib": rights.bibtex, ".json": rights.csl, ".txt": lambda: rights.text() + "\n"}
        path = write_text(text[options.cite.suffix.lower()](), options.cite)
        print(f"{len(rights.citations)} references: {path}")


def _fetch(options: argparse.Namespace) -> None:
    from workbench.catalog.retrieval import fetch

    if options.smallest and options.sample is None:
        raise WordsError(
            "--smallest was received without --sample. Together they take the smallest series. Add: --sample 1"
        )
    cohort = select(options)
    if options.sample is not None:
        cohort = cohort.sample(options.sample, smallest=options.smallest, seed=options.seed)
    counts = cohort.counts
    print(f"{counts['series']:,} series of {counts['patients']:,} patients, {counts['size_gb']:,.3f} GB", flush=True)
    for warning in cohort.rights.warnings:
        print(warning, flush=True)
    print(
        fetch(
            cohort,
            options.to,
            server=options.server,
            limit_gb=options.limit_gb,
            when_offline=options.when_offline,
        )
    )
