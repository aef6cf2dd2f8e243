"""Open a folder that lies as a known data set does: tables by their documented columns, images by their names."""

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from workbench.cache import sealed_folder
from workbench.catalog.repository import INSTANCES, Repository
from workbench.catalog.sources import (
    ages,
    assemble,
    delimited,
    duplicates,
    layout_columns,
    layout_files,
    layout_parts,
    layout_rules,
    persons,
    places,
    regions,
    table_rows,
)
from workbench.catalog.sources.assemble import Entities, write_entities
from workbench.catalog.sources.layout_files import find_images
from workbench.catalog.sources.layout_parts import lay_out, stated_files, unlike
from workbench.catalog.sources.layout_rules import NAMES, Layout, layout_keys, read_layout
from workbench.catalog.sources.sealed import content_digest, repository_of, rules_of
from workbench.catalog.sources.table_rows import interpret_table
from workbench.vocabulary import anatomy, demographics, dicom, geography, spellings

_OF_TABLES = (ages, assemble, delimited, duplicates, persons, places, regions, table_rows)
_MODULES = (*_OF_TABLES, layout_columns, layout_files, layout_parts, layout_rules)
_VOCABULARY = (anatomy, demographics, dicom, geography, spellings)


def open_layout(layout: str | Path, folder: str | Path) -> Repository:
    """Return a folder as a repository, read by a layout.

    Parameters
    ----------
    layout : str or pathlib.Path
        The key of a shipped layout, or a YAML file of your own.
    folder : str or pathlib.Path
        Where the data set lies.

    Returns
    -------
    Repository
        Disclosure ``controlled``; ``data_quality`` counts images that are named but not there, and the other way
        round, ages that are none, and whatever else was left out.

    Raises
    ------
    UnknownNameError
        When there is no such layout.
    FileNotFoundError
        When there is no such folder.
    ValueError
        When the layout is none, or the folder does not lie as it says; lists everything that is wrong.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "scans.csv").write_text("subject,scan,kind\\na,1,CT\\na,2,X-ray\\n")
    >>> _ = (folder / "mine.yaml").write_text('''
    ... key: my-scans
    ... name: My scans
    ... documented: [{page: "https://example.org", words: one row a scan}]
    ... table: {files: [scans.csv]}
    ... columns:
    ...   patient_id: subject
    ...   study_uid: scan
    ...   series_uid: scan
    ...   modality: {column: kind, values: {X-ray: DX}}
    ... ''')
    >>> open_layout(folder / "mine.yaml", folder).values("series", "modality")
    ('CT', 'DX')
    """
    rules = read_layout(layout)
    root = Path(folder).expanduser()
    if not root.is_dir():
        what = "is a file" if root.is_file() else "is not there"
        raise FileNotFoundError(
            f"{root} {what}. {rules.name} is a folder with {' or '.join(rules.fields['table']['files'])}. "
            "Give the path of that folder."
        )
    problems = unlike(rules, root)
    if problems:
        raise ValueError(_refusal(rules, root, problems))
    images = _images(rules, root)
    build = _digest(rules, root, images)
    place = hashlib.sha256(str(root.absolute()).encode("utf-8", "surrogateescape")).hexdigest()[:12]

    def _build(made: Path) -> None:
        entities, problems = _read(rules, root, images)
        if problems:
            raise ValueError(_refusal(rules, root, problems))
        write_entities(entities, made)
        if images is not None:
            paths = pl.lit(f"{root.absolute()}/") + pl.col("file_name")
            there = entities.series.select("series_uid", "file_name").drop_nulls()
            there.select("series_uid", url=paths).write_parquet(made / INSTANCES)

    modules = (*_MODULES, *_VOCABULARY, sys.modules[__name__], sys.modules["workbench.tables"])
    made = sealed_folder(f"layout-{build}-{place}-{rules_of(modules)}", _build)
    return repository_of(made, name=f"{rules.name} on disk", key=f"layout:{rules.key}", build=build)


def known_layout(folder: str | Path) -> str | None:
    """Return the shipped layout by which a folder lies, told by names of tables and their columns.

    Parameters
    ----------
    folder : str or pathlib.Path
        A folder that is there.

    Returns
    -------
    str or None
        Its key; None when it lies by none.
    """
    root = Path(folder).expanduser()
    return next((key for key in layout_keys() if not unlike(read_layout(key), root)), None)


def _images(rules: Layout, root: Path) -> pl.DataFrame | None:
    if "images" not in rules.fields:
        return None
    images = find_images(root, rules.fields["images"]["files"])
    if n_out := images["leads_out"].sum():
        said = f"{n_out:,} of {images.height:,} images are links out of the folder; files in it would be right."
        raise ValueError(_refusal(rules, root, [said]))
    return images.drop("leads_out")


def _read(rules: Layout, root: Path, images: pl.DataFrame | None) -> tuple[Entities, list[str]]:
    laid = lay_out(rules, root, images)
    if laid.problems:
        return Entities(pl.DataFrame(), pl.DataFrame(), pl.DataFrame()), laid.problems
    own = [name for name in laid.rows.columns if name not in NAMES]
    entities = interpret_table(laid.rows, own=own)
    return replace(entities, quality=(*laid.quality, *entities.quality)), []


def _refusal(rules: Layout, root: Path, problems: list[str]) -> str:
    n = len(problems)
    lines = "\n".join(f"  {line}" for line in problems)
    other = known_layout(root)
    then = "Give the folder that holds the tables of the data set, or a layout of your own that says how it lies."
    if other and other != rules.key:
        then = f"It lies as {other} does. Open it with layout={other!r}."
    head = f"{root.name} does not lie as {rules.name} does ({rules.key}): {n} problem{'s' * (n != 1)}."
    return f"{head}\n{lines}\n{then}"


def _digest(rules: Layout, root: Path, images: pl.DataFrame | None) -> str:
    digest = hashlib.sha256(json.dumps(_plain(rules.fields), sort_keys=True).encode())
    digest.update(content_digest(root, stated_files(rules, root)).encode())
    if images is not None:
        digest.update(images.write_csv().encode())
    return digest.hexdigest()[:12]


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what does not change what is read."""
    return {name: value for name, value in fields.items() if name not in ("documented", "notes")}
