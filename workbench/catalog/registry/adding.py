"""Begin an entry: a whole file with every required field, unknown where nothing is known, and how to fill it."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.assets import asset_path
from workbench.catalog.registry.choosing import spelled
from workbench.catalog.registry.meant_words import told_meaning
from workbench.catalog.registry.problems import CatalogError
from workbench.catalog.registry.reading import read_entries
from workbench.catalog.registry.roots import FOLDERS
from workbench.errors import UnknownNameError, brief, unknown_name

_KEY = r"[a-z0-9]+(-[a-z0-9]+)*"
_NOT_DESCRIBED = "Not described yet. Say in two sentences what it is, from whom, and what makes it worth knowing."
_EVIDENCE = '{page: "https://…", words: "…", kind: creator, read: 2026-11-29}'
_HEAD = f"""\
# Nothing is guessed: what no source states is left out, or reads unknown. Every number is a claim with its source.
# Evidence is the page, its own words (25 at most), who speaks (creator, repository, paper, registry, third_party) and
# the day it was read: {_EVIDENCE}
# Every field: data_catalog/schema/entry.schema.json. When it is filled: workbench datasets check FOLDER
"""
_CLAIMS = """\
# One line for each number that anybody states, such as
#   - {quantity: patients, value: 1010, qualifier: exact, source: creator, where: "https://…", words: "1010 patients",
#      verdict: unchecked}
# qualifier: exact, at_least or about. verdict: agrees or differs (with checked_against: evidence), not_comparable.
claims: []
"""
_ANNOTATIONS = """\
# kinds: image labels, boxes, points, masks, reports, grades, measurements, outcomes, clinical data …
# by: experts, pathology-confirmed, algorithm, algorithm and experts, report mining, crowd and experts, several
annotations: {kinds: [], by: unknown, text: Not described yet.}
"""
_ACCESS = f"""\
# open, registration, data_use_agreement or credentialed, and where that was read, such as
#   access: {{kind: open, evidence: {_EVIDENCE}}}
access: {{kind: unknown}}
"""
_LICENSE = f"""\
# An id of licenses.yaml with the words it rests on, by the creator, the repository, a paper or a registry:
#   license: {{id: CC-BY-4.0, evidence: {_EVIDENCE}}}
license: {{id: unknown}}
"""
_DEMOGRAPHICS = f"""\
# Whether it is given per person: "yes", partly or "no", yes and no in quotes, and where that was read, such as
#   demographics: {{age: "yes", sex: "no", race: unknown, ethnicity: unknown,
#     evidence: {_EVIDENCE}}}
demographics: {{age: unknown, sex: unknown, race: unknown, ethnicity: unknown}}
"""
_LATER = """\
# Also useful: aliases, organs, conditions, keywords, creator, publisher, published, version, formats, citation,
# splits, known_issues, idc, and
#   relations: [{kind: subset_of, of: KEY, evidence: …}]   edition_of, derived_from, annotations_of, overlaps, hosted_on
"""
_BY_KIND = {
    "dataset": (_CLAIMS, _ANNOTATIONS, _ACCESS, _LICENSE, _DEMOGRAPHICS, _LATER),
    "model": (
        _ACCESS,
        _LICENSE,
        "# Also useful: architecture, training_data, trained_on, modality, repository, creator, citation\n",
    ),
    "framework": (_LICENSE, "# Also useful: languages, repository, creator, citation\n"),
}


@dataclass(frozen=True)
class Beginning:
    """What is known of an entry when it is begun.

    Attributes
    ----------
    name : str
        As its creators write it.
    kind : {"dataset", "model", "framework"}
        What it is.
    key : str
        Of small letters, digits and hyphens; made from the name when empty.
    summary, url, doi : str
        As far as known.
    modality, body_region, task : sequence of str
        Values of the catalog; a data set needs a modality, and everything a task.
    """

    name: str
    kind: str = "dataset"
    key: str = ""
    summary: str = ""
    url: str = ""
    doi: str = ""
    modality: Sequence[str] = ()
    body_region: Sequence[str] = ()
    task: Sequence[str] = ()

    @property
    def named_key(self) -> str:
        """The key, or what the name makes of one, such as ``lungs-of-anywhere-2-0``."""
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode().lower()
        return self.key or re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def begin_entry(beginning: Beginning, folder: Path | str) -> Path:
    """Write the file of a new entry into a folder of your own, and check it with all others.

    Parameters
    ----------
    beginning : Beginning
        What is known.
    folder : pathlib.Path or str
        Your own data catalog; made when it does not exist.

    Returns
    -------
    pathlib.Path
        The file; whoever fills it finds in it how.

    Raises
    ------
    UnknownNameError, ValueError
        For a value that the catalog does not have, or when a name, modality or task is missing; a `CatalogError` when
        the entry collides with another. Nothing is written then.
    FileExistsError, PermissionError
        When the file is there already, or the folder belongs to an installation.
    """
    root = Path(folder).expanduser()
    _refuse_install(root)
    text = _entry_text(beginning)
    below = next(name for name, kind in FOLDERS.items() if kind == beginning.kind)
    path = root / below / f"{beginning.named_key}.yaml"
    if path.exists():
        raise FileExistsError(f"{path} is there already. A new key would be right. Change that file, or give --key.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    try:
        read_entries(root)
    except CatalogError as error:
        if any(each.file.endswith(f"/{path.parent.name}/{path.name}") for each in error.problems):
            path.unlink()
            raise
    return path


def _entry_text(beginning: Beginning) -> str:
    """Return the text of a new entry: YAML with comments, valid as it stands."""
    kind = beginning.kind if beginning.kind in _BY_KIND else "dataset"
    regions = beginning.body_region or ("Unknown",)
    lists: Mapping[str, Sequence[str]] = {
        **({"modality": beginning.modality} if kind != "framework" else {}),
        **({"body_region": regions} if kind == "dataset" else {}),
        "task": beginning.task,
    }
    values = _spelled(beginning, kind, lists)
    given = {"key": beginning.named_key, "name": beginning.name, "summary": beginning.summary or _NOT_DESCRIBED}
    lines = [f"{name}: {_quoted(value)}" for name, value in given.items()]
    lines += [f"{'tasks' if name == 'task' else name}: {_quoted(listed)}" for name, listed in values.items() if listed]
    lines += [f"{name}: {_quoted(value)}" for name, value in (("url", beginning.url), ("doi", beginning.doi)) if value]
    return "".join([_HEAD, *(f"{line}\n" for line in lines), *_BY_KIND[kind]])


def _spelled(beginning: Beginning, kind: str, lists: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The values as the catalog spells them; all that is wrong or missing is told at once."""
    unknown: list[str] = []
    if beginning.kind not in _BY_KIND:
        then = told_meaning("kind", beginning.kind)
        unknown.append(str(unknown_name("kind", beginning.kind, _BY_KIND, where="the data catalog", then=then)))
    values: dict[str, list[str]] = {name: [] for name in lists}
    for name, words in lists.items():
        for word in words:
            try:
                values[name].append(spelled(name, word))
            except UnknownNameError as error:
                unknown.append(str(error))
    missing = list(_gaps(beginning, kind))
    if unknown:
        raise UnknownNameError("\n".join([*unknown, *missing]))
    if missing:
        raise ValueError("\n".join(missing))
    return values


def _gaps(beginning: Beginning, kind: str) -> Iterator[str]:
    if not re.fullmatch(_KEY, beginning.named_key):
        came = f"The key {brief(repr(beginning.key))} came" if beginning.key else f"{brief(repr(beginning.name))} came"
        yield (
            f"{came}. A key of small letters, digits and single hyphens would be right. "
            "Add for instance: --key my-data-set"
        )
    if kind == "dataset" and not beginning.modality:
        yield "No modality came. A data set has one or more. Add for instance: --modality CT"
    if not beginning.task:
        yield "No task came. An entry serves for one or more. Add for instance: --task segmentation"


def _refuse_install(folder: Path) -> None:
    assets = asset_path("data_catalog").resolve()
    place = folder.resolve()
    if assets.parent.name == "_assets" and (place == assets or assets.parent in place.parents):
        raise PermissionError(
            f"{folder} belongs to the installation of the workbench. A folder of your own would be right. "
            "Write for instance: --to my_catalog"
        )


def _quoted(value: str | Sequence[str]) -> str:
    """A text or a list as YAML reads it whatever is in it: JSON is YAML."""
    return json.dumps(value if isinstance(value, str) else list(value), ensure_ascii=False)
