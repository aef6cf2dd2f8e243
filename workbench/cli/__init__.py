"""The command line: one verb for each capability, thin over the package.

Exit codes: 0 done, 1 what was asked for cannot be done (or a split leaks), 2 the words of the command are off,
130 stopped by Ctrl-C.
"""

import argparse
import importlib.metadata
import io
import os
import sys
from collections.abc import Sequence

from workbench.cli.census import add_census
from workbench.cli.cohorts import add_cohort
from workbench.cli.datasets import add_datasets
from workbench.cli.doctor import add_doctor
from workbench.cli.index import add_index
from workbench.cli.preprocess import add_preprocess
from workbench.cli.publishing import add_publishing
from workbench.cli.references import add_references
from workbench.cli.report import add_report
from workbench.cli.sample import add_sample
from workbench.cli.steps import WordsError
from workbench.cli.verbs import add_verbs
from workbench.cli.viewer import add_viewer
from workbench.cli.wording import as_typed
from workbench.errors import UnknownNameError

_EXAMPLES = """
examples:
  workbench demo                              the whole line on real data: cohort, census, report, dashboard
  workbench catalog --quality                 what the repository holds, and how clean it is
  workbench cohort new --where modality=CT --where body_region=Chest --where age_years=18..89 --save chest_ct.yaml
  workbench cohort attrition chest_ct.yaml --svg flow.svg
  workbench census --cohort chest_ct.yaml --by sex age_group --compare us_census
  workbench compare --cohort chest_ct.yaml --reference us_acs --state California
  workbench sample --cohort chest_ct.yaml --reference us_census --tolerance 0.05 --seed 1 --out sample.csv
  workbench references                        the populations to compare with
  workbench datasets recommend "chest X-rays with demographics, over 10,000 patients"
  workbench index my_dicom --out index        what DICOM files a folder holds, and which were refused
  workbench preprocess my_dicom/series1 --pipeline chest_ct --out series1.nii.gz
  workbench report cohort_profile --cohort chest_ct.yaml
  workbench serve                             the public dashboard on this machine
  workbench site aggregates                   write the files that the public pages read
  workbench doctor                            is everything here, and how is it mended
"""


# What a question that cannot be answered raises; anything else is a fault of ours and shows its traceback.
_EXPECTED = (LookupError, ValueError, TypeError, OSError, ImportError, RuntimeError, OverflowError, MemoryError)


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
    words = _with_new(list(sys.argv[1:] if arguments is None else arguments))
    options, rest = parser.parse_known_args(words)
    if rest and not options.takes_parameters:
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
    except (WordsError, UnknownNameError) as error:
        print(f"workbench: {as_typed(str(error))}", file=sys.stderr)
        return 2
    except _EXPECTED as error:
        print(f"workbench: {as_typed(str(error))}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="workbench",
        description="Pick cohorts from an imaging commons, ask who is in them, prepare their images, report; offline.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="show the version and exit")
    parser.set_defaults(takes_parameters=False)
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    add_verbs(verbs)
    add_publishing(verbs)
    add_cohort(verbs)
    add_census(verbs)
    add_sample(verbs)
    add_references(verbs)
    add_report(verbs)
    add_datasets(verbs)
    add_index(verbs)
    add_preprocess(verbs)
    add_viewer(verbs)
    add_doctor(verbs)
    return parser


class _ShowVersion(argparse.Action):
    """Read the version of the installed package, only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> None:
        print(f"workbench {importlib.metadata.version('imaging-workbench')}")
        parser.exit()


def _with_new(words: list[str]) -> list[str]:
    """Read ``cohort --where …`` as ``cohort new --where …``."""
    if words[:1] == ["cohort"] and (words[1:2] or ["-"])[0].startswith("-") and words[1:2] not in (["-h"], ["--help"]):
        return ["cohort", "new", *words[1:]]
    return words
