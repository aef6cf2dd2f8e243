"""The RO-Crate of a report: what was run, on which inputs, by which software, and the hash of everything it made.

RO-Crate Metadata Specification 1.1, doi:10.5281/zenodo.4541002; Process Run Crate 0.5,
w3id.org/ro/wfrun/process/0.5.
"""

import json
import mimetypes
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.presentation.identity import Identity
from workbench.presentation.manifest import MANIFEST
from workbench.presentation.reports.collections import ReportEntry
from workbench.presentation.reports.parameters import PROVENANCE
from workbench.provenance import file_digest

#: The file by which the folder of an RO-Crate is known.
CRATE = "ro-crate-metadata.json"

_CONTEXT = ["https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context"]
_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_TYPES = {".ipynb": "application/x-ipynb+json", ".yaml": "application/yaml", ".json": "application/json"}
_HOMES = {
    "altair": "https://altair-viz.github.io",
    "idc-index-data": "https://github.com/ImagingDataCommons/idc-index-data",
    "papermill": "https://papermill.readthedocs.io",
    "polars": "https://pola.rs",
    "python": "https://www.python.org",
}
_SAID = {
    "report.html": "The report as a web page that asks nobody",
    "report.pdf": "The report for print, with bookmarks",
    "report.ipynb": "The notebook as it was run",
    "provenance.json": "Which data, question and software made it",
    "cohort.yaml": "The definition of the cohort, which selects it again",
}
_NO_LICENSE = "No license was named for this report. The data keep the licenses of their source."


@dataclass(frozen=True)
class Made:
    """How a report was made.

    Attributes
    ----------
    entry : ReportEntry
        Which report.
    parameters : mapping of str to object
        Every parameter with its value, also those that were left out.
    identity : Identity
        Who publishes it.
    when : datetime.datetime
        The stamp, in UTC.
    provenance : mapping of str to object
        What the notebook wrote: ``source``, ``version``, ``versions`` and more.
    """

    entry: ReportEntry
    parameters: Mapping[str, Any]
    identity: Identity
    when: datetime
    provenance: Mapping[str, Any]


def write_crate(folder: Path, made: Made) -> Path:
    """Write the RO-Crate of a report's folder.

    Parameters
    ----------
    folder : pathlib.Path
        Holds everything else already.
    made : Made
        How it was made.

    Returns
    -------
    pathlib.Path
        The file.
    """
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and path.name != CRATE]
    inputs, outputs = list(_inputs(made)), [_file(path) for path in files]
    software = list(_software(made))
    graph = [
        _descriptor(),
        _root(made, outputs),
        {"@id": _PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        _run(made, inputs, outputs),
        *software,
        *inputs,
        *outputs,
        *_people(made.identity),
    ]
    target = folder / CRATE
    body = {"@context": _CONTEXT, "@graph": graph}
    target.write_text(json.dumps(body, indent=1, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
    return target


def _descriptor() -> dict[str, Any]:
    return {
        "@id": CRATE,
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }


def _root(made: Made, outputs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    source, identity = made.provenance.get("source"), made.identity
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{made.entry.title} of {source}" if source else made.entry.title,
        "description": made.entry.question or made.entry.title,
        "datePublished": made.when.isoformat(timespec="seconds"),
        "conformsTo": {"@id": _PROFILE},
        "license": {"@id": "#license"},
        "hasPart": _refer(outputs),
        "mentions": {"@id": "#run"},
    }
    if identity.name:
        root["author"] = root["publisher"] = {"@id": identity.url or "#publisher"}
    if identity.citation:
        cited = [{"@id": f"#citation-{at}"} for at, _ in enumerate(identity.citation, 1)]
        root["citation"] = cited if len(cited) > 1 else cited[0]
    return root


def _run(made: Made, inputs: Sequence[Mapping[str, Any]], outputs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    run = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": f"workbench report {made.entry.name}",
        "description": f"The notebook {made.entry.notebook.name} was run with these parameters.",
        "endTime": made.when.isoformat(timespec="seconds"),
        "actionStatus": "http://schema.org/CompletedActionStatus",
        "instrument": {"@id": "#imaging-workbench"},
        "object": [*_refer(inputs), {"@id": "#notebook"}],
        "result": _refer(outputs),
    }
    return run | ({"agent": {"@id": made.identity.url or "#publisher"}} if made.identity.name else {})


def _software(made: Made) -> Iterator[dict[str, Any]]:
    versions = dict(made.provenance.get("versions") or {})
    own = versions.pop("imaging-workbench", None)
    needed = [
        {"@id": _HOMES.get(name, f"#{name}"), "@type": "SoftwareApplication", "name": name, "version": version}
        | ({"url": _HOMES[name]} if name in _HOMES else {})
        for name, version in sorted(versions.items())
        if version != "not installed"
    ]
    yield {
        "@id": "#imaging-workbench",
        "@type": "SoftwareApplication",
        "name": "imaging-workbench",
        **({"version": own} if own else {}),
        "softwareRequirements": _refer(needed),
    }
    yield from needed
    yield {
        "@id": "#notebook",
        "@type": "SoftwareSourceCode",
        "name": made.entry.notebook.name,
        "programmingLanguage": "Python",
        **({"version": own} if own else {}),
        "sha256": file_digest(made.entry.notebook),
    }


def _inputs(made: Made) -> Iterator[dict[str, Any]]:
    """The data, then one entity a parameter; of a file also its hash."""
    told = {name: made.provenance[name] for name in ("version", "query_sha256") if name in made.provenance}
    if made.provenance.get("source"):
        name, question = made.provenance["source"], told.get("query_sha256")
        yield {
            "@id": "#source",
            "@type": "Dataset",
            "name": name,
            **({"version": str(told["version"])} if "version" in told else {}),
            **({"description": f"Asked for what has the SHA-256 {question}."} if question else {}),
        }
    for name, value in made.parameters.items():
        path = Path(str(value))
        entity = {"@id": f"#parameter-{name}", "@type": "PropertyValue", "name": name}
        if not path.is_absolute():
            yield entity | {"value": value}
            continue
        known = next((each for each in (path, path / PROVENANCE, path / MANIFEST) if each.is_file()), None)
        digest = {"sha256": file_digest(known)} if known else {}
        yield entity | {"value": path.name, **digest}


def _file(path: Path) -> dict[str, Any]:
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return {
        "@id": path.name,
        "@type": "File",
        "name": _SAID.get(path.name, path.stem.replace("_", " ")),
        "encodingFormat": kind,
        "contentSize": str(path.stat().st_size),
        "sha256": file_digest(path),
    }


def _people(identity: Identity) -> Iterator[dict[str, Any]]:
    yield {"@id": "#license", "@type": "CreativeWork", "name": identity.license or _NO_LICENSE}
    for at, line in enumerate(identity.citation, 1):
        yield {"@id": f"#citation-{at}", "@type": "CreativeWork", "name": line}
    if not identity.name:
        return
    publisher: dict[str, Any] = {"@id": identity.url or "#publisher", "@type": "Organization", "name": identity.name}
    publisher |= {"url": identity.url} if identity.url else {}
    if identity.contact:
        mail = identity.contact if "://" in identity.contact else f"mailto:{identity.contact}"
        yield {"@id": mail, "@type": "ContactPoint", "contactType": "questions", "name": identity.contact}
        publisher["contactPoint"] = {"@id": mail}
    yield publisher


def _refer(entities: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [{"@id": entity["@id"]} for entity in entities]
