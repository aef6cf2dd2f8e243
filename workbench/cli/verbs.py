"""The verbs about the whole: demo, catalog and report."""

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.selection import add_source, open_source
from workbench.cli.steps import WordsError

_EXAMPLES = {
    "demo": ["workbench demo --no-serve"],
    "catalog": ["workbench catalog --quality", "workbench catalog --source synthetic"],
    "report": [
        "workbench report cohort_profile --cohort chest_ct.yaml",
        "workbench report release_census --source synthetic --release 2022-01-01 --language es",
    ],
}
_PARAMETERS = """

parameters of cohort_profile:
  --cohort FILE         a saved cohort (default: chest CT in the COVID-19 collections, or all there is)
  --source NAME|PATH|URL  the repository; of a cohort of your own files, where they lie (default: idc)
  --reference NAME|CSV  the population to compare with: workbench references (default: us_census)

parameters of release_census:
  --source NAME|PATH|URL  the repository: idc, synthetic, a path or an address (default: idc)
  --release NAME        a batch or a version of the source; everybody up to then is counted (default: the latest)
  --attributes NAME,…   what to count: sex, age_group, race … (default: all that the source has of people)
  --reference NAME|CSV  the population to compare with (default: us_acs; of a controlled source us_census)
  --language en|es|de|fr  what the categories are called in; sentences stay English (default: en)
  --exact True|False    whether the holder of a controlled source sees small counts (default: False)"""


def add_verbs(verbs: Any) -> None:
    """Add the verbs about the whole repository.

    Parameters
    ----------
    verbs : argparse subparsers
        Of the whole command.
    """
    demo = add_verb(verbs, "demo", _demo, "run the whole line on the embedded commons and serve the dashboard")
    demo.add_argument("--no-serve", action="store_true", help="stop after the report")
    demo.add_argument("--out", type=Path, help="folder of the report (default: a new one under reports/)")
    demo.add_argument("--port", type=int, default=8866, help="port of the dashboard (default: 8866)")

    catalog = add_verb(verbs, "catalog", _catalog, "say what the repository holds and how clean it is")
    catalog.add_argument("--quality", action="store_true", help="count every rule by which the source was cleaned")

    report = add_verb(verbs, "report", _report, "write a report: notebook, web page, PDF, tables, provenance")
    report.set_defaults(takes_parameters=True)
    report.description += _PARAMETERS
    report.add_argument("name", metavar="REPORT", help="cohort_profile or release_census")
    report.add_argument("--out", type=Path, help="folder to write (default: a new one under reports/)")

    add_source(catalog)
    demo.add_argument("--source", default="idc", help="the repository (default: idc, the embedded index)")
    demo.add_argument(
        "--synthetic", dest="source", action="store_const", const="synthetic", help="run it on the invented commons"
    )


def add_verb(verbs: Any, name: str, run: Any, summary: str, examples: list[str] | None = None) -> Any:
    """Return the parser of a new verb.

    Parameters
    ----------
    verbs : argparse subparsers
        What it is added to.
    name : str
        The verb.
    run : callable
        Takes the options; returns the exit code, or nothing.
    summary : str
        What it does, without a period.
    examples : list of str, optional
        Commands that its help ends with.

    Returns
    -------
    argparse.ArgumentParser
        For its options.
    """
    lines = "\n".join(f"  {line}" for line in examples or _EXAMPLES[name])
    parser = verbs.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=f"examples:\n{lines}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def _demo(options: argparse.Namespace) -> int:
    from workbench.presentation.demo import run_demo

    return run_demo(source=options.source, out=options.out, serve_pages=not options.no_serve, port=options.port)


def _catalog(options: argparse.Namespace) -> None:
    import polars as pl

    from workbench.catalog.overview import count_by_collection

    catalog = open_source(options)
    print(catalog)
    with pl.Config(tbl_rows=-1, fmt_str_lengths=80, tbl_width_chars=180, tbl_hide_dataframe_shape=True):
        table = catalog.data_quality() if options.quality else count_by_collection(catalog.everything).head(20)
        print(table.drop("fraction") if options.quality else table)
    if not options.quality:
        shown = "The 20 largest collections. " if catalog.repository.collections.height > 20 else ""
        print(f"{shown}How clean is it? workbench catalog --quality")


def _report(options: argparse.Namespace) -> None:
    from workbench.presentation.reports import render_report

    words, parameters = list(options.parameters), {}
    while words:
        name, equals, value = words.pop(0).partition("=")
        if not name.startswith("--") or not (equals or words):
            raise WordsError(
                f"{name} was received. Parameters are written --NAME VALUE, such as --cohort chest_ct.yaml. "
                "See: workbench report --help"
            )
        parameters[name.removeprefix("--").replace("-", "_")] = value if equals else words.pop(0)
    report = render_report(options.name, out=options.out, **parameters)
    print(f"Report: {report.html}")
