"""Make many reports at once in warm kernels: one failure stops no other, and what is done is not done again."""

import queue
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_event_loop

from workbench.cache import say
from workbench.parallel.pools import cores
from workbench.presentation.reports.batch_page import batch_page
from workbench.presentation.reports.engine import KeptKernel
from workbench.presentation.reports.executed import forget_paths
from workbench.presentation.reports.resuming import fingerprint, found_report, read_batch, write_batch
from workbench.presentation.reports.running import Job, Report, plan_report, write_report
from workbench.presentation.reports.sets import ParameterSet, raise_together
from workbench.provenance import run_time

_EXPECTED = (LookupError, ValueError, TypeError, OSError, ImportError, RuntimeError, ArithmeticError, MemoryError)
_LOOK_S = 0.2  # between two looks whether somebody stopped us


@dataclass(frozen=True)
class Batch:
    """What came of many reports.

    Attributes
    ----------
    folder : pathlib.Path
        Holds a folder a report, ``index.html`` and ``batch.json``.
    reports : mapping of str to Report
        Label to report, in the order asked for; also those of an earlier run.
    skipped : tuple of str
        Labels of those that an earlier run had made.
    failures : mapping of str to str
        Label to reason.
    """

    folder: Path
    reports: Mapping[str, Report]
    skipped: tuple[str, ...]
    failures: Mapping[str, str]


@dataclass
class _State:
    """What is known of each report of a batch while it is made."""

    prints: Mapping[str, str]
    reports: dict[str, Report] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


def render_reports(
    name: str,
    sets: Sequence[ParameterSet],
    *,
    out: str | Path,
    commons: str | Path | None = None,
    pdf: bool | None = None,
    jobs: int | None = None,
) -> Batch:
    """Return the reports of a batch, made in parallel.

    Parameters
    ----------
    name : str
        Of the report.
    sets : sequence of ParameterSet
        One report each; `workbench.presentation.reports.sets` makes them.
    out : str or pathlib.Path
        The folder of the batch: new, empty, or that of an earlier run of the same batch, which is gone on with.
    commons : str or pathlib.Path, optional
        A file that says who publishes them.
    pdf : bool, optional
        Whether PDFs are printed; by default where there is a Chromium.
    jobs : int, optional
        Kernels at once; as many as cores unless given.

    Returns
    -------
    Batch
        Also when some failed.

    Raises
    ------
    ValueError
        When a set cannot be made: every problem is told, and nothing is run.
    FileExistsError
        When the folder holds something else.
    """
    if jobs is not None and jobs < 1:
        raise ValueError(f"--jobs {jobs} was received. One or more would be right. Leave it out to use all cores.")
    target = Path(out).expanduser().resolve()
    earlier = read_batch(target, name)
    planned = _plan(name, sets, commons=commons, pdf=pdf)
    state = _State({each.folder: fingerprint(job) for each, job in planned})
    for folder, known in state.prints.items():
        if earlier.get(folder) == known and (report := found_report(target / folder)):
            state.reports[folder] = report
    skipped = tuple(each.label for each, _ in planned if each.folder in state.reports)
    todo = [(each, job) for each, job in planned if each.folder not in state.reports]
    target.mkdir(parents=True, exist_ok=True)
    with _progress(len(todo), len(skipped)) as tell:
        _work(todo, target, state, n_workers=min(jobs or cores(), max(len(todo), 1)), tell=tell, name=name)
    _write_index(target, [each for each, _ in planned], state, planned[0][1])
    return Batch(
        target,
        {each.label: state.reports[each.folder] for each, _ in planned if each.folder in state.reports},
        skipped,
        {each.label: state.failures[each.folder] for each, _ in planned if each.folder in state.failures},
    )


