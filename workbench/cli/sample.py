"""``workbench sample``: the part of a cohort that looks like a population, or weights for all of it."""

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.outputs import COMMENTS, COMMENTS_READ, print_table, ready, write_table
from workbench.cli.references import add_reference, take_reference
from workbench.cli.selection import add_source, select
from workbench.cli.steps import WordsError, add_steps, typed
from workbench.cli.verbs import add_verb

_WIDE = 200


def add_sample(verbs: Any) -> None:
    """Add the verb ``sample``.

    Parameters
    ----------
    verbs : argparse subparsers
        Of the whole command.
    """
    sample = add_verb(
        verbs,
        "sample",
        _sample,
        "draw the largest part of a cohort that looks like a population, or weight all of it",
        [
            "workbench sample --cohort chest_ct.yaml --reference us_census --tolerance 0.05 --seed 1 --out sample.csv",
            "workbench sample --source synthetic --attributes sex race --weights --out weights.csv",
        ],
    )
    sample.add_argument("--attributes", nargs="+", metavar="COLUMN", help="what to match (default: sex, age …)")
    sample.add_argument(
        "--tolerance", type=float, default=0.05, metavar="SHARE", help="the most a share may differ (default: 0.05)"
    )
    sample.add_argument(
        "--least",
        type=float,
        default=0.0,
        metavar="FRACTION",
        help="of its wanted share, what each group keeps at least: 0.5 keeps half, so that no small group vanishes "
        "(default: 0)",
    )
    sample.add_argument(
        "--method",
        choices=["optimal", "greedy"],
        default="optimal",
        help="greedy is MIDRC's procedure, which finds fewer (default: optimal)",
    )
    sample.add_argument(
        "--keep-missing", action="store_true", help="patients without a value may be drawn, up to the tolerance"
    )
    sample.add_argument("--weights", action="store_true", help="drop nobody; give each patient a weight instead")
    sample.add_argument("--largest-weight", type=float, metavar="W", help="with --weights: none exceeds it (mean: 1)")
    sample.add_argument("--seed", type=int, help="fixes who is drawn; a whole number from 0")
    sample.add_argument("--out", type=Path, metavar="FILE", help=f"one row a patient, .csv ({COMMENTS}) or .parquet")
    sample.add_argument("--csv", type=Path, metavar="FILE", help="write the shares wanted and achieved")
    add_reference(sample, default="us_census")
    sample.add_argument("--cohort", type=Path, metavar="FILE", help="begin with a saved cohort")
    add_steps(sample)
    add_source(sample)


def _sample(options: argparse.Namespace) -> None:
    from workbench.catalog.matching import match, weigh
    from workbench.sampling import write_split

    _check(options)
    cohort = select(options)
    attributes = [name for word in options.attributes or [] for name in word.split(",") if name] or None
    settings = {"reference": take_reference(options), "attributes": attributes}
    if options.weights:
        drawn: Any = weigh(cohort, **settings, largest=options.largest_weight)
        how = ["raking weights"]
    else:
        drawn = match(
            cohort,
            **settings,
            tolerance=options.tolerance,
            seed=options.seed,
            method=options.method,
            missing="included" if options.keep_missing else "excluded",
            least=options.least,
        )
        least = f", least {options.least:g}" if options.least else ""
        how = [f"{options.method}, tolerance {options.tolerance:g}{least}, seed {options.seed}"]
    print_table(drawn, width=_WIDE)
    comment = [
        f"cohort {cohort.sha256}",
        f"{cohort.repository.name} {cohort.repository.version}, like {options.reference}",
        *how,
        *drawn.notes,
    ]
    with typed():
        path = write_split(drawn.table.drop("patient_key"), ready(options.out), comment="\n".join(comment))
    print(f"{'Weights' if options.weights else 'Sample'}: {path}")
    if path.suffix.lower() == ".csv":
        print(COMMENTS_READ)
    if options.csv:
        print(f"Shares: {write_table(drawn.shares, options.csv)}")


def _check(options: argparse.Namespace) -> None:
    if options.out is None or (options.seed is None and not options.weights):
        raise WordsError(
            "sample needs a seed, so that it can be drawn again, and a file to write. Both would be right; weights "
            "need no seed. Add for instance: --seed 1 --out sample.csv"
        )
    if not 0 <= options.tolerance <= 1:
        raise WordsError(
            f"--tolerance {options.tolerance:g} was received. A share from 0 to 1 would be right. Write --tolerance "
            "0.05 for five percentage points."
        )
    if not 0 <= options.least <= 1:
        raise WordsError(
            f"--least {options.least:g} was received. A fraction from 0 to 1 would be right. Write --least 0.5 for "
            "half of each wanted share."
        )
    if options.least and options.weights:
        raise WordsError(
            f"--least {options.least:g} was received with --weights, which drop nobody. A sample would be right. Leave "
            "out one of the two."
        )
    if options.largest_weight is not None and not options.weights:
        raise WordsError("--largest-weight was received without --weights, and a sample has none. Add --weights.")
