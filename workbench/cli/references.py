"""``workbench references``, and the options of other verbs that name whom a cohort is compared with."""

import argparse
import contextlib
from pathlib import Path
from typing import Any

from workbench.cli.outputs import print_table
from workbench.cli.selection import open_saved
from workbench.cli.steps import WordsError, typed
from workbench.cli.verbs import add_verb

_COHORTS = (".yaml", ".yml", ".json")


def add_references(verbs: Any) -> None:
    """Add the verb ``references``.

    Parameters
    ----------
    verbs : argparse subparsers
        Of the whole command.
    """
    references = add_verb(
        verbs,
        "references",
        _references,
        "list the populations that a cohort can be compared with",
        ["workbench references", "workbench references --periods cdc_covid"],
    )
    references.add_argument("--periods", metavar="NAME", help="list the dates of a population over time")


def add_reference(parser: argparse.ArgumentParser, *, default: str | None = None) -> None:
    """Add the options that name a reference.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of a verb.
    default : str, optional
        The reference when none is named.
    """
    group = parser.add_argument_group("reference", "Whom to compare with; see: workbench references")
    group.add_argument(
        "--reference",
        "--compare",
        metavar="NAME|FILE",
        default=default,
        help="a population such as us_census, a CSV of your own (attribute, category, n or percent), or a saved cohort"
        + (f" (default: {default})" if default else ""),
    )
    group.add_argument("--period", metavar="YYYY-MM-DD", help="of a population over time: as counted on that day")
    group.add_argument("--state", metavar="NAME", help="of a population by state: only this one, such as California")
    group.add_argument(
        "--where-reference",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="of a population with cells: a part of it, such as country=India",
    )


def take_reference(options: argparse.Namespace) -> Any:
    """Return the reference that the options name.

    Parameters
    ----------
    options : argparse.Namespace
        With the words of `add_reference` and `add_source`.

    Returns
    -------
    ReferencePopulation or Cohort
        Read.
    """
    where = dict(_pair(word) for word in options.where_reference)
    if options.state:
        where["state"] = options.state
    path = Path(options.reference)
    if path.suffix.lower() not in _COHORTS:
        from workbench.assessment.references import list_references, read_reference

        # What is wrong with a shipped population was typed; what is wrong with a file stands in it.
        with typed() if options.reference in list_references() else contextlib.nullcontext():
            return read_reference(options.reference, period=options.period, **where)
    if where or options.period:
        raise WordsError(
            f"--reference {path} is a saved cohort, which has no part and no period to choose. Save a narrower cohort, "
            "or leave out --period, --state and --where-reference."
        )
    return open_saved(options, path)[1]


def _references(options: argparse.Namespace) -> None:
    import polars as pl

    from workbench.assessment.references import describe_references, reference_periods

    if not options.periods:
        print_table(describe_references().select("name", "title", "year", "n", "attributes"), width=200)
        print("Compare with one of them: workbench compare --reference NAME. Of your own: --reference FILE.csv")
        return
    periods = reference_periods(options.periods)
    if periods:
        print_table(pl.DataFrame({"period": periods}))
    else:
        print(f"{options.periods} is not counted over time.")


def _pair(word: str) -> tuple[str, str]:
    name, equals, value = (part.strip() for part in word.partition("="))
    if not (name and equals and value):
        raise WordsError(
            f"--where-reference {word} was received. NAME=VALUE would be right. Write for instance: "
            "--where-reference country=India"
        )
    return name, value
