"""The file formats of manifests: what each download program reads, line by line.

References
----------
s5cmd: https://github.com/peak/s5cmd, ``run``; bucket names and endpoints as in idc-index 0.13.4, ``index.py``.
Gen3: uc-cdis/gen3sdk-python, ``gen3/tools/download/manifest.py`` and ``docs/howto/drsDownloading.md``;
uc-cdis/cdis-data-client, ``gen3-client/g3cmd/download-multiple.go``.
TCIA: NBIA Data Retriever, ``StandaloneDMDispatcher.java``: Java properties down to the line
``ListOfSeriesToDownload=``, then one Series Instance UID a line.
"""

import json
from collections.abc import Mapping
from typing import Any, Literal

import polars as pl

from workbench.tables import ORIGINAL

Kind = Literal["s5cmd", "s5cmd-gcs", "gen3", "tcia", "csv"]

#: The original columns each kind is written from; the first ones must be known for every series.
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "s5cmd": ("url",),
    "s5cmd-gcs": ("url",),
    "gen3": ("object_id",),
    "tcia": ("series_uid",),
    "csv": (),
}
#: The anonymous endpoints of the public IDC buckets.
ENDPOINTS: Mapping[str, str] = {
    "s5cmd": "https://s3.amazonaws.com",
    "s5cmd-gcs": "https://storage.googleapis.com",
}
_OPTIONAL = {"gen3": ("md5", "size_mb", "file_name"), "tcia": ("doi",), "csv": tuple(ORIGINAL)}

# Each bucket at Amazon and its mirror at Google (idc-index, `_replace_aws_with_gcp_buckets`).
_GCS_BUCKETS = {
    "idc-open-data": "idc-open-data",
    "idc-open-data-two": "idc-open-idc1",
    "idc-open-data-cr": "idc-open-cr",
}
_NBIA = "https://nbia.cancerimagingarchive.net/nbia-download/servlet/DownloadServlet"
_TCIA_DOI = "10.7937/"  # the DOI prefix of The Cancer Imaging Archive


def columns_of(kind: Kind) -> tuple[str, ...]:
    """Return the original columns that one kind of manifest is written from.

    Parameters
    ----------
    kind : {"s5cmd", "s5cmd-gcs", "gen3", "tcia", "csv"}
        Which program reads it.

    Returns
    -------
    tuple of str
        Names of `workbench.tables.ORIGINAL`.

    Examples
    --------
    >>> columns_of("gen3")
    ('object_id', 'md5', 'size_mb', 'file_name')
    """
    return REQUIRED[kind] + _OPTIONAL.get(kind, ())


def write_text(kind: Kind, series: pl.DataFrame, provenance: Mapping[str, Any]) -> str:
    """Return the whole text of a manifest.

    Parameters
    ----------
    kind : {"s5cmd", "s5cmd-gcs", "gen3", "tcia", "csv"}
        Which program reads it.
    series : polars.DataFrame
        One row a series, with `columns_of` the kind; the required ones complete.
    provenance : mapping
        What the first lines say.

    Returns
    -------
    str
        Ends with a line break.

    Raises
    ------
    ValueError
        When a bucket has no known mirror at Google.
    """
    if kind == "gen3":
        return _gen3(series)
    if kind == "tcia":
        return _tcia(series, provenance)
    if kind == "csv":
        return _lines(*_comments(provenance)) + series.write_csv(line_terminator="\n")
    addresses = series["url"] if kind == "s5cmd" else _at_google(series["url"])
    folders = addresses.str.strip_chars_end("*").str.strip_chars_end("/")
    run = f"# run=s5cmd --no-sign-request --endpoint-url {ENDPOINTS[kind]} run THIS_FILE"
    return _lines(*_comments(provenance), run, *("cp " + folders + "/* ."))


def _lines(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def _comments(provenance: Mapping[str, Any], *more: str) -> list[str]:
    """Return the first lines. Each holds a '=', because some readers of .tcia files take any other line for a UID."""
    counts = provenance["counts"]
    shown = ", ".join(f"{counts[unit]:,} {unit}" for unit in ("patients", "studies", "series", "instances"))
    return [
        f"# cohort_sha256={provenance['cohort_sha256']}",
        f"# source={provenance['source']} {provenance['version']} ({provenance['build']})",
        f"# counts={shown}, {counts['size_gb']:,.3f} GB",
        f"# created={provenance['created']} by imaging-workbench {provenance['versions']['imaging-workbench']}",
        *(f"# note={note}" for note in (*provenance["notes"], *more)),
    ]


def _at_google(addresses: pl.Series) -> pl.Series:
    buckets = addresses.str.extract(r"^s3://([^/]+)/", 1)
    foreign = sorted(set(buckets.unique()) - set(_GCS_BUCKETS))
    if foreign:
        raise ValueError(
            f"The bucket {foreign[0]!r} has no known mirror at Google. Known: {', '.join(_GCS_BUCKETS)}. "
            "Use cohort.manifest('s5cmd')."
        )
    mirrors = buckets.replace_strict(_GCS_BUCKETS, return_dtype=pl.String)
    return "s3://" + mirrors + "/" + addresses.str.extract(r"^s3://[^/]+/(.*)$", 1)


def _gen3(series: pl.DataFrame) -> str:
    """Write a plain list: gen3sdk refuses fields it does not know, and what the source does not say is left out."""
    entries = series.select(
        "object_id",
        md5sum="md5",
        file_size=(pl.col("size_mb") * 1e6).round().cast(pl.Int64),
        file_name="file_name",
    )
    known = [{key: value for key, value in row.items() if value is not None} for row in entries.iter_rows(named=True)]
    return json.dumps(known, indent=1, ensure_ascii=False) + "\n"


def _tcia(series: pl.DataFrame, provenance: Mapping[str, Any]) -> str:
    n_elsewhere = len(series) - int(series["doi"].fill_null("").str.contains(_TCIA_DOI, literal=True).sum())
    note = (
        f"{n_elsewhere:,} of these series carry no DOI of The Cancer Imaging Archive ({_TCIA_DOI}); it may lack them."
    )
    return _lines(
        *_comments(provenance, *([note] if n_elsewhere else [])),
        f"downloadServerUrl={_NBIA}",
        "includeAnnotation=true",
        "noOfrRetry=4",  # spelled so in the program
        f"databasketId=cohort-{provenance['cohort_sha256'][:12]}.tcia",
        "manifestVersion=3.0",
        "ListOfSeriesToDownload=",
        *series["series_uid"],
    )
