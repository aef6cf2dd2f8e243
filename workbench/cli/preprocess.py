"""``workbench preprocess``: images through a named pipeline, one file or a whole folder of series."""

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.steps import WordsError
from workbench.cli.verbs import add_verb

_MOST_SHOWN = 12


def add_preprocess(verbs: Any) -> None:
    """Add the verb ``preprocess``.

    Parameters
    ----------
    verbs : argparse subparsers
        Of the whole command.
    """
    parser = add_verb(
        verbs,
        "preprocess",
        _preprocess,
        "prepare images for models with a named pipeline",
        [
            "workbench preprocess --list",
            "workbench preprocess --explain --pipeline chest_ct",
            "workbench preprocess images/series1 --pipeline chest_ct --out ct.nii.gz",
            "workbench preprocess images --pipeline chest_xray --format png --out prepared",
        ],
    )
    parser.add_argument(
        "images", nargs="*", type=Path, metavar="IMAGE", help="files or folders; a folder may hold many"
    )
    parser.add_argument("--pipeline", metavar="NAME|YAML", help="one that ships (see --list), or a file of your own")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda:0 (default: auto)")
    parser.add_argument(
        "--out", type=Path, metavar="PATH", help="of one image a .nii.gz, .npz, .zarr or .png file; of many a folder"
    )
    parser.add_argument("--format", choices=["nii.gz", "npz", "zarr", "png"], help="of many images (default: npz)")
    parser.add_argument("--overwrite", action="store_true", help="replace what is there")
    parser.add_argument("--list", action="store_true", help="say which pipelines ship")
    parser.add_argument("--explain", action="store_true", help="say in words what the pipeline does")


def _preprocess(options: argparse.Namespace) -> int:
    from workbench.imaging.preprocessing.finding import find_images
    from workbench.imaging.preprocessing.keeping import ENDINGS, ending_of
    from workbench.imaging.preprocessing.pipelines import read_pipeline

    if options.list:
        _print_list()
        return 0
    if options.pipeline is None:
        raise WordsError(
            "preprocess came without --pipeline. One of workbench preprocess --list, or a YAML file, would be right. "
            "Add for instance: --pipeline chest_ct"
        )
    pipeline = read_pipeline(options.pipeline)
    if options.explain:
        print(pipeline.explain())
        return 0
    if not options.images or options.out is None:
        raise WordsError(
            "preprocess needs images and --out. A file or a folder, and where to write, would be right. "
            "Add for instance: images/series1 --out ct.nii.gz"
        )
    if not ending_of(options.out) and options.out.suffix and not options.out.is_dir():
        raise WordsError(
            f"--out {options.out.name} was received. A new folder's name without an ending, or a file that ends in "
            f"{', '.join(ENDINGS)}, would be right. Rename it."
        )
    if not ending_of(options.out):
        return _many(pipeline, options)
    found, _ = find_images(options.images)
    if len(found) != 1:
        raise WordsError(
            f"{len(found)} images and --out {options.out.name} were received. A folder would be right. "
            "Name one: --out prepared"
        )
    return _one(found[0], pipeline, options)


def _print_list() -> None:
    from workbench.imaging.preprocessing.pipelines import pipeline_names, read_pipeline

    for name in pipeline_names():
        pipeline = read_pipeline(name)
        print(f"{name:<16} {', '.join(pipeline.modalities) or 'any':<10} {pipeline.purpose}")


def _one(found: Any, pipeline: Any, options: argparse.Namespace) -> int:
    from workbench.imaging.preprocessing.keeping import check_free, keep, told_beside

    told = told_beside(options.out)
    check_free([options.out, told], overwrite=options.overwrite)
    result = pipeline.apply(found.read(), device=options.device)
    path = keep(result, options.out, overwrite=options.overwrite)
    done = result.provenance["preprocessing"]
    print(f"{pipeline.name} {pipeline.version} on {done['backend']}, {done['seconds']:.2f} s")
    print(f"{' × '.join(map(str, result.shape))} pixels, {result.units}")
    for flag in result.flags:
        print(f"Flag: {flag}")
    print(f"Image: {path}")
    print(f"What was done: {told}")
    return 0


def _many(pipeline: Any, options: argparse.Namespace) -> int:
    from workbench.imaging.preprocessing.keeping import preprocess_files

    prepared = preprocess_files(
        options.images,
        pipeline,
        options.out,
        ending=f".{options.format or 'npz'}",
        device=options.device,
        overwrite=options.overwrite,
    )
    if prepared.n_others:
        print(f"{prepared.n_others:,} other files are no images.")
    print(prepared)
    refused = prepared.refused
    for row in refused.head(_MOST_SHOWN).iter_rows(named=True):
        print(f"Refused, image {row['number']} of {prepared.table.height}: {row['refused']}")
    if refused.height > _MOST_SHOWN:
        print(f"… and {refused.height - _MOST_SHOWN:,} more in preprocessed.csv")
    print(f"Table: {prepared.folder / 'preprocessed.csv'}")
    return 1 if refused.height else 0
