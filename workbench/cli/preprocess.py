"""``workbench preprocess``: images through a named pipeline, one file or a whole folder of series."""

import argparse
import json
from pathlib import Path
from typing import Any

from workbench.cli.outputs import ready, write_text
from workbench.cli.steps import WordsError
from workbench.cli.verbs import add_verb

_ENDINGS = (".nii.gz", ".nii", ".npz", ".zarr", ".png")
_REFUSALS = (ValueError, TypeError, LookupError, OSError, ImportError, MemoryError)
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
    items, n_others = find_images(options.images)
    if n_others:
        print(f"{n_others:,} other files are no images.")
    if not items:
        raise LookupError(
            "There is no image here. A folder with DICOM, NIfTI, NumPy, PNG or JPEG files would be right. "
            "Look what lies there: workbench index FOLDER --out index"
        )
    if len(items) == 1 and _ending(options.out):
        return _one(items[0], pipeline, options)
    return _many(items, pipeline, options)


def _print_list() -> None:
    from workbench.imaging.preprocessing.pipelines import pipeline_names, read_pipeline

    for name in pipeline_names():
        pipeline = read_pipeline(name)
        print(f"{name:<16} {', '.join(pipeline.modalities) or 'any':<10} {pipeline.purpose}")


def _one(item: Any, pipeline: Any, options: argparse.Namespace) -> int:
    path = ready(options.out) if _ending(options.out) != ".zarr" else options.out
    _check_free([path, _told_at(path)], overwrite=options.overwrite)
    result = pipeline.apply(item.read(), device=options.device)
    _write(result, path, overwrite=options.overwrite)
    done = result.provenance["preprocessing"]
    shape = " × ".join(map(str, result.shape))
    print(f"{pipeline.name} {pipeline.version} on {done['backend']}, {done['seconds']:.2f} s")
    print(f"{shape} pixels, {result.units}")
    for flag in result.flags:
        print(f"Flag: {flag}")
    print(f"Image: {path}")
    print(f"What was done: {_told_at(path)}")
    return 0


def _many(items: list[Any], pipeline: Any, options: argparse.Namespace) -> int:
    import polars as pl
    from tqdm.auto import tqdm

    if _ending(options.out):
        raise WordsError(
            f"{len(items)} images and --out {options.out.name} were received. A folder would be right. "
            "Name one: --out prepared"
        )
    folder, ending = options.out, options.format or "npz"
    digits = max(4, len(str(len(items))))
    places = [folder / f"image_{number:0{digits}d}.{ending}" for number in range(1, len(items) + 1)]
    table_path = folder / "preprocessed.csv"
    _check_free([table_path, *places], overwrite=options.overwrite)
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        _try(item, place, pipeline, options)
        for item, place in zip(tqdm(items, unit=" images", desc=pipeline.name), places, strict=True)
    ]
    table = pl.DataFrame(rows, infer_schema_length=None)
    write_text(table.write_csv(), table_path)
    refused = table.filter(pl.col("refused") != "")
    print(f"{table.height - refused.height:,} of {table.height:,} images prepared: {folder}")
    for row in refused.head(_MOST_SHOWN).iter_rows(named=True):
        print(f"Refused, image {row['number']} of {table.height}: {row['refused']}")
    if refused.height > _MOST_SHOWN:
        print(f"… and {refused.height - _MOST_SHOWN:,} more in {table_path.name}")
    print(f"Table: {table_path}")
    return 1 if refused.height else 0


def _try(item: Any, place: Path, pipeline: Any, options: argparse.Namespace) -> dict[str, Any]:
    """Return a row of the table: what became of one image."""
    number = int(place.name.split(".")[0].rpartition("_")[2])
    row: dict[str, Any] = {
        "number": number,
        "source": str(item.path),
        "n_files": item.n_files,
        "file": "",
        "shape": "",
        "units": "",
    }
    row |= {"spacing_mm": "", "seconds": None, "backend": "", "flags": "", "refused": ""}
    try:
        result = pipeline.apply(item.read(), device=options.device)
        _write(result, place, overwrite=options.overwrite)
    except _REFUSALS as error:
        return {**row, "refused": str(error) or type(error).__name__}
    done = result.provenance["preprocessing"]
    return row | {
        "file": place.name,
        "shape": " ".join(map(str, result.shape)),
        "units": result.units,
        "spacing_mm": " ".join(f"{value:g}" for value in result.spacing_mm or ()),
        "seconds": done["seconds"],
        "backend": done["backend"],
        "flags": " ".join(result.flags),
    }


def _write(image: Any, path: Path, *, overwrite: bool) -> None:
    """Write image and provenance; the array comes from the device first."""
    import shutil

    from workbench.imaging.arrays import to_host
    from workbench.imaging.volumes.files import save_image

    image = image.replace(array=to_host(image.array))
    if overwrite and path.is_dir():
        shutil.rmtree(path)
    if _ending(path) == ".png":
        _write_png(image, path)
    else:
        save_image(image, path)
    told = {
        "units": image.units,
        "spacing_mm": image.spacing_mm,
        "flags": image.flags,
        **image.provenance["preprocessing"],
    }
    write_text(json.dumps(told, indent=1, default=_plain, ensure_ascii=False) + "\n", _told_at(path))


def _write_png(image: Any, path: Path) -> None:
    from workbench.imaging.preprocessing.contrast import cast
    from workbench.presentation.viewer.pictures import as_png

    if len(image.shape) == 3 and image.shape[0] == 1:
        image = image.replace(array=image.array[0])
    if len(image.shape) != 2:
        raise ValueError(
            f"An image of {' × '.join(map(str, image.shape))} pixels is no single picture, which a .png holds. A "
            "radiograph would be right. Write a .nii.gz, .npz or .zarr."
        )
    staging = path.with_name(f".{path.name}.part")
    staging.write_bytes(as_png(image.array if image.units == "0 to 255" else cast(image, to="uint8").array))
    staging.replace(path)


def _told_at(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(_ending(path)) + ".json")


def _ending(path: Path) -> str:
    return next((end for end in _ENDINGS if path.name.lower().endswith(end)), "")


def _check_free(paths: list[Path], *, overwrite: bool) -> None:
    there = [path for path in paths if path.exists()]
    if there and not overwrite:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise FileExistsError(
            f"{there[0]}{more} exists already. A new name would be right. Change --out or add --overwrite."
        )


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else str(value)
