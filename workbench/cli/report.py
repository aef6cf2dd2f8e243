"""The verb that writes reports: one, or one for each value of a parameter or column."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.steps import WordsError, typed
from workbench.cli.verbs import add_verb

if TYPE_CHECKING:
    from workbench.presentation.reports.collections import ReportEntry

_EXAMPLES = [
    "workbench report cohort_profile --cohort chest_ct.yaml",
    "workbench report release_census --source synthetic --release 2022-01-01 --language es",
    "workbench report release_census --help",
    "workbench report cohort_profile --for-each collection_id --values midrc_ricord_1a,covid_19_ar",
    "workbench report release_census --sets wanted.csv --jobs 2 --out reports/june",
]
_RECIPES = """
every night, with cron (crontab -e):
  30 2 * * *  cd /srv/commons && workbench report NAME --commons commons.toml --out reports/$(date +\\%F) 2>> log

every Monday, with GitHub Actions (.github/workflows/reports.yml; its runners have a Chrome for the PDF):
  on: {schedule: [{cron: "30 2 * * 1"}], workflow_dispatch: {}}
  jobs:
    reports:
      runs-on: ubuntu-latest
      steps:
        - uses: actions/checkout@v4
        - uses: actions/setup-python@v5
          with: {python-version: "3.12"}
        - run: pip install imaging-workbench
        - run: workbench report NAME --commons commons.toml --out reports/NAME
        - uses: actions/upload-artifact@v4
          with: {name: reports, path: reports}

