"""What the embedded index of the NCI Imaging Data Commons says of the data sets it holds, beside what others claim."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.assets import asset_path
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.idc.verdicts import judge, sum_up
from workbench.catalog.registry.idc_facts import ClaimCheck, IdcFacts, stated
from workbench.errors import did_you_mean

if TYPE_CHECKING:
    from workbench.catalog.repository import Repository

#: Where the facts lie below a data catalog.
FACTS_FILE = ("checks", "idc.yaml")
_COMMAND = "workbench datasets check --idc"
_HEAD = (
    "# What the embedded index of the NCI Imaging Data Commons counts of the entries that have an idc block.\n"
    f"# Computed, not typed. Write it again: {_COMMAND}\n"
)


def check_against_idc(entries: Iterable[Entry], repository: "Repository") -> dict[str, IdcFacts]:
    """Return what the index counts of every entry with an ``idc`` block.

    Parameters
    ----------
    entries : iterable of Entry
        Any; those without such a block are passed over.
    repository : Repository
        The embedded index.

    Returns
    -------
    dict of str to IdcFacts
        By key, sorted.
    """
    from workbench.catalog.registry.idc.counts import count_collections, find_collections

    facts = {}
    for entry in sorted(entries, key=lambda each: each.key):
        if asked := entry.fields.get("idc"):
            found, absent = find_collections(repository, asked["collections"])
            counted = count_collections(repository, found, asked.get("modality", ()))
            bare = IdcFacts(entry.key, repository.build, dict(asked), tuple(found), tuple(absent), **counted)
            checks = tuple(judge(claim, bare.relation, bare) for claim in entry.claims)
            said = sum_up(checks, bare.relation, bare)
            facts[entry.key] = IdcFacts(**{**vars(bare), "sentence": said, "claims": checks})
    return facts


def write_idc_facts(folder: Path | str | None = None, *, into: Path | str | None = None) -> Path:
    """Write the facts of every entry, in stable order, with the version of the index.

    Parameters
    ----------
    folder : pathlib.Path or str, optional
        A data catalog of your own beside the shipped one.
    into : pathlib.Path or str, optional
        The file; by default ``checks/idc.yaml`` of your data catalog, or of the shipped one.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ValueError
        When entries name collections that the index lacks; lists all of them, and nothing is written.
    """
    import yaml

    from workbench.catalog.registry.reading import read_entries
    from workbench.catalog.sources.idc import open_idc

    repository = open_idc()
    facts = check_against_idc(read_entries(folder), repository)
    _refuse_absent(facts.values(), list(repository.collections["collection_id"]), repository.version)
    root = Path(folder).expanduser() if folder else asset_path("data_catalog")
    place = Path(into) if into else root.joinpath(*FACTS_FILE)
    place.parent.mkdir(parents=True, exist_ok=True)
    body = {"index": repository.build, "entries": {key: _as_fields(each) for key, each in facts.items()}}
    place.write_text(_HEAD + yaml.safe_dump(body, sort_keys=False, width=120, allow_unicode=True), encoding="utf-8")
    read_idc_facts.cache_clear()
    return place


@cache
def read_idc_facts(path: Path | None = None) -> Mapping[str, IdcFacts]:
    """Return the facts that were written, without opening the index.

    Parameters
    ----------
    path : pathlib.Path, optional
        What `write_idc_facts` wrote; the shipped file by default.

    Returns
    -------
    mapping of str to IdcFacts
        By key; empty where no file lies.

    Examples
    --------
    >>> facts = read_idc_facts()
    >>> all(each.people <= each.patients for each in facts.values())
    True
    """
    from workbench.catalog.documents.lines import read_document

    place = path or asset_path("data_catalog").joinpath(*FACTS_FILE)
    if not place.is_file():
        return {}
    body = read_document(place).value
    return {key: _from_fields(key, str(body["index"]), fields) for key, fields in body["entries"].items()}


def stale_facts(entries: Iterable[Entry], facts: Mapping[str, IdcFacts], index: str) -> list[str]:
    """Return why written facts no longer hold; empty when they do.

    Parameters
    ----------
    entries : iterable of Entry
        As they stand now.
    facts : mapping of str to IdcFacts
        What was written.
    index : str
        The version of the installed index package.

    Returns
    -------
    list of str
        A sentence for each reason, each with what to do.
    """
    then = f"Write them again: {_COMMAND}"
    versions = sorted({each.index for each in facts.values()} - {index})
    problems = [f"The facts were computed from index {old}; {index} is installed. {then}" for old in versions]
    by_key = {each.key: each for each in entries if "idc" in each.fields}
    problems += [f"{key} is in IDC, but no facts are written of it. {then}" for key in sorted(set(by_key) - set(facts))]
    problems += [
        f"There are facts of {key}, which has no idc block. {then}" for key in sorted(set(facts) - set(by_key))
    ]
    for key in sorted(set(facts) & set(by_key)):
        if dict(facts[key].asked) != by_key[key].fields["idc"]:
            problems.append(f"The idc block of {key} has changed since its facts were written. {then}")
        elif [stated(each) for each in by_key[key].claims] != [each.claim for each in facts[key].claims]:
            problems.append(f"The claims of {key} have changed since they were checked. {then}")
    return problems


def _refuse_absent(facts: Iterable[IdcFacts], known: list[str], version: str) -> None:
    lines = []
    for each in facts:
        for name in each.absent:
            hint = did_you_mean(name.rstrip("*"), known)
            lines.append(f"  {each.key}: no collection {name!r} in IDC {version}.{hint}")
    if lines:
        raise ValueError(
            "Entries name collections that the index lacks.\n" + "\n".join(lines) + "\n"
            "An id such as lidc_idri, or a beginning such as tcga_*, would be right. Correct their idc blocks."
        )


def _as_fields(facts: IdcFacts) -> dict[str, Any]:
    fields = {name: value for name, value in vars(facts).items() if name not in ("key", "index", "absent")}
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}
    return {**plain, "claims": [each.as_fields() for each in facts.claims]}


def _from_fields(key: str, index: str, fields: Mapping[str, Any]) -> IdcFacts:
    lists = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
    claims = tuple(ClaimCheck(**each) for each in fields["claims"])
    return IdcFacts(key, index, **{**fields, **lists, "claims": claims})
