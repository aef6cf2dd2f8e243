"""``workbench datasets``: list, search, compare and recommend what the data catalog holds; add to it, check it."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.steps import WordsError
from workbench.cli.verbs import add_verb

if TYPE_CHECKING:
    from workbench.catalog.registry.data_catalog import DataCatalog

_EXAMPLES = {
    "list": [
        "workbench datasets list --modality CT --body-region Chest --commercial",
        "workbench datasets list --demographics age sex --min-patients 10000 --json",
    ],
    "show": ["workbench datasets show lidc-idri", "workbench datasets show lidc-idri --json"],
    "search": ["workbench datasets search lung nodules", "workbench datasets search chexprt --limit 3"],
    "compare": ["workbench datasets compare lidc-idri luna16"],
    "recommend": [
        'workbench datasets recommend "chest X-rays with demographics, commercially usable, over 10,000 patients"',
        'workbench datasets recommend "a framework that configures segmentation by itself" --json',
    ],
    "add": [
        'workbench datasets add --name "My scans" --modality CT --task segmentation --to my_catalog',
        "workbench datasets list --own my_catalog",
    ],
    "check": ["workbench datasets check", "workbench datasets check my_catalog", "workbench datasets check --idc"],
    "export": [
        "workbench datasets export --out catalog_files",
        "workbench datasets export lidc-idri luna16 --format croissant bibtex --out two",
    ],
}
_SUMMARIES = {
    "list": "list entries, all or those that meet criteria",
    "show": "show everything that is known of one entry",
    "search": "find entries by words; typos are forgiven",
    "compare": "put entries side by side, with the images they share",
    "recommend": "answer a question with a ranked list, its reasons and warnings",
    "add": "begin a new entry in a folder of your own",
    "check": "check every file of the data catalog, and tell all that is wrong",
    "export": "write entries as Croissant, schema.org, cards, BibTeX, CSL or CSV",
}
_SEVERAL = ("modality", "body_region", "task", "license", "access", "demographics")


def add_datasets(verbs: Any) -> None:
    """Add the verb ``datasets`` with all that it can do.

    Parameters
    ----------
    verbs : argparse subparsers
        Of the whole command.
    """
    datasets = verbs.add_parser(
        "datasets",
        help="list, search, compare and recommend open data sets, models and frameworks",
        description="List, search, compare and recommend open data sets, models and frameworks; offline.",
        epilog="examples:\n" + "\n".join(f"  {lines[0]}" for lines in _EXAMPLES.values()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = datasets.add_subparsers(required=True, metavar="WHAT")
    runs = (_list, _show, _search, _compare, _recommend, _add, _check, _export)
    parsers = {
        name: add_verb(actions, name, run, summary, _EXAMPLES[name])
        for (name, summary), run in zip(_SUMMARIES.items(), runs, strict=True)
    }
    for name in ("list", "show", "search", "compare", "recommend", "export"):
        parsers[name].add_argument("--own", type=Path, metavar="FOLDER", help="also the entries of a folder of yours")
    for name in ("list", "show", "search", "compare", "recommend"):
        parsers[name].add_argument("--json", action="store_true", help="print JSON for a program to read")
    _add_criteria(parsers["list"])
    parsers["show"].add_argument("key", metavar="KEY", help="a key, name or alias")
    parsers["search"].add_argument("words", nargs="+", metavar="WORD", help="names or words")
    parsers["search"].add_argument("--limit", type=int, default=10, help="the most to show (default: 10)")
    parsers["compare"].add_argument("keys", nargs="+", metavar="KEY", help="two or more keys, names or aliases")
    parsers["recommend"].add_argument("question", nargs="+", metavar="QUESTION", help="in plain English")
    _add_beginning(parsers["add"])
    parsers["check"].add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="your own, beside the shipped")
    parsers["check"].add_argument(
        "--idc", action="store_true", help="count anew what the index of the Imaging Data Commons holds of them"
    )
    parsers["export"].add_argument("keys", nargs="*", metavar="KEY", help="which entries (default: all)")
    parsers["export"].add_argument("--out", type=Path, required=True, metavar="FOLDER", help="the folder to write")
    parsers["export"].add_argument(
        "--format", nargs="+", metavar="NAME", help="croissant, cards, schema.org, bibtex, csl, csv (default: all)"
    )


def _add_criteria(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("criteria", "All that are given have to be met.")
    group.add_argument("--kind", choices=["dataset", "model", "framework", "collection"], help="what to list")
    for name in _SEVERAL:
        said = "of these attributes, all" if name == "demographics" else "any of these values"
        group.add_argument(f"--{name.replace('_', '-')}", nargs="+", metavar="VALUE", help=said)
    group.add_argument("--commercial", action="store_true", help="whose terms surely allow commercial use")
    group.add_argument("--min-patients", type=int, metavar="N", help="with so many patients or more")
    group.add_argument("--curated", action="store_true", help="with license, creator, date, address and citation")
    group.add_argument("--not-confirmed", action="store_true", help="whose license no source states")
    group.add_argument("--text", metavar="WORDS", help="in which all these words stand")


def _add_beginning(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", required=True, help="as its creators write it")
    parser.add_argument("--kind", default="dataset", help="dataset, model or framework (default: dataset)")
    parser.add_argument("--key", default="", help="the name of the file (default: made from the name)")
    for name, said in (
        ("modality", "a data set needs one or more, such as CT MR"),
        ("body-region", "one or more, such as Chest"),
        ("task", "one or more, such as segmentation; required"),
    ):
        required = name == "task"
        parser.add_argument(f"--{name}", nargs="+", default=[], required=required, metavar="VALUE", help=said)
    for name, said in (("summary", "two sentences"), ("url", "its page"), ("doi", "such as 10.7937/…")):
        parser.add_argument(f"--{name}", default="", help=said)
    parser.add_argument(
        "--to", type=Path, default=Path("my_catalog"), metavar="FOLDER", help="your own folder (default: my_catalog)"
    )


def _opened(options: argparse.Namespace) -> "DataCatalog":
    from workbench.catalog.registry import datasets

    return datasets(options.own)


def _list(options: argparse.Namespace) -> None:
    from workbench.catalog.registry.catalog_text import as_record, as_text

    catalog = _opened(options)
    if options.kind == "collection":
        catalog = catalog.collections
    chosen = catalog.where(
        kind=options.kind,
        commercial_use=True if options.commercial else None,
        curated=True if options.curated else None,
        min_patients=options.min_patients,
        text=options.text,
        **{name: getattr(options, name) for name in _SEVERAL},
    )
    if options.not_confirmed:
        chosen = chosen.not_confirmed
    if options.json:
        _print_json([as_record(each) for each in chosen])
    else:
        print(as_text(chosen.entries, most=None))


def _show(options: argparse.Namespace) -> None:
    catalog = _opened(options)
    entry, facts = catalog[options.key], catalog.idc_facts(options.key)
    if options.json:
        from workbench.catalog.registry.catalog_text import as_record

        idc = None if facts is None else {"index": facts.index, "sentence": facts.sentence, **facts.counts}
        shares = catalog.related(entry.key)
        _print_json({"summary": as_record(entry), "fields": entry.fields, "idc": idc, "shares_images_with": shares})
        return
    from workbench.catalog.registry.formats.cards import card

    print(card(entry, facts).body)


def _search(options: argparse.Namespace) -> None:
    found = _opened(options).search(" ".join(options.words), limit=options.limit)
    if options.json:
        _print_json([{**vars(hit), "name": each.name} for hit, each in zip(found.found, found, strict=True)])
        return
    for hit, entry in zip(found.found, found, strict=True):
        print(f"{entry.key}: {entry.name}\n  {'; '.join(hit.matched)}")
    if not found.found:
        print("Nothing matches. Fewer or other words may: workbench datasets list")


def _compare(options: argparse.Namespace) -> None:
    if len(options.keys) < 2:
        raise WordsError(
            f"Only {options.keys[0]} came. Two or more entries would be right. "
            "Write for instance: workbench datasets compare lidc-idri luna16"
        )
    comparison = _opened(options).compare(*options.keys)
    if options.json:
        _print_json(comparison.table.to_dicts())
    else:
        print(comparison)


def _recommend(options: argparse.Namespace) -> None:
    from workbench.catalog.registry.keyword_needs import NO_QUESTION

    question = " ".join(options.question)
    if not question.strip():
        raise WordsError(NO_QUESTION)
    answer = _opened(options).recommend(question)
    if options.json:
        _print_json(answer.table.to_dicts())
    else:
        print(answer)


def _add(options: argparse.Namespace) -> None:
    from workbench.catalog.registry.adding import Beginning, begin_entry

    fields = ("name", "kind", "key", "summary", "url", "doi", "modality", "body_region", "task")
    path = begin_entry(Beginning(**{name: getattr(options, name) for name in fields}), options.to)
    print(f"{path} is written. It is valid as it stands; everything nobody has looked up reads unknown.")
    print(f"Fill it, then: workbench datasets check {options.to}")


def _check(options: argparse.Namespace) -> None:
    from workbench.catalog.registry import datasets
    from workbench.catalog.registry.catalog_text import headline
    from workbench.catalog.registry.idc.changes import count_anew
    from workbench.catalog.registry.idc.checks import read_idc_facts, stale_facts
    from workbench.catalog.registry.reading import read_notes
    from workbench.catalog.sources.idc_package import package_version

    catalog = datasets(options.folder)
    print(f"No problems in {headline(catalog.entries)}. {len(catalog.not_confirmed)} licenses are not confirmed.")
    if notes := read_notes(options.folder):
        print("\n".join(["Stated without the words it rests on, so that nobody can check it:", *notes]))
    if options.idc:
        print(count_anew(options.folder))
    elif options.folder is None:
        stale = stale_facts(catalog.entries, read_idc_facts(), package_version())
        print("\n".join(stale) or "What is counted in the Imaging Data Commons is up to date.")


def _export(options: argparse.Namespace) -> None:
    from workbench.catalog.registry.catalog_text import headline
    from workbench.catalog.registry.formats.writing import export
    from workbench.catalog.registry.idc.checks import read_idc_facts

    catalog = _opened(options)
    entries = [catalog[key] for key in options.keys] if options.keys else list(catalog)
    files = export(entries, options.out, options.format, read_idc_facts())
    print(f"{options.out}: {len(files)} files of {headline(entries)}")


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=1, ensure_ascii=False))