the same bytes again: SOURCE_DATE_EPOCH=1767225600 workbench report NAME --out again
"""
_PDF = {"if-possible": None, "always": True, "never": False}


def add_report(verbs: Any) -> None:
    """Add the verb that writes reports.

    Parameters
    ----------
    verbs : argparse subparsers
        Of the whole command.
    """
    report = add_verb(
        verbs, "report", _report, "write a report: notebook, web page, PDF, tables, provenance", _EXAMPLES
    )
    report.set_defaults(takes_parameters=True)
    for holder in (report, report._optionals):  # its own help takes the place of the usual one
        holder.conflict_handler = "resolve"
    report.add_argument("-h", "--help", action=_Help, nargs=0, help="show this; after a name, what that report takes")
    report.add_argument("name", metavar="REPORT", help="its name: workbench report --help lists them")
    report.add_argument("--out", type=Path, help="folder to write (default: a new one under reports/)")
    report.add_argument(
        "--commons", type=Path, metavar="FILE", help="whose report it is: name, logo, source, contact …"
    )
    report.add_argument(
        "--pdf", choices=list(_PDF), default="if-possible", help="whether it is printed (default: where Chromium is)"
    )
    many = report.add_argument_group("many reports", "One folder each, in parallel, with a page that lists them.")
    many.add_argument(
        "--for-each", metavar="NAME", help="one report for each value of a parameter, or of a column of the source"
    )
    many.add_argument("--values", metavar="A,B,…", help="only these values (default: all that there are)")
    many.add_argument("--sets", type=Path, metavar="CSV", help="one report a row; a column a parameter")
    many.add_argument("--jobs", type=int, metavar="N", help="kernels at once, about 0.5 GB each (default: all cores)")


class _Help(argparse.Action):
    """Show the help with the parameters of every report, or of the one that was named."""

    def __call__(self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, *_: Any, **__: Any) -> None:
        from workbench.presentation.reports.collections import find_report, list_reports

        name = getattr(namespace, "name", None)
        entries = list(list_reports().values())
        if name in list_reports():
            entries = [find_report(str(name))]
            parser.epilog = f"{parser.epilog}\n{_RECIPES.replace('NAME', str(name))}"
        parser.description = f"{parser.description}\n\n" + "\n\n".join(map(_described, entries))
        parser.print_help()
        parser.exit()


def _described(entry: "ReportEntry") -> str:
    lines = [f"{entry.name}: {entry.question}"]
    for parameter in entry.parameters.values():
        option = f"--{parameter.name.replace('_', '-')} {_shape(parameter)}"
        default = f" (default: {parameter.default})" if parameter.default not in ("", False) else ""
        bounds = [f"from {parameter.least}"] if parameter.least is not None else []
        bounds += [f"to {parameter.most}"] if parameter.most is not None else []
        said = "; ".join(filter(None, [parameter.help, " ".join(bounds)]))
        lines.append(f"  {option:<30}  {said}{default}")
    return "\n".join(lines)


def _shape(parameter: Any) -> str:
    shapes = {
        "text": "TEXT",
        "integer": "N",
        "number": "X",
        "switch": "True|False",
        "date": "YYYY-MM-DD",
        "source": "NAME|PATH|URL",
        "cohort": "FILE",
        "reference": "NAME|CSV",
        "folder": "FOLDER",
        "earlier": "VERSION|FOLDER",
        "pages": "FOLDER",
    }
    return "|".join(parameter.choices) if parameter.choices else shapes[parameter.type]


def _report(options: argparse.Namespace) -> int:
    parameters = _parameters(options.parameters)
    if options.for_each or options.sets:
        return _many(options, parameters)
    for name in ("values", "jobs"):
        if getattr(options, name) is not None:
            raise WordsError(
                f"--{name} {getattr(options, name)} was received without --for-each. The name of a parameter or column "
                "would be right. Add for instance: --for-each collection_id"
            )
    from workbench.presentation.reports.running import plan_report, render_report

    settings: dict[str, Any] = {"commons": options.commons, "pdf": _PDF[options.pdf]}
    with typed():
        plan_report(options.name, parameters, **settings)
    report = render_report(options.name, out=options.out, **{**parameters, **settings})
    print(f"Report: {report.html}")
    return 0


def _many(options: argparse.Namespace, given: dict[str, str]) -> int:
    if options.for_each and options.sets:
        raise WordsError(
            f"--for-each {options.for_each} came with --sets. One of the two would be right: --for-each varies one "
            "parameter, --sets as many as its file has columns. Leave one out."
        )
    from workbench.presentation.identity import read_identity
    from workbench.presentation.reports.collections import find_report
    from workbench.presentation.reports.kernel import commons_file
    from workbench.presentation.reports.many import render_reports
    from workbench.presentation.reports.sets import sets_for_each, sets_of_rows

    entry, over = find_report(options.name), (options.for_each or options.sets.stem).replace("-", "_")
    values = [each.strip() for each in options.values.split(",") if each.strip()] if options.values else None
    with typed():
        sets = (
            sets_for_each(
                entry, over, values=values, given=given, identity=read_identity(commons_file(options.commons))
            )
            if options.for_each
            else sets_of_rows(options.sets, given)
        )
    out = options.out or Path("reports") / f"{entry.name}-{over}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    batch = render_reports(entry.name, sets, out=out, commons=options.commons, pdf=_PDF[options.pdf], jobs=options.jobs)
    print(f"Reports: {batch.folder / 'index.html'}")
    if batch.failures:
        listed = "\n".join(f"  {label}: {reason}" for label, reason in batch.failures.items())
        raise RuntimeError(
            f"{len(batch.failures)} of {len(sets)} reports could not be made:\n{listed}\nAll others are there. Correct "
            f"the cause and go on with the same command and --out {out}: what is done is kept."
        )
    return 0


def _parameters(words: list[str]) -> dict[str, str]:
    """The parameters of the report as they were typed."""
    left, parameters = list(words), {}
    while left:
        name, equals, value = left.pop(0).partition("=")
        if not name.startswith("--") or not (equals or left):
            raise WordsError(
                f"{name} was received. Parameters are written --NAME VALUE, such as --cohort chest_ct.yaml. "
                "See: workbench report --help"
            )
        parameters[name.removeprefix("--").replace("-", "_")] = value if equals else left.pop(0)
    return parameters
