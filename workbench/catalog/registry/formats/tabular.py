"""The catalog as one table in CSV, described by a Data Package.

References
----------
RFC 4180, Common Format and MIME Type for Comma-Separated Values (CSV) Files
Frictionless Data, Data Package 1, Table Schema 1, https://specs.frictionlessdata.io
"""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from workbench.catalog.registry.entries import DEMOGRAPHICS, Entry
from workbench.catalog.registry.formats.schema_org import CATALOG_NAME, DESCRIPTION_LICENSE

CSV_NAME = "catalog.csv"
_SIGN = "; "
_CALCULATED = ("=", "+", "-", "@", "\t", "\r")  # OWASP, CSV Injection: how a cell begins that a spreadsheet evaluates
_BETWEEN = f"; several with '{_SIGN}' between"
_QUANTITIES = ("patients", "studies", "series", "images", "volumes", "slides")
_USES = {True: "yes", False: "no", None: "unknown"}


@dataclass(frozen=True)
class _Column:
    name: str
    kind: str
    about: str
    value: Callable[[Entry], object]


def to_csv(entries: Iterable[Entry]) -> str:
    r"""Return the catalog as CSV.

    Parameters
    ----------
    entries : iterable of Entry
        Each key once.

    Returns
    -------
    str
        One row an entry, after the names of the columns; an empty cell where nobody states a value. Several values
        stand in one cell with a semicolon between. A text that a spreadsheet would calculate, since it begins with
        ``=``, ``+``, ``-`` or ``@``, stands behind an apostrophe.

    Examples
    --------
    >>> text = to_csv([Entry("dataset", {"key": "a", "name": "A, B", "license": {"id": "unknown"}})])
    >>> print(text.splitlines()[1][:17])
    a,dataset,"A, B",
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([column.name for column in _COLUMNS])
    for entry in entries:
        writer.writerow([_cell(column.value(entry)) for column in _COLUMNS])
    return written.getvalue()


def data_package(table: str) -> str:
    """Return the description that tells what the columns of the table mean.

    Parameters
    ----------
    table : str
        What `to_csv` returned; its size and checksum stand in the description.

    Returns
    -------
    str
        JSON of a Data Package with a Table Schema.

    Examples
    --------
    >>> json.loads(data_package(to_csv([])))["resources"][0]["schema"]["primaryKey"]
    'key'
    """
    fields = [_field(column) for column in _COLUMNS]
    written = table.encode()
    resource = {
        "profile": "tabular-data-resource",
        "name": "catalog",
        "path": CSV_NAME,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(written),
        "hash": f"sha256:{hashlib.sha256(written).hexdigest()}",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": {"fields": fields, "primaryKey": "key", "missingValues": [""]},
    }
    package = {
        "profile": "tabular-data-package",
        "name": "data-catalog",
        "title": CATALOG_NAME,
        "description": "A text that begins with =, +, - or @ stands behind an apostrophe, so that no spreadsheet "
        "calculates it.",
        "licenses": [{"name": "Apache-2.0", "path": DESCRIPTION_LICENSE, "title": "Of the descriptions only"}],
        "resources": [resource],
    }
    return json.dumps(package, indent=1, ensure_ascii=False) + "\n"


def _cell(value: object) -> object:
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_CALCULATED) else value


def _field(column: _Column) -> dict[str, object]:
    field: dict[str, object] = {"name": column.name, "type": column.kind, "description": column.about}
    if column.name in ("key", "name", "kind"):
        field["constraints"] = {"required": True, **({"unique": True} if column.name == "key" else {})}
    return field


def _text(name: str, about: str) -> _Column:
    return _Column(name, "string", about, lambda entry: entry.fields.get(name))


def _several(name: str, about: str) -> _Column:
    return _Column(name, "string", about + _BETWEEN, lambda entry: _SIGN.join(entry.fields.get(name, ())))


def _count(quantity: str) -> _Column:
    return _Column(quantity, "integer", f"Best supported number of {quantity}", lambda entry: entry.size(quantity))


def _flag(name: str, about: str) -> _Column:
    return _Column(name, "boolean", about, lambda entry: str(getattr(entry, name)).lower())


def _creators(entry: Entry) -> str:
    return _SIGN.join(entry.fields.get("creator", {}).get("names", ()))


def _given(name: str) -> _Column:
    about = f"Whether {name} is given per person: yes, partly, no, unknown"
    return _Column(name, "string", about, lambda entry: entry.demographics[name])


_COLUMNS = (
    _Column("key", "string", "Name of the entry in the catalog", lambda entry: entry.key),
    _Column("kind", "string", "dataset, model, framework or collection", lambda entry: entry.kind),
    _Column("name", "string", "As the creators write it", lambda entry: entry.name),
    _several("aliases", "Other names"),
    _text("summary", "What it is"),
    _text("specialty", "Field of medicine"),
    _several("modality", "DICOM modality"),
    _several("body_region", "Region of the body"),
    _several("organs", "Organs"),
    _several("conditions", "Diseases and findings"),
    _several("tasks", "What it serves for"),
    *(_count(quantity) for quantity in _QUANTITIES),
    _Column("license", "string", "SPDX id, LicenseRef of named terms, or unknown", lambda entry: entry.license.id),
    _flag("license_confirmed", "Whether creators, repository, paper or registry state it"),
    _Column(
        "commercial_use", "string", "yes, no, or unknown (read the terms)", lambda each: _USES[each.commercial_use]
    ),
    _Column("access", "string", "How one gets it, or unknown", lambda entry: entry.access),
    *(_given(name) for name in DEMOGRAPHICS),
    _Column("creator", "string", f"Who made it{_BETWEEN}", _creators),
    _text("publisher", "Who hands it out"),
    _text("published", "Day, month or year of publication, ISO 8601"),
    _text("version", "As the creators write it"),
    _several("countries", "Where the people come from"),
    _text("doi", "Without address"),
    _Column("url", "string", "Its page", lambda entry: entry.url or None),
    _several("formats", "File formats"),
    _flag("curated", "Whether license, creator, date, page and citation are all known"),
)
