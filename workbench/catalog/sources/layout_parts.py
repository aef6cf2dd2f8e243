"""Put together what a layout names: the table, labels, official parts, further tables and the images on disk."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from workbench.catalog.sources.assemble import QualityRow
from workbench.catalog.sources.delimited import UnreadableTableError
from workbench.catalog.sources.layout_columns import found_columns, label_columns, lacking_columns, make_columns
from workbench.catalog.sources.layout_files import first_file, leads_out, read_list, read_stated_table, stated_header
from workbench.catalog.sources.layout_rules import Layout, column_rule

_ON = "joined on"  # with a space, which no column of a layout has
_SEVERAL = "several"  # the part of an image that two lists name


@dataclass(frozen=True)
class Laid:
    """The rows of a layout's table under our names.

    Attributes
    ----------
    rows : polars.DataFrame
        One a row of the table.
    quality : list of tuple
        Rows of data quality.
    problems : list of str
        Why there are no rows.
    """

    rows: pl.DataFrame
    quality: list[QualityRow]
    problems: list[str]


def unlike(layout: Layout, root: Path) -> list[str]:
    """Return in what a folder differs from a layout, as far as names of files and columns tell.

    Parameters
    ----------
    layout : Layout
        How it should lie.
    root : pathlib.Path
        The folder.

    Returns
    -------
    list of str
        A sentence for each difference; names of no file that the layout does not name.
    """
    if not any(root.iterdir()):
        return ["The folder is empty."]
    stated = layout.fields
    if away := sorted(path.name for path in stated_files(layout, root) if leads_out(root, path)):
        return [f"{name} is a link out of the folder; a file in it would be right." for name in away]
    path = first_file(root, stated["table"]["files"])
    problems = [] if path else [f"There is no table {' or '.join(stated['table']['files'])}."]
    if path:
        labels = {"labels": column_rule(stated["labels"]["column"])} if "labels" in stated else {}
        rules = layout.columns | labels
        named = [stated[part]["named_by"] for part in ("images", "splits") if part in stated]
        also = [
            *stated["table"].get("needs", ()),
            *named,
            *(next(iter(each["on"])) for each in stated.get("joins", ())),
        ]
        problems += _lacking(path, stated["table"], rules, also)
    for joined, there in _joined(layout, root):
        rules = {name: column_rule(rule) for name, rule in joined.get("columns", {}).items()}
        problems += _lacking(there, joined, rules, list(joined["on"].values()))
    return problems


def stated_files(layout: Layout, root: Path) -> list[Path]:
    """Return the tables and lists of a layout that are there.

    Parameters
    ----------
    layout : Layout
        What names them.
    root : pathlib.Path
        The folder.

    Returns
    -------
    list of pathlib.Path
        Images left out.
    """
    table = first_file(root, layout.fields["table"]["files"])
    lists = [root / name for name in layout.fields.get("splits", {}).get("files", {}).values()]
    joined = [path for _, path in _joined(layout, root)]
    return sorted({path for path in (table, *lists, *joined) if path and path.is_file()})


def lay_out(layout: Layout, root: Path, images: pl.DataFrame | None) -> Laid:
    """Return the rows of a folder that lies as a layout says.

    Parameters
    ----------
    layout : Layout
        What its columns mean.
    root : pathlib.Path
        The folder.
    images : polars.DataFrame or None
        What `find_images` found; None when the layout has no images.

    Returns
    -------
    Laid
        Rows, or problems.
    """
    stated, problems = layout.fields, []
    tables: list[tuple[Mapping[str, Any], pl.DataFrame]] = []
    table = first_file(root, stated["table"]["files"])
    wanted = [(stated["table"], table)] if table else []
    for each, path in [*wanted, *_joined(layout, root)]:
        try:
            tables.append((each, read_stated_table(path, each.get("comments"))))
        except UnreadableTableError as error:
            problems += [f"{path.relative_to(root)}: {sentence}" for sentence in error.problems]
    if not problems and not tables[0][1].height:
        problems.append(f"{stated['table']['files'][0]} has no rows.")
    if problems:
        return Laid(pl.DataFrame(), [], problems)
    raw = tables[0][1]
    rows, quality = make_columns(raw, layout.columns)
    rows = rows.with_columns(collection_id=pl.lit(layout.key)) if "collection_id" not in rows.columns else rows
    parts = [rows]
    if "labels" in stated:
        labels, unknown = label_columns(raw, stated["labels"])
        parts.append(labels)
        quality.append(unknown)
    for joined, other in tables[1:]:
        columns, counted, problem = _join(raw, joined, other)
        parts.append(columns)
        quality += counted
        problems += problem
    if "splits" in stated:
        column, counted = _official_parts(raw, rows, stated["splits"], root)
        parts.append(column)
        quality += counted
    if images is not None:
        columns, counted, problem = _on_disk(raw, stated["images"], images)
        parts.append(columns)
        quality += counted
        problems += problem
    return Laid(pl.concat(parts, how="horizontal"), quality, problems)


def _joined(layout: Layout, root: Path) -> Iterator[tuple[Mapping[str, Any], Path]]:
    for joined in layout.fields.get("joins", ()):
        if path := first_file(root, joined["files"]):
            yield joined, path


def _lacking(path: Path, stated: Mapping[str, Any], rules: Mapping[str, Any], also: list[str]) -> list[str]:
    names = stated_header(path, stated.get("comments"))
    lacking = lacking_columns(names, rules, also)
    return [f"{path.name} lacks the column {', '.join(lacking)}; {found_columns(names)}."] if lacking else []


def _join(
    raw: pl.DataFrame, joined: Mapping[str, Any], other: pl.DataFrame
) -> tuple[pl.DataFrame, list[QualityRow], list[str]]:
    """Return the columns of another table for each row, and what belongs to no row or is there twice."""
    ((ours, theirs),) = joined["on"].items()
    name = joined["files"][0]
    keys = raw.select(pl.col(ours).alias(_ON))
    known = other.select(pl.col(theirs).alias(_ON))
    n_alone = known.filter(~pl.col(_ON).is_in(keys[_ON].implode())).height
    quality: list[QualityRow] = [(f"Row of {name} that belongs to no row", "rows", n_alone, other.height, "left out")]
    made = []
    if "count" in joined:
        counts = known.drop_nulls().group_by(_ON).agg(pl.len().cast(pl.Int64).alias(joined["count"]))
        found = keys.join(counts, on=_ON, how="left", maintain_order="left").drop(_ON)
        made.append(found.fill_null(0))
    if "columns" in joined:
        n_twice = known.drop_nulls().select(pl.col(_ON).is_duplicated().sum()).item()
        if n_twice:
            return pl.DataFrame(), quality, [f"{name}: {n_twice:,} rows share their {theirs} with another."]
        columns, counted = make_columns(other, {each: column_rule(rule) for each, rule in joined["columns"].items()})
        quality += counted
        columns = known.hstack(columns.get_columns()).drop_nulls(_ON)
        made.append(keys.join(columns, on=_ON, how="left", maintain_order="left").drop(_ON))
    return pl.concat(made, how="horizontal"), quality, []


def _official_parts(
    raw: pl.DataFrame, rows: pl.DataFrame, splits: Mapping[str, Any], root: Path
) -> tuple[pl.DataFrame, list[QualityRow]]:
    there = {part: read_list(root / file) for part, file in splits["files"].items() if (root / file).is_file()}
    schema = {"name": pl.String, "part": pl.String}
    listed = pl.concat(
        [
            pl.DataFrame(schema=schema),
            *(names.to_frame("name").with_columns(part=pl.lit(part)) for part, names in there.items()),
        ]
    ).unique(maintain_order=True)
    one = listed.group_by("name", maintain_order=True).agg(
        pl.when(pl.len() > 1).then(pl.lit(_SEVERAL)).otherwise(pl.col("part").first()).first().alias("part")
    )
    names = raw.select(name=pl.col(splits["named_by"]))
    part = names.join(one, on="name", how="left", maintain_order="left")["part"].alias(splits["name"])
    of_patients = pl.DataFrame([rows["patient_id"], part]).drop_nulls().group_by("patient_id").agg(pl.last().n_unique())
    n_alone = one.filter(~pl.col("name").is_in(names["name"].implode())).height
    n_several = int((one["part"] == _SEVERAL).sum())
    n_apart = of_patients.filter(pl.last() > 1).height
    return part.to_frame(), [
        ("Name in a list of an official part that no row bears", "images", n_alone, one.height, "left out"),
        ("Name in lists of several official parts", "images", n_several, one.height, f"{part.name}: {_SEVERAL}"),
        ("Row in no list of an official part", "rows", part.null_count(), raw.height, f"{part.name}: Not Reported"),
        ("Patient in several official parts", "patients", n_apart, rows["patient_id"].n_unique(), "kept"),
    ]


def _on_disk(
    raw: pl.DataFrame, stated: Mapping[str, Any], images: pl.DataFrame
) -> tuple[pl.DataFrame, list[QualityRow], list[str]]:
    """Return the file of each row, and how many rows and files have no other half."""
    ending = stated.get("ending", True)
    key = pl.col("name") if ending else pl.col("name").str.replace(r"\.[^.]*$", "")
    files = images.with_columns(name=key)
    first = files.unique("name", keep="first", maintain_order=True)
    names = raw.select(name=pl.col(stated["named_by"]))
    found = names.join(first, on="name", how="left", maintain_order="left").drop("name")
    n_missing, n = found["file_name"].null_count(), raw.height
    n_extra = first.filter(~pl.col("name").is_in(names["name"].implode())).height
    quality: list[QualityRow] = [
        ("Image named in the table, but not on disk", "rows", n_missing, n, "kept; file_on_disk: No"),
        ("Image on disk, but not named in the table", "files", n_extra, images.height, "left out"),
        (
            "Image of one name at several places",
            "files",
            images.height - first.height,
            images.height,
            "the first counts",
        ),
    ]
    problems = []
    if n_missing == n and n_extra:
        problems.append(f"None of the {n:,} images that the table names is there, but {n_extra:,} others are.")
    columns = found.with_columns(n_instances=pl.lit(1), file_on_disk=pl.col("file_name").is_not_null())
    return columns, quality, problems
