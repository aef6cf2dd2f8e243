"""Releases of the workbench's own tables as Croissant: files with checksums, and the columns of their Parquet.

References
----------
MLCommons, Croissant Format Specification 1.1, http://mlcommons.org/croissant/1.1
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from workbench.catalog.registry.formats.croissant import CONFORMS_TO, context
from workbench.provenance import file_digest

if TYPE_CHECKING:
    import polars as pl

_REQUIRED = ("name", "description", "license", "creator", "date", "version")
_MEDIA_TYPES = {
    ".parquet": "application/x-parquet",  # not the registered application/vnd.apache.parquet: loaders know this one
    ".csv": "text/csv",
    ".json": "application/json",
    ".md": "text/markdown",
    ".html": "text/html",
}


def describe(files: Sequence[Path], **about: Any) -> dict[str, Any]:
    """Return the plain description of a release, with what its files say themselves filled in.

    Parameters
    ----------
    files : sequence of pathlib.Path
        Existing files of one folder; the columns of Parquet files are read, their rows are not.
    **about : object
        ``name``, ``description``, ``license``, ``creator``, ``date``, ``version``, perhaps ``url``, ``cite_as``,
        ``keywords``.

    Returns
    -------
    dict
        `about`, ``files`` (``path``, ``sha256``, ``size`` in bytes) and ``tables`` (``file``, ``columns``: name to
        type), ready for `croissant_of_release`.

    Examples
    --------
    >>> import polars as pl, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pl.DataFrame({"age_years": [61]}).write_parquet(f"{folder}/patients.parquet")
    ...     release = describe([Path(folder) / "patients.parquet"], name="R")
    >>> release["tables"]
    [{'file': 'patients.parquet', 'columns': {'age_years': 'integer'}}]
    """
    listed = [{"path": file.name, "sha256": file_digest(file), "size": file.stat().st_size} for file in files]
    tables = [{"file": file.name, "columns": _columns(file)} for file in files if file.suffix == ".parquet"]
    return {**about, "files": listed, "tables": tables}


def croissant_of_release(release: Mapping[str, Any]) -> dict[str, Any]:
    """Return a release as Croissant 1.1, which a loader can read records from.

    Parameters
    ----------
    release : mapping
        ``name``, ``description``, ``license`` (address), ``creator`` (a name or several), ``date``, ``version``;
        ``files`` with ``path`` or address, ``sha256``, ``size`` in bytes; ``tables`` with ``file`` and ``columns``
        (name to ``text``, ``integer``, ``number``, ``boolean``, ``date`` or ``datetime``; ``list of …`` for several
        values); perhaps ``url``, ``cite_as``, ``keywords``. `describe` makes it.

    Returns
    -------
    dict
        JSON-LD; one record set a table, named after its file.

    Raises
    ------
    ValueError
        With everything that is missing.

    Examples
    --------
    >>> release = {
    ...     "name": "R",
    ...     "description": "D.",
    ...     "license": "https://example.org",
    ...     "creator": "C",
    ...     "date": "2026-01-31",
    ...     "version": "1.0.0",
    ... }
    >>> croissant_of_release(release)["creator"]
    [{'@type': 'Organization', 'name': 'C'}]
    """
    _check(release)
    creators = [release["creator"]] if isinstance(release["creator"], str) else release["creator"]
    record = {
        "@context": context(),
        "@type": "sc:Dataset",
        "name": release["name"],
        "description": release["description"],
        "conformsTo": list(CONFORMS_TO),
        "license": release["license"],
        "creator": [{"@type": "Organization", "name": name} for name in creators],
        "datePublished": str(release["date"]),
        "version": release["version"],
        "url": release.get("url"),
        "citeAs": release.get("cite_as") or f"{', '.join(creators)}: {release['name']}, version {release['version']}.",
        "keywords": list(release.get("keywords", ())),
        "distribution": [_file(file) for file in release.get("files", ())],
        "recordSet": [_record_set(table) for table in release.get("tables", ())],
    }
    return {name: value for name, value in record.items() if value not in (None, [])}


def _check(release: Mapping[str, Any]) -> None:
    files = [str(file.get("path", "")) for file in release.get("files", ())]
    problems = [f"{name} is missing" for name in _REQUIRED if not release.get(name)]
    problems += [
        f"file {path!r} has no sha256"
        for path, file in zip(files, release.get("files", ()), strict=True)
        if not file.get("sha256")
    ]
    problems += [
        f"table {table['file']!r} is not among the files"
        for table in release.get("tables", ())
        if table["file"] not in files
    ]
    if len(set(files)) < len(files):
        problems.append("a file is listed twice")
    if problems:
        raise ValueError(
            f"The release cannot be described: {'; '.join(problems)}. Needed: {', '.join(_REQUIRED)}, "
            "and files with path and sha256. describe(files, name=…, …) fills in what the files say themselves."
        )


def _file(file: Mapping[str, Any]) -> dict[str, Any]:
    described = {
        "@type": "cr:FileObject",
        "@id": _identifier(file["path"]),
        "name": file["path"],
        "contentUrl": file.get("url") or file["path"],
        "contentSize": f"{file['size']} B" if "size" in file else None,
        "encodingFormat": file.get("format")
        or _MEDIA_TYPES.get(Path(file["path"]).suffix.lower(), "application/octet-stream"),
        "sha256": file["sha256"],
    }
    return {name: value for name, value in described.items() if value is not None}


def _record_set(table: Mapping[str, Any]) -> dict[str, Any]:
    of = _identifier(Path(table["file"]).stem)
    fields = [_field(of, _identifier(table["file"]), name, kind) for name, kind in table["columns"].items()]
    return {"@type": "cr:RecordSet", "@id": of, "name": Path(table["file"]).stem, "field": fields}


def _field(record_set: str, file: str, name: str, kind: str) -> dict[str, Any]:
    several = kind.startswith("list of ")
    types = {
        "text": "Text",
        "integer": "Integer",
        "number": "Float",
        "boolean": "Boolean",
        "date": "Date",
        "datetime": "DateTime",
    }
    return {
        "@type": "cr:Field",
        "@id": f"{record_set}/{_identifier(name)}",
        "name": name,
        "dataType": f"sc:{types[kind.removeprefix('list of ')]}",
        **({"isArray": True, "arrayShape": "-1"} if several else {}),
        "source": {"fileObject": {"@id": file}, "extract": {"column": name}},
    }


def _identifier(name: str) -> str:
    """Return a name as part of an address: no blanks, nothing that ends or divides it."""
    return quote(name, safe="")


def _columns(file: Path) -> dict[str, str]:
    import polars as pl

    return {name: _kind(dtype) for name, dtype in pl.read_parquet_schema(file).items()}


def _kind(dtype: "pl.DataType") -> str:
    import polars as pl

    if isinstance(dtype, pl.List | pl.Array):
        inner = dtype.inner
        return f"list of {_kind(inner if isinstance(inner, pl.DataType) else inner())}"
    if dtype.is_integer():
        return "integer"
    if dtype.is_numeric():
        return "number"
    return {pl.Boolean: "boolean", pl.Date: "date", pl.Datetime: "datetime"}.get(dtype.base_type(), "text")
