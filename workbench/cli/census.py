"""``workbench census`` and ``compare``: who is in a cohort, and how far that is from others."""

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.outputs import COMMENTS_READ, print_table, ready, write_table, write_text
from workbench.cli.references import add_reference, take_reference
from workbench.cli.selection import add_source, select
from workbench.cli.steps import WordsError, add_steps
from workbench.cli.verbs import add_verb

_UNITS = ["patients", "studies", "series", "instances"]
_WIDE = 200
_SHOWN = [
    *("attribute", "missing", "total_variation", "total_variation_low", "total_variation_high"),
    *("jsd", "jsd_low", "jsd_high", "p_null", "n_patients", "n_missing"),
]


def add_census(verbs: Any) -> None:
    """Add the verbs ``census`` and ``compare``.

    Parameters
    ----------
    verbs : argparse subparsers
        Of the whole command.
    """
    census = add_verb(
        verbs,
        "census",
        _census,
        "count who is in a cohort, with intervals and the missing",
        [
            "workbench census --cohort chest_ct.yaml --by sex age_group --compare us_census",
            "workbench census --where collection_id=midrc_ricord_1a --by modality --unit studies --csv modality.csv",
            "workbench census --source synthetic --by race --chart race.svg",
        ],
    )
    census.add_argument(
        "--by",
        nargs="+",
        default=["sex"],
        metavar="COLUMN",
        help="attributes, together: sex, age_group, collection_id, modality, body_region, site_id … (default: sex)",
    )
    census.add_argument("--unit", choices=_UNITS, default="patients", help="what is counted (default: patients)")
    census.add_argument(
        "--suppress", action="store_true", help="hide counts of 1–10 patients, and those that would give them away"
    )
    census.add_argument("--csv", type=Path, metavar="FILE", help="write the table")
    census.add_argument("--chart", type=Path, metavar="FILE", help="draw one or two attributes: .svg, .png or .html")
    add_reference(census)

    compare = add_verb(
        verbs,
        "compare",
        _compare,
        "say how many would have to be others for a cohort to match a population or another cohort",
        [
            "workbench compare --cohort chest_ct.yaml --reference us_census",
            "workbench compare --cohort chest_ct.yaml --reference us_acs --state California --joint sex age_group",
            "workbench compare --cohort chest_ct.yaml --reference everyone.yaml --attributes sex --groups groups.csv",
        ],
    )
    compare.add_argument("--attributes", nargs="+", metavar="COLUMN", help="what to compare (default: sex, age …)")
    compare.add_argument("--joint", nargs="+", metavar="COLUMN", help="attributes to cross, for one distance over all")
    compare.add_argument("--csv", type=Path, metavar="FILE", help="write the distances, one row an attribute")
    compare.add_argument("--groups", type=Path, metavar="FILE", help="write the shares, one row a category")
    add_reference(compare, default="us_census")
    for each in (census, compare):
        each.add_argument("--cohort", type=Path, metavar="FILE", help="begin with a saved cohort")
        add_steps(each)
        add_source(each)


def _census(options: argparse.Namespace) -> None:
    _check_chart(options)
    cohort = select(options)
    reference = take_reference(options) if options.reference else None
    if options.suppress:
        _check_suppressed(options, reference)
    by = _names(options.by)
    census = cohort.census(by=by, unit=options.unit)
    if options.suppress:
        from workbench.assessment.suppression import suppress

        census = suppress([census]).tables[0]
    print_table(census)
    if options.suppress and reference is not None:
        from workbench.assessment.representativeness import compare_to_reference

        _print_comparison(compare_to_reference(census, reference))
    elif reference is not None:
        from workbench.catalog.comparison import compare

        _print_comparison(compare(cohort, reference=reference))
    if options.csv:
        print(f"Table: {write_text(_as_comment(census.stamp) + census.table.write_csv(), options.csv)}")
        if census.stamp:
            print(COMMENTS_READ)
    if options.chart:
        from workbench.presentation.charts.people import census as draw

        print(f"Chart: {draw(census).save(ready(options.chart))}")


def _compare(options: argparse.Namespace) -> None:
    from workbench.catalog.comparison import compare

    cohort = select(options)
    reference = take_reference(options)
    attributes, joint = _names(options.attributes) or None, _names(options.joint) or None
    compared = compare(cohort, reference=reference, attributes=attributes, joint=joint)
    _print_comparison(compared)
    if options.csv:
        print(f"Distances: {write_table(compared.table, options.csv)}")
    if options.groups:
        print(f"Shares: {write_table(compared.contributions, options.groups)}")


def _print_comparison(compared: Any) -> None:
    """Print the sentences with what has to stand beside them, then the numbers behind them."""
    print(f"Compared with {compared.reference.title}, year {compared.reference.year}")
    for attribute, sentence in compared.sentences.items():
        print(sentence)
        for name, warning in compared.warnings:
            if name == attribute:
                print(f"  Definitions differ. {warning}")
    print_table(compared.table.select(_SHOWN), width=_WIDE)
    for note in filter(None, [*compared.notes, compared.stamp]):
        print(note)


def _check_suppressed(options: argparse.Namespace, reference: Any) -> None:
    from workbench.catalog.cohort import Cohort

    if isinstance(reference, Cohort):
        raise WordsError(
            f"--suppress was received with --reference {options.reference}, a cohort, whose counts are exact. A "
            "population would be right. Leave out one of the two."
        )


def _check_chart(options: argparse.Namespace) -> None:
    if options.chart is None:
        return
    if options.chart.suffix.lower() not in (".svg", ".png", ".html"):
        raise WordsError(
            f"--chart {options.chart} was received. A name that ends in .svg, .png or .html would be right. Rename it."
        )
    if len(_names(options.by)) > 2:
        raise WordsError(
            f"--chart was received with --by {' '.join(options.by)}. One or two attributes can be drawn. "
            "Leave out the rest."
        )


def _names(words: list[str] | None) -> list[str]:
    return [name for word in words or [] for name in word.split(",") if name]


def _as_comment(stamp: str) -> str:
    return f"# {stamp}\n" if stamp else ""
