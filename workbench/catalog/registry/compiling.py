"""Turn the files of a data catalog into plain entries, or into one list of everything that is wrong with them."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from workbench.assets import asset_path
from workbench.catalog.documents.forms import form_problems
from workbench.catalog.documents.lines import Document, read_document
from workbench.catalog.registry.backing import unbacked
from workbench.catalog.registry.checking import Known, Sheet, cross_problems
from workbench.catalog.registry.idc_sizes import idc_sizes, is_facts
from workbench.catalog.registry.problems import CatalogError, Problem
from workbench.catalog.registry.roots import FOLDERS, LICENSES, Root
from workbench.errors import brief

_OWN_TERMS = "LicenseRef-"


def compile_entries(roots: Sequence[Root]) -> dict[str, Any]:
    """Return what the files of data catalogs say, all of it checked.

    Parameters
    ----------
    roots : sequence of Root
        The shipped data catalog, perhaps one of your own after it.

    Returns
    -------
    dict
        ``entries`` (kind, fields), ``terms`` of licenses, ``idc_counts`` by key, ``notes`` for who checks them.

    Raises
    ------
    CatalogError
        With every problem of every file.
    """
    schema = json.loads(asset_path("data_catalog", "schema", "entry.schema.json").read_text(encoding="utf-8"))
    problems: list[Problem] = []
    terms = _read_terms(roots, schema, problems)
    sheets = list(_read_sheets(roots, schema, problems))
    sizes = _idc_sizes(roots, problems)
    problems += cross_problems(sheets, Known(terms, _checklist(roots[0].path)))
    if problems:
        raise CatalogError(problems, then=f"Correct them, then: workbench datasets check{roots[-1].argument}")
    return {
        "entries": [{"kind": each.kind, "fields": each.fields} for each in sheets],
        "terms": terms,
        "idc_counts": sizes,
        "notes": [str(note) for note in sorted(unbacked(sheets))],
    }


def _read_sheets(roots: Sequence[Root], schema: Mapping[str, Any], problems: list[Problem]) -> Iterator[Sheet]:
    for kind in FOLDERS.values():
        found = [(path, root) for root in roots for of, path in root.files() if of == kind]
        for path, root in sorted(found, key=lambda each: each[0].stem):
            sheet = Sheet(kind, root.shown(path), path.stem, read_document(path), own=root.own)
            problems += [Problem(sheet.file, line, said) for line, said in _form(sheet.document, schema, kind)]
            yield sheet
    for root in roots:
        problems += [Problem(root.shown(path), 1, said) for path, said in root.misplaced()]


def _form(document: Document, schema: Mapping[str, Any], kind: str) -> list[tuple[int, str]]:
    if document.problems:  # a text that is not understood has no form
        return list(document.problems)
    return [(document.line(*place), said) for place, said in form_problems(document.value, schema, kind)]


def _read_terms(roots: Sequence[Root], schema: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    terms: dict[str, Any] = {}
    for root in roots:
        path = root.path / LICENSES
        if not path.exists():
            continue
        document, file = read_document(path), root.shown(path)
        listed = document.value if isinstance(document.value, dict) else {}
        found = list(document.problems)
        if not found and document.value is not listed:
            found.append((1, "This is no list of licenses. Write one a line, such as ID: {name: …, spdx: true, …}"))
        for name, stated in listed.items():
            found += [
                (document.line(name, *place), f"{name}: {said}")
                for place, said in form_problems(stated, schema, "terms")
            ]
            found += [(document.line(name), said) for said in _spdx_problems(name, stated)]
            if name in terms:
                found.append((document.line(name), f"{name} is in the shipped licenses.yaml; its terms stand there."))
        problems += [Problem(file, line, said) for line, said in found]
        terms |= listed
    return terms


def _spdx_problems(name: str, stated: Any) -> Iterator[str]:
    if not isinstance(stated, dict) or not isinstance(stated.get("spdx"), bool):
        return
    if stated["spdx"] and not _is_spdx(name):
        yield (
            f"{brief(repr(name))} is marked spdx: true, but is no id of the SPDX License List; {_OWN_TERMS}… with "
            "spdx: false would be right for terms of your own."
        )
    if not stated["spdx"] and not re.fullmatch(rf"{_OWN_TERMS}[A-Za-z0-9.-]+", name):
        yield f"{brief(repr(name))} is marked spdx: false; an id such as {_OWN_TERMS}My-Terms would be right."


def _is_spdx(name: str) -> bool:
    try:
        return not name.startswith(_OWN_TERMS) and str(canonicalize_license_expression(name)) == name
    except InvalidLicenseExpression:
        return False


def _checklist(folder: Path) -> tuple[str, ...] | None:
    path = folder / "standing_together.yaml"
    value = read_document(path).value if path.is_file() else None
    items = value.get("items") if isinstance(value, dict) else None
    return tuple(each["id"] for each in items) if isinstance(items, list) else None


def _idc_sizes(roots: Sequence[Root], problems: list[Problem]) -> dict[str, dict[str, int]]:
    """What the index counts; a folder's facts speak of its own entries only."""
    sizes: dict[str, dict[str, int]] = {}
    for root in roots:
        path = root.path.joinpath("checks", "idc.yaml")
        if not path.is_file():
            continue
        body = read_document(path).value
        if is_facts(body):
            sizes |= idc_sizes(body, {each.stem for _, each in root.files()})
        else:
            then = f"Remove it, then: workbench datasets check{root.argument} --idc"
            problems.append(Problem(root.shown(path), 1, f"This is not what the counting writes, whole. {then}"))
    return sizes
