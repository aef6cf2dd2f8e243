"""The verbs about the whole: demo and catalog."""

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.selection import add_source, open_source

_EXAMPLES = {
    "demo": ["workbench demo --no-serve"],
    "catalog": ["workbench catalog --quality", "workbench catalog --source synthetic"],
}


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
