"""The command line: one verb for each capability, thin over the package.

Exit codes: 0 done, 1 what was asked for cannot be done, 2 the words of the command are off, 130 stopped by Ctrl-C.
"""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_EXAMPLES = """
examples:
  workbench demo                              the whole line on real data: cohort, census, report, dashboard
  workbench catalog --quality                 what the repository holds, and how clean it is
  workbench cohort --where modality=CT --where body_region=Chest --where age_years=18..89 --save chest_ct.yaml
  workbench census --cohort chest_ct.yaml --by sex age_group --compare us_census
  workbench report cohort_profile --cohort chest_ct.yaml
  workbench serve                             the public dashboard on this machine
  workbench site aggregates                   write the one file the public page reads
"""
_WHERE_HELP = (
    "a criterion, in order: COLUMN=VALUE, COLUMN=A,B,C (any of them), COLUMN=LOW..HIGH (inclusive; an end may be "
    "left out). Columns: collection_id, modality, body_region, age_years, sex, species, manufacturer …"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code of one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after ``workbench``; by default those of the process.

    Returns
    -------
    int
        0, 1, 2 or 130.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a sign shows "?", not a traceback
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and options.run is not _report:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    options.parameters = rest
    try:
        return int(options.run(options) or 0)
    except BrokenPipeError:  # the reader of our output, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    except (LookupError, ValueError, TypeError, OSError, ImportError, RuntimeError, OverflowError) as error:
        print(f"workbench: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="workbench",
        description="Pick cohorts from an imaging commons, ask who is in them, report and show it. Works offline.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    demo = _verb(verbs, "demo", _demo, "run the whole line on the embedded commons and serve the dashboard")
    demo.add_argument("--no-serve", action="store_true", help="stop after the report")
    demo.add_argument("--out", type=Path, help="folder of the report (default: a new one under reports/)")
    demo.add_argument("--port", type=int, default=8866, help="port of the dashboard (default: 8866)")

    catalog = _verb(verbs, "catalog", _catalog, "say what the repository holds and how clean it is")
    catalog.add_argument("--quality", action="store_true", help="count every rule by which the source was cleaned")

    cohort = _verb(verbs, "cohort", _cohort, "select a cohort; print its counts and who was lost on the way")
    _add_selection(cohort)
    cohort.add_argument("--save", type=Path, metavar="FILE", help="write the definition as YAML")
    cohort.add_argument("--links", type=Path, metavar="FILE", help="write the studies with viewer links as CSV")

    census = _verb(verbs, "census", _census, "count who is in a cohort, with intervals and the missing")
    _add_selection(census)
    census.add_argument(
        "--by",
        nargs="+",
        default=["sex"],
        metavar="COLUMN",
        help="attributes: sex, age_group, age_decade, collection_id, species (default: sex)",
    )
    census.add_argument("--compare", metavar="REFERENCE", help="compare with a population, such as us_census")

    report = _verb(verbs, "report", _report, "write a report: notebook, web page, PDF, tables, provenance")
    report.add_argument(
        "name", help="which report: cohort_profile (parameters: --cohort FILE, --reference NAME, --source NAME)"
    )
    report.add_argument("--out", type=Path, help="folder to write (default: a new one under reports/)")

    serve = _verb(verbs, "serve", _serve, "serve the public dashboard with Voila on this machine")
    serve.add_argument("--port", type=int, default=8866, help="port to listen on (default: 8866)")
    serve.add_argument("--ip", default="127.0.0.1", help="address to listen on (default: 127.0.0.1, this machine)")
    serve.add_argument("--open", action="store_true", help="open the page in the browser")

    site = _verb(verbs, "site", _site, "write what public pages are made from")
    site.add_argument("what", choices=["aggregates"], help="aggregates: the one file a public page reads")
    site.add_argument("--out", type=Path, help="the file to write (default: in the cache folder)")
    for each in (demo, catalog, cohort, census, serve, site):
        each.add_argument("--source", default="idc", help="the repository (default: idc, the embedded index)")
    return parser


def _verb(verbs: Any, name: str, run: Any, summary: str) -> argparse.ArgumentParser:
    examples = "\n".join(line for line in _EXAMPLES.splitlines() if f"workbench {name}" in line)
    parser: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=f"examples:\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def _add_selection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--where", action="append", default=[], metavar="COLUMN=VALUE", help=_WHERE_HELP)
    parser.add_argument(
        "--missing",
        choices=["exclude", "keep", "only"],
        default="exclude",
        help="what becomes of rows whose value is missing (default: exclude; the loss is printed)",
    )
    parser.add_argument("--cohort", type=Path, metavar="FILE", help="begin with a saved cohort")


def _select(options: argparse.Namespace) -> Any:
    from workbench.catalog.commons import open_catalog
    from workbench.catalog.words import criterion_in_words

    catalog = open_catalog(options.source)
    cohort = catalog.read_cohort(options.cohort) if options.cohort else catalog.everything
    for words in options.where:
        column, value = criterion_in_words(catalog.repository, words)
        cohort = cohort.where(missing=options.missing, **{column: value})
    return cohort


def _demo(options: argparse.Namespace) -> int:
    from workbench.presentation.demo import run_demo

    return run_demo(source=options.source, out=options.out, serve_pages=not options.no_serve, port=options.port)


def _catalog(options: argparse.Namespace) -> None:
    import polars as pl

    from workbench.catalog.commons import open_catalog
    from workbench.catalog.overview import count_by_collection

    catalog = open_catalog(options.source)
    print(catalog)
    with pl.Config(tbl_rows=-1, fmt_str_lengths=80, tbl_width_chars=180, tbl_hide_dataframe_shape=True):
        table = catalog.data_quality() if options.quality else count_by_collection(catalog.everything).head(20)
        print(table.drop("fraction") if options.quality else table)
    if not options.quality:
        print("The 20 largest collections. How clean is it? workbench catalog --quality")


def _cohort(options: argparse.Namespace) -> None:
    cohort = _select(options)
    print(cohort)
    print(cohort.attrition)
    if options.save:
        print(f"Saved: {cohort.save(options.save)}")
    if options.links:
        cohort.viewer_links().write_csv(options.links)
        print(f"Studies with viewer links: {options.links}")


def _census(options: argparse.Namespace) -> None:
    import polars as pl

    from workbench.catalog.comparison import compare

    cohort = _select(options)
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=160, tbl_hide_dataframe_shape=True):
        print(cohort.census(by=options.by))
        if options.compare:
            print(compare(cohort, reference=options.compare))


def _report(options: argparse.Namespace) -> None:
    from workbench.presentation.reports import render_report

    words, parameters = list(options.parameters), {}
    while words:
        name, equals, value = words.pop(0).partition("=")
        if not name.startswith("--") or not (equals or words):
            raise ValueError(
                f"{name} was received. Parameters are written --NAME VALUE, such as --cohort chest_ct.yaml. "
                "See: workbench report --help"
            )
        parameters[name.removeprefix("--").replace("-", "_")] = value if equals else words.pop(0)
    report = render_report(options.name, out=options.out, **parameters)
    print(f"Report: {report.html}")


def _serve(options: argparse.Namespace) -> int:
    from workbench.presentation.demo import serve_overview

    return serve_overview(source=options.source, port=options.port, ip=options.ip, open_browser=options.open)


def _site(options: argparse.Namespace) -> None:
    from workbench.catalog.commons import open_catalog
    from workbench.presentation.aggregates import write_aggregates

    print(f"Aggregates: {write_aggregates(open_catalog(options.source), options.out)}")


if __name__ == "__main__":
    sys.exit(main())
