"""The words by which every verb selects: a source, a saved cohort, and steps that keep the order they are typed in."""

import argparse
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

_WHERE_HELP = (
    "a criterion: COLUMN=VALUE, COLUMN=A,B,C (any of them), COLUMN=LOW..HIGH (inclusive; an end may be left out). "
    "Columns: collection_id, modality, body_region, age_years, sex, species, manufacturer …"
)
_OF_CRITERIA = ("missing", "level", "match")


class WordsError(ValueError):
    """The words of a command are off: exit code 2."""


@dataclass(frozen=True)
class Step:
    """One step of a selection as it was typed.

    Attributes
    ----------
    kind : {"where", "exclude", "near-test", "sql"}
        The option.
    words : str
        What followed it.
    settings : mapping
        ``missing``, ``level`` and ``match``, as far as they were typed after it.
    """

    kind: str
    words: str
    settings: Mapping[str, str] = field(default_factory=dict)


def add_source(parser: argparse.ArgumentParser, *, of_file: bool = False) -> None:
    """Add the options that name a source.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of a verb.
    of_file : bool
        Whether a saved cohort says by itself which source it was selected from.
    """
    default = "the one the file names" if of_file else "idc, the embedded index"
    parser.add_argument(
        "--source",
        metavar="idc|synthetic|PATH",
        help=f"the repository: a name, or a path to a Gen3 export, a table or a release (default: {default})",
    )
    parser.add_argument(
        "--columns",
        action="append",
        default=[],
        metavar="NAME=COLUMN",
        help="for a table: our name and its column, such as patient_id=PatientID; or a YAML file of such pairs",
    )


def add_steps(parser: argparse.ArgumentParser) -> None:
    """Add the options that select, each a step in the order typed.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of a verb.
    """
    parser.set_defaults(steps=(), usual={})
    steps = parser.add_argument_group("selection", "Steps, carried out in the order they are typed.")
    steps.add_argument("--where", action=_AddStep, metavar="COLUMN=VALUE", help=_WHERE_HELP)
    steps.add_argument("--exclude", action=_AddStep, metavar="COLUMN=VALUE", help="leave out what meets the criterion")
    steps.add_argument(
        "--near-test",
        action=_AddStep,
        metavar="RESULT:LOW..HIGH[:first|last]",
        help="studies so many days after a test, such as Positive:-3..14:first; TEST=RESULT:… names the test",
    )
    steps.add_argument("--sql", action=_AddStep, metavar="QUERY", help="keys that a query returns; see notebook 21")
    for name, choices, words in (
        ("missing", ["exclude", "keep", "only"], "what becomes of rows whose value is missing"),
        ("level", ["series", "study", "patient"], "whether series, whole studies or whole patients are selected"),
        (
            "match",
            ["any", "all", "each"],
            "whether any or all of its series meet it, or it holds each value",
        ),
    ):
        steps.add_argument(
            f"--{name}",
            action=_Set,
            choices=choices,
            help=f"{words}: of the step before it; written before the first step, of all",
        )


def open_source(options: argparse.Namespace, *, key: str = "idc") -> Any:
    """Return the catalog that the options name.

    Parameters
    ----------
    options : argparse.Namespace
        With the words of `add_source`.
    key : str
        The source when none is named.

    Returns
    -------
    Catalog
        Opened.
    """
    from workbench.catalog.commons import open_catalog

    return open_catalog(options.source or key, columns=_read_columns(options.columns) or None)


def open_saved(options: argparse.Namespace, path: Path) -> tuple[Any, Any]:
    """Return the catalog that a saved cohort was selected from, and the cohort.

    Parameters
    ----------
    options : argparse.Namespace
        With the words of `add_source`.
    path : pathlib.Path
        What ``--save`` wrote.

    Returns
    -------
    tuple of Catalog and Cohort
        The cohort as the file has it.
    """
    from workbench.errors import UnknownNameError

    catalog = open_saved_source(options, path)
    try:
        return catalog, catalog.read_cohort(path)
    except UnknownNameError as problem:  # in the file, not in the words that were typed
        raise ValueError(str(problem)) from problem


