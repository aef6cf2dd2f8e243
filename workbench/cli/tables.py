"""``workbench cohort table1``, ``compare`` and ``split``: who is in it, beside whom, and divided how."""

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.outputs import COMMENTS, COMMENTS_READ, print_table, ready, write_table, write_text
from workbench.cli.selection import open_saved, select
from workbench.cli.steps import WordsError, add_steps, typed
from workbench.cli.verbs import add_verb

_PARTS = "train=0.7,validation=0.15,test=0.15"
_PAGE = '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Table 1</title>\n{body}\n</html>\n'


def add_tables(kinds: Any) -> list[Any]:
    """Add the verbs that describe patients.

    Parameters
    ----------
    kinds : argparse subparsers
        Of ``workbench cohort``.

    Returns
    -------
    list of argparse.ArgumentParser
        Those that still need the options of a source.
    """
    table1 = add_verb(
        kinds,
        "table1",
        _table1,
        "print Table 1: patients by group, with standardized differences",
        ["workbench cohort table1 chest_ct.yaml --by collection_id --html table1.html"],
    )
    table1.add_argument("cohort", type=Path, metavar="FILE", help="a saved cohort; further steps narrow it")
    table1.add_argument("--by", metavar="COLUMN", help="what makes the groups, such as collection_id or sex")
    table1.add_argument("--attributes", nargs="+", metavar="COLUMN", help="what to describe (default: sex, age …)")
    table1.add_argument("--tests", action="store_true", help="add p-values, the tests named")
    table1.add_argument("--csv", type=Path, metavar="FILE", help="write it as CSV")
    table1.add_argument("--html", type=Path, metavar="FILE", help="write it as a web page, set for print")
    add_steps(table1)

    compare = add_verb(
        kinds,
        "compare",
        _compare,
        "compare two saved cohorts by standardized differences",
        ["workbench cohort compare adults.yaml everyone.yaml"],
    )
    compare.add_argument("first", type=Path, metavar="A", help="a saved cohort")
    compare.add_argument("second", type=Path, metavar="B", help="another of the same source")
    compare.add_argument("--attributes", nargs="+", metavar="COLUMN", help="what to compare (default: sex, age …)")
    compare.add_argument("--csv", type=Path, metavar="FILE", help="write the table")

    split = add_verb(
        kinds,
        "split",
        _split,
        "divide the patients into parts that look alike and share nobody, or check any split for leakage",
        [
            f"workbench cohort split chest_ct.yaml --parts {_PARTS} --by sex age_group --seed 1 --out split.csv",
            "workbench cohort split --check split.csv",
        ],
    )
    split.add_argument("cohort", type=Path, metavar="FILE", help="a saved cohort; with --check a split, CSV or Parquet")
    split.add_argument("--parts", metavar="NAME=SHARE,…", default=_PARTS, help=f"sum to 1 (default: {_PARTS})")
    split.add_argument(
        "--by",
        nargs="+",
        default=["sex", "age_group"],
        metavar="COLUMN",
        help="what the parts should have in common, the most important first (default: sex age_group)",
    )
    split.add_argument("--seed", type=int, help="fixes the result; a whole number from 0")
    split.add_argument("--groups", metavar="COLUMN", help="such as site_id: its values go to one part as a whole")
    split.add_argument("--out", type=Path, metavar="FILE", help=f"one row a patient, .csv ({COMMENTS}) or .parquet")
    split.add_argument("--check", action="store_true", help="look for anybody on two sides; exit code 1 if so")
    split.add_argument("--part", default="part", metavar="COLUMN", help="with --check: the column of parts")
    add_steps(split)
    return [table1, compare, split]


def _table1(options: argparse.Namespace) -> None:
    from workbench.presentation.charts.table_one import table_one

    cohort = select(options)
    with typed():
        counted = cohort.table_one(by=options.by, attributes=options.attributes, tests=options.tests)
    print(counted)
    if options.csv:
        print(f"Table 1: {counted.to_csv(ready(options.csv))}")
    if options.html:
        set_for_print = table_one(counted)
        page = _PAGE.format(body=set_for_print.html)
        print(f"Table 1: {write_text(page, options.html)}")


def _compare(options: argparse.Namespace) -> None:
    from workbench.catalog.contrast import contrast

    catalog, first = open_saved(options, options.first)
    second = catalog.read_cohort(options.second)
    with typed():
        apart = contrast(first, second, names=(options.first.stem, options.second.stem), attributes=options.attributes)
    print_table(apart, width=4000)
    if options.csv:
        print(f"Table: {write_table(apart.table, options.csv)}")


def _split(options: argparse.Namespace) -> int:
    from workbench.assessment.balance import balance_report
    from workbench.sampling import write_split

    if options.check:
        return _check(options)
    if options.seed is None or options.out is None:
        raise WordsError(
            "split needs a seed, so that it can be made again, and a file to write. Both would be right. "
            "Add for instance: --seed 1 --out split.csv"
        )
    cohort = select(options)
    fractions = _shares(options.parts)
    by = [name for word in options.by for name in word.split(",") if name]
    with typed():
        split = cohort.split(by=by, fractions=fractions, seed=options.seed, groups=options.groups)
    compared = list(dict.fromkeys([*by, "collection_id"]))
    print_table(balance_report(split, attributes=compared, fractions=fractions), width=4000)
    comment = f"cohort {cohort.sha256}\n{cohort.repository.name} {cohort.repository.version}, seed {options.seed}"
    with typed():
        path = write_split(split, ready(options.out), comment=f"{comment}\nparts {options.parts}, by {', '.join(by)}")
    print(f"Split: {path}")
    if path.suffix.lower() == ".csv":
        print(COMMENTS_READ)
    return 0


def _check(options: argparse.Namespace) -> int:
    from workbench.sampling import find_leakage, read_split

    if not options.cohort.is_file():
        raise FileNotFoundError(
            f"No split at {options.cohort}. A CSV or Parquet file with a column of parts would be right. "
            "Make one: workbench cohort split chest_ct.yaml --seed 1 --out split.csv"
        )
    found = find_leakage(read_split(options.cohort, part=options.part), part=options.part)
    print(found.sentence)
    print_table(found.table)
    return 0 if found.is_clean else 1


def _shares(words: str) -> dict[str, float]:
    shares: dict[str, float] = {}
    for word in words.split(","):
        name, equals, share = (part.strip() for part in word.partition("="))
        if not equals or not name or not share.replace(".", "", 1).isdigit() or name in shares:
            raise WordsError(
                f"--parts {words} was received. Names, each with its share, that sum to 1 would be right. "
                f"Write for instance: --parts {_PARTS}"
            )
        shares[name] = float(share)
    return shares