def _plan(
    name: str, sets: Sequence[ParameterSet], *, commons: str | Path | None, pdf: bool | None
) -> list[tuple[ParameterSet, Job]]:
    """Check every set; the whole batch carries one stamp."""
    made = run_time()
    planned: list[tuple[ParameterSet, Job]] = []
    problems: list[str] = []
    for each in sets:
        try:
            job = plan_report(name, each.parameters, commons=commons, pdf=pdf if not planned else planned[0][1].pdf)
            planned.append((each, replace(job, made=made)))
        except (LookupError, ValueError, TypeError, OSError) as problem:
            problems.append(str(problem))
    raise_together(problems)
    if not planned:
        raise ValueError(
            "No report was asked for: there are no values. One or more would be right. Name some: --values A,B"
        )
    return planned


def _work(
    todo: Sequence[tuple[ParameterSet, Job]], target: Path, state: _State, *, n_workers: int, tell: Any, name: str
) -> None:
    """Run all that is to do, each worker with a kernel of its own that stays warm."""
    waiting: queue.SimpleQueue[tuple[ParameterSet, Job]] = queue.SimpleQueue()
    for item in todo:
        waiting.put(item)
    kernels = [KeptKernel(threads=max(1, cores() // n_workers)) for _ in range(n_workers)]
    stop, lock = threading.Event(), threading.Lock()

    def work(kernel: KeptKernel) -> None:
        loop = ensure_event_loop()  # of this thread; the kernel's sockets belong to it
        try:
            while not stop.is_set():
                each, job = waiting.get_nowait()
                outcome = _one(job, target / each.folder, kernel)
                if stop.is_set():
                    return
                with lock:
                    _note(state, each, outcome)
                    _remember(target, name, state)
                tell(each.label, outcome)
        except queue.Empty:
            return
        finally:
            kernel.close()
            loop.close()

    with ThreadPoolExecutor(n_workers) as pool:
        futures: list[Future[None]] = [pool.submit(Context().run, work, kernel) for kernel in kernels]
        try:
            while wait(futures, timeout=_LOOK_S).not_done:
                pass
        except BaseException:
            stop.set()
            for kernel in kernels:
                kernel.kill()
            raise
    for future in futures:
        future.result()


def _one(job: Job, folder: Path, kernel: KeptKernel) -> Report | str:
    try:
        return write_report(job, folder, kernel, again=True)
    except _EXPECTED as problem:
        return " ".join(str(problem).split())


def _note(state: _State, each: ParameterSet, outcome: Report | str) -> None:
    if isinstance(outcome, str):
        state.failures[each.folder] = outcome
    else:
        state.reports[each.folder] = outcome


def _remember(target: Path, name: str, state: _State) -> None:
    write_batch(target, name, {folder: state.prints[folder] for folder in state.reports}, state.failures)


def _write_index(target: Path, sets: Sequence[ParameterSet], state: _State, job: Job) -> None:
    _remember(target, job.entry.name, state)
    reasons = {
        folder: forget_paths(reason, [target, *(Path(str(value)) for value in job.values.values())])
        for folder, reason in state.failures.items()
    }
    rows = [(each.label, each.folder, state.reports.get(each.folder), reasons.get(each.folder, "")) for each in sets]
    page = batch_page(job.entry, rows, identity=job.identity, made=job.made)
    (target / "index.html").write_text(page, encoding="utf-8")


@contextmanager
def _progress(n: int, n_skipped: int) -> Iterator[Any]:
    """A bar in a terminal; a line a report elsewhere, as a log wants it."""
    if n_skipped:
        say(f"{n_skipped} of {n + n_skipped} reports were made before and are kept.")
    lock, told = threading.Lock(), iter(range(1, n + 1))
    if not sys.stderr.isatty():

        def line(label: str, outcome: Report | str) -> None:
            with lock:
                say(f"{next(told)} of {n}: {label}" + (f" failed: {outcome}" if isinstance(outcome, str) else ""))

        yield line
        return
    from tqdm.auto import tqdm

    with tqdm(total=n, unit=" reports", desc="reports") as bar:

        def step(label: str, outcome: Report | str) -> None:
            with lock:
                bar.set_postfix_str(label if isinstance(outcome, Report) else f"{label} failed")
                bar.update(1)

        yield step
