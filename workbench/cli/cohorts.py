"""``workbench cohort``: select and save, show and explain, count who was lost and what there is to choose from."""

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.delivery import add_delivery
from workbench.cli.outputs import print_table, write_table, write_text
from workbench.cli.selection import add_source, open_saved_source, select
from workbench.cli.steps import WordsError, add_steps, typed
from workbench.cli.tables import add_tables
from workbench.cli.training import add_training
from workbench.cli.verbs import add_verb

_SUMMARY = "select, save, describe, split, list and fetch cohorts"
_FILE = "a saved cohort; further steps narrow it"
_EXAMPLES = """
examples:
  workbench cohort new --where modality=CT --where body_region=Chest --where age_years=18..89 --save chest_ct.yaml
  workbench cohort new --source synthetic --near-test Positive:-3..14:first --save near.yaml
  workbench cohort show chest_ct.yaml
  workbench cohort explain chest_ct.yaml
  workbench cohort attrition chest_ct.yaml --people --svg flow.svg
  workbench cohort table1 chest_ct.yaml --by collection_id --html table1.html
  workbench cohort facets chest_ct.yaml --by sex body_region
  workbench cohort split chest_ct.yaml --by sex age_group --seed 1 --out split.csv
  workbench cohort manifest chest_ct.yaml --kind s5cmd --out chest_ct.s5cmd --cite chest_ct.bib
  workbench cohort fetch chest_ct.yaml --sample 1 --smallest --to images --when-offline phantom

Without one of these words new is meant: workbench cohort --where modality=CT
"""


def add_cohort(verbs: Any) -> None:
    """Add the verb ``cohort`` with everything it does.

    Parameters
    ----------
    verbs : argparse subparsers
        Of the whole command.
    """
    group = verbs.add_parser(
        "cohort",
        help=_SUMMARY,
        description=f"{_SUMMARY[0].upper()}{_SUMMARY[1:]}.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kinds = group.add_subparsers(required=True, metavar="WHAT")
    new = _add(kinds, "new", _new, "select a cohort; print its counts and who was lost on the way")
    new.add_argument("--cohort", type=Path, metavar="FILE", help="begin with a saved cohort")
    new.add_argument("--save", type=Path, metavar="FILE", help="write the definition as YAML or JSON, by the ending")
    new.add_argument("--no-members", action="store_true", help="write no digests of the patients beside it")
    new.add_argument("--links", type=Path, metavar="FILE", help="write the studies with viewer links as CSV")

    show = _add(kinds, "show", _show, "say what a saved cohort is, what changed since, and its licenses")
    explain = _add(kinds, "explain", _explain, "state a cohort and its losses in plain sentences")

    attrition = _add(kinds, "attrition", _attrition, "tell who each step lost, and who only for a missing value")
    attrition.add_argument("--people", action="store_true", help="add sex and age of those left after each step")
    attrition.add_argument("--csv", type=Path, metavar="FILE", help="write the table")
    attrition.add_argument("--svg", type=Path, metavar="FILE", help="draw the CONSORT flow diagram")
    attrition.add_argument("--dropped", type=Path, metavar="FILE", help="write which step lost each patient, as CSV")

    facets = _add(kinds, "facets", _facets, "count the choices, each attribute under all other criteria")
    facets.add_argument("file", nargs="?", type=Path, metavar="FILE", help=f"{_FILE}; without it, everything")
    facets.add_argument("--cohort", type=Path, metavar="FILE", help="the same")
    facets.add_argument(
        "--by", nargs="+", default=["modality", "sex", "age_decade"], metavar="COLUMN", help="attributes to count"
    )
    facets.add_argument("--unit", choices=["patients", "studies", "series"], default="patients", help="what is counted")
    for each in (explain, attrition):
        each.add_argument("cohort", type=Path, metavar="FILE", help=_FILE)
    show.add_argument("cohort", type=Path, metavar="FILE", help="a saved cohort")
    for each in (new, explain, attrition, facets):
        add_steps(each)
    for each in (new, facets):
        add_source(each)
    described = add_tables(kinds)
    delivered = [*add_delivery(kinds), *add_training(kinds)]
    for each in (show, explain, attrition, *described, *delivered):
        add_source(each, of_file=True)


def _add(kinds: Any, name: str, run: Any, summary: str) -> Any:
    examples = [line.strip() for line in _EXAMPLES.splitlines() if f"workbench cohort {name} " in line]
    return add_verb(kinds, name, run, summary, examples)


def _new(options: argparse.Namespace) -> None:
    cohort = select(options)
    print(cohort)
    print(cohort.attrition)
    if options.save:
        print(f"Saved: {cohort.save(options.save, members=not options.no_members)}")
    if options.links:
        print(f"Studies with viewer links: {write_table(cohort.viewer_links(), options.links)}")


def _show(options: argparse.Namespace) -> None:
    from workbench.catalog.definition import content_hash, read_definition
    from workbench.catalog.membership import compare_members, members_path
    from workbench.errors import UnknownNameError

    catalog = open_saved_source(options, options.cohort)
    body = read_definition(options.cohort)
    try:
        # Without its hash: that the file was changed has been said once by now.
        unsigned = {field: value for field, value in body.items() if field != "sha256"}
        cohort = catalog.cohort_from(unsigned, name=options.cohort.name)
    except UnknownNameError as problem:  # in the file, not in the words that were typed
        raise ValueError(str(problem)) from problem
    print(cohort)
    print(cohort.explain())
    print(f"Definition {cohort.sha256}")
    if body.get("sha256") == content_hash(body):
        print(
            compare_members(
                catalog.repository, cohort.patients["patient_key"], body, members_path(options.cohort)
            ).sentence
        )
    else:
        print("The definition was written or changed by hand: who was in it before cannot be told.")
    for warning in cohort.rights.warnings:
        print(warning)


def _explain(options: argparse.Namespace) -> None:
    print(select(options).explain())


def _attrition(options: argparse.Namespace) -> None:
    attrition = select(options).attrition
    print(attrition)
    if options.people:
        print_table(attrition.people)
    if options.csv:
        import polars as pl

        columns = [attrition.table, attrition.people.drop("step")] if options.people else [attrition.table]
        print(f"Table: {write_table(pl.concat(columns, how='horizontal'), options.csv)}")
    if options.svg:
        from workbench.presentation.charts.consort import consort

        print(f"Flow diagram: {write_text(consort(attrition).svg, options.svg)}")
    if options.dropped:
        path = write_table(attrition.dropped(), options.dropped)
        print(f"Patients lost, one a row: {path}. It names them: keep it with the data.")


def _facets(options: argparse.Namespace) -> None:
    import polars as pl

    from workbench.catalog import facets

    if options.file and options.cohort:
        raise WordsError(
            f"{options.file} and --cohort {options.cohort} were received. One saved cohort would be right. "
            "Leave out --cohort."
        )
    options.cohort = options.file or options.cohort
    cohort = select(options)
    with typed():
        counted = facets.count(cohort, options.by, options.unit)
    once = pl.when(pl.col("attribute").is_first_distinct()).then("attribute").otherwise(pl.lit(""))
    named = counted.with_columns(once.alias("attribute"))
    print_table(named.rename({"n": f"n_{options.unit}"}))
