"""The steps of a selection as they are typed: criteria, windows around tests and queries, in their order."""

import argparse
import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

_WHERE_HELP = (
    "a criterion: COLUMN=VALUE, COLUMN=A,B,C (any of them), COLUMN=LOW..HIGH (inclusive; an end may be left out). "
    "Columns: collection_id, modality, body_region, age_years, sex, species, manufacturer …"
)


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


def take_steps(repository: Any, cohort: Any, options: argparse.Namespace) -> Any:
    """Return a cohort narrowed by the steps that were typed.

    Parameters
    ----------
    repository : Repository
        Whose columns and values are meant.
    cohort : Cohort
        Where to begin.
    options : argparse.Namespace
        With the words of `add_steps`.

    Returns
    -------
    Cohort
        After every step.

    Raises
    ------
    WordsError
        For a step that cannot be taken.
    """
    for step in options.steps:
        with typed():
            cohort = _take_one(repository, cohort, step, options.usual)
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


def _take_one(repository: Any, cohort: Any, step: Step, usual: Mapping[str, str]) -> Any:
    from workbench.catalog.criteria.words import criterion_in_words, near_test_in_words

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