def open_saved_source(options: argparse.Namespace, path: Path) -> Any:
    """Return the catalog that a saved cohort was selected from.

    Parameters
    ----------
    options : argparse.Namespace
        With the words of `add_source`; they may say where the source lies.
    path : pathlib.Path
        What ``--save`` wrote.

    Returns
    -------
    Catalog
        Opened.
    """
    key = _key_of(path)
    if options.source is None and key not in ("idc", "synthetic"):
        raise WordsError(
            f"{path} was selected from a source of the kind {key!r}, which lies where only you know. Its path would be "
            "right. Add: --source PATH"
        )
    return open_source(options, key=key)


def select(options: argparse.Namespace) -> Any:
    """Return the cohort that a command selects.

    Parameters
    ----------
    options : argparse.Namespace
        With the words of `add_source` and `add_steps`, and perhaps a saved ``cohort`` to begin with.

    Returns
    -------
    Cohort
        After every step.
    """
    if options.cohort:
        catalog, cohort = open_saved(options, options.cohort)
    else:
        catalog = open_source(options)
        cohort = catalog.everything
    for step in options.steps:
        with typed():
            cohort = _take(catalog.repository, cohort, step, options.usual)
    return cohort


@contextlib.contextmanager
def typed() -> Iterator[None]:
    """Say of every error inside that the words of the command are off.

    Yields
    ------
    None
        Nothing.
    """
    try:
        yield
    except (LookupError, ValueError, TypeError) as problem:
        raise WordsError(str(problem)) from problem


class _AddStep(argparse.Action):
    def __call__(self, _: Any, namespace: argparse.Namespace, values: Any, option: str | None = None) -> None:
        namespace.steps = (*namespace.steps, Step(str(option).removeprefix("--"), str(values)))


class _Set(argparse.Action):
    def __call__(self, _: Any, namespace: argparse.Namespace, values: Any, option: str | None = None) -> None:
        setting = {str(option).removeprefix("--"): str(values)}
        if namespace.steps:
            *before, last = namespace.steps
            namespace.steps = (*before, replace(last, settings={**last.settings, **setting}))
        else:
            namespace.usual = {**namespace.usual, **setting}


def _take(repository: Any, cohort: Any, step: Step, usual: Mapping[str, str]) -> Any:
    from workbench.catalog.words import criterion_in_words, near_test_in_words

    if step.kind in ("where", "exclude"):
        settings = {**usual, **step.settings}
        column, value = criterion_in_words(repository, step.words, missing=settings.get("missing"))
        return getattr(cohort, step.kind)(**settings, **{column: value})
    taken = ("level",) if step.kind == "near-test" else ()
    for name in step.settings:
        if name not in taken:
            raise WordsError(
                f"--{name} {step.settings[name]} was received after --{step.kind}, which has no use for it. "
                f"It goes with --where and --exclude. Write it right after one of these, or before the first step."
            )
    if step.kind == "sql":
        return cohort.where_sql(step.words)
    level = {name: word for name, word in {**usual, **step.settings}.items() if name == "level" and word != "series"}
    return cohort.near_test(**near_test_in_words(step.words), **level)


def _read_columns(words: Sequence[str]) -> dict[str, str]:
    """Pairs of our name and the table's column, typed or from YAML files; the later of two wins."""
    columns: dict[str, str] = {}
    for word in words:
        name, equals, column = word.partition("=")
        if equals and name.strip() and column.strip():
            columns[name.strip()] = column.strip()
            continue
        try:
            read = yaml.safe_load(Path(word).read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError, FileNotFoundError):
            read = None
        if not isinstance(read, dict) or not all(isinstance(each, str) for pair in read.items() for each in pair):
            raise WordsError(
                f"--columns {word} was received. NAME=COLUMN, such as patient_id=PatientID, or a YAML file of lines "
                "'patient_id: PatientID' would be right. Correct it."
            )
        columns |= read
    return columns


def _key_of(path: Path) -> str:
    """The source that a definition names; whatever is wrong with the file is said when it is read."""
    try:
        body = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError, RecursionError):
        return "idc"
    source = body.get("source") if isinstance(body, dict) else None
    key = source.get("key") if isinstance(source, dict) else None
    return key if isinstance(key, str) else "idc"
