"""Does Binder work? Builds its environment from ``binder/`` in a clean place and runs all that it offers in it.

Without a network, on one core, each kernel under 1 GB: every demo notebook, and every page in Chromium.
Prints Markdown. Needs root (for a place without a network), ``unshare`` and Chromium; takes some minutes.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: The engine that draws charts reserves half a gigabyte that it does not touch; the limit counts what is reserved too.
LIMIT_BYTES = 1_000_000_000 + 540_000_000
PORT = 8901  # of a place without a network, where nobody else listens
#: What is promised: mebibytes of a kernel, libraries counted in, and seconds on one core until the first figure.
MOST_MIB, MOST_SECONDS = 700, 10.0
NOTEBOOKS = (
    "00_orientation",
    "20_catalog",
    "21_cohort_selection",
    "22_diversity_census",
    "23_representativeness",
    "24_gpu_preprocessing",
)
# A chart; the cards of the explorer; the question of the data catalog, which draws nothing before it is asked.
_DRAWN = ".vega-embed svg, .vega-embed canvas, [data-ready='true'], .wx-bar, .wb-page button:has-text('Find it')"


def build(place: Path) -> dict[str, str]:
    """Build as Binder does, in a home and an environment of their own, and return the variables to run with."""
    home, environment = place / "home", place / "environment"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            target = home / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    variables = {
        "HOME": str(home),
        "PATH": f"{environment / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        **{name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_"))},
    }
    required = [str(environment / "bin/pip"), "install", "--quiet", "-r", "binder/requirements.txt"]
    subprocess.run(required, cwd=home, env=variables, check=True)
    subprocess.run(["./binder/postBuild"], cwd=home, env=variables, check=True, stdout=sys.stderr)
    return variables


def started(words: list[str], variables: dict[str, str]) -> list[str]:
    """Return a command that runs in Binder's environment, on the first core."""
    return ["taskset", "-c", "0", str(Path(variables["HOME"]) / "binder" / "start"), *words]


def run_notebook(name: str) -> dict[str, float]:
    """Return seconds to the first figure and to the end, and the peak memory of the kernel, of one notebook."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(Path("notebooks") / f"{name}.ipynb", as_version=4)
    client = NotebookClient(notebook, kernel_name="python3", timeout=300)
    start, first, cpu, peak = time.monotonic(), 0.0, 0.0, 0.0
    with client.setup_kernel():
        pid = client.km.provisioner.pid
        for number, cell in enumerate(notebook.cells):
            client.execute_cell(cell, number)
            drawn = [output for output in cell.get("outputs", ()) if "text/html" in output.get("data", {})]
            if not first and any("<svg" in output.data["text/html"] for output in drawn):
                first, cpu = time.monotonic() - start, _cpu_seconds(pid)
            peak = max(peak, _peak_mb(pid))
    return {"first": first, "cpu": cpu, "end": time.monotonic() - start, "mb": peak}


def visit_pages(names: list[str]) -> dict[str, dict[str, float]]:
    """Return the same figures of every page that Voila renders beside JupyterLab, opened in Chromium on other cores."""
    from playwright.sync_api import TimeoutError as NotDrawnError
    from playwright.sync_api import sync_playwright

    found = {}
    with _laboratory() as (address, server), sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        for name in names:
            page, outside = browser.new_page(), []
            page.on("request", lambda request, seen=outside: seen.append(request.url))
            start, before = time.monotonic(), _cpu_seconds(server)
            page.goto(f"{address}/voila/render/dashboards/{name}", wait_until="commit", timeout=60_000)
            try:
                page.wait_for_selector(_DRAWN, state="attached", timeout=90_000)
                seconds = time.monotonic() - start
            except NotDrawnError:
                seconds = float("inf")
            kernels = [pid for pid in _children(server) if "ipykernel" in _command(pid)]
            found[name] = {
                "first": seconds,
                "cpu": _cpu_seconds(server) - before + sum(_cpu_seconds(pid) for pid in kernels),
                "mb": max((_peak_mb(pid) for pid in kernels), default=0.0),
                "outside": float(sum(not url.startswith((address, "data:", "blob:", "ws:")) for url in outside)),
            }
            page.close()
        browser.close()
    return found


@contextmanager
def _laboratory() -> Iterator[tuple[str, int]]:
    words = ["jupyter", "lab", "--no-browser", "--ip=127.0.0.1", f"--port={PORT}", "--IdentityProvider.token="]
    words += ["--allow-root"] if os.getuid() == 0 else []
    server = subprocess.Popen(started(words, dict(os.environ)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for("127.0.0.1", PORT)
        yield f"http://127.0.0.1:{PORT}", server.pid
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(host: str, port: int) -> None:
    import socket

    for _ in range(600):
        try:
            socket.create_connection((host, port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"Nothing answered at {host}:{port}")


def _peak_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def _cpu_seconds(pid: int) -> float:
    """What a process took, in seconds of one core: what the clock would show with nobody else on the machine."""
    spent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(int(ticks) for ticks in spent) / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> list[int]:
    direct = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [*direct, *(each for child in direct for each in _children(child))]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _without_network(words: list[str], variables: dict[str, str], home: Path) -> dict[str, object]:
    """Run a part of this file where only the machine itself answers; return what it prints last."""
    alone = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *words]

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (LIMIT_BYTES, LIMIT_BYTES))

    before = None if "--pages" in words else limit  # Chromium reserves more than it uses
    ran = subprocess.run(alone, cwd=home, env=variables, capture_output=True, text=True, preexec_fn=before, check=False)
    if ran.returncode:
        raise RuntimeError(f"{' '.join(words[-2:])} failed:\n{ran.stderr[-3000:]}")
    told: dict[str, object] = json.loads(ran.stdout.splitlines()[-1])
    return told


def bench(place: Path, *, only: str | None) -> int:
    """Build, run and print everything; return how many promises were broken."""
    ready = place / "variables.json"
    if not ready.exists():
        variables = build(place)
        ready.write_text(json.dumps(variables))
    variables = json.loads(ready.read_text())
    home, environment = Path(variables["HOME"]), place / "environment"
    print(f"## Binder\n\nEnvironment: {_size_mb(environment):.0f} MB.\n\n{_HEAD}", flush=True)
    broken = 0
    for name in () if only == "pages" else NOTEBOOKS:
        words = started(["python", str(Path(__file__).resolve()), "--notebook", name], variables)
        broken += tell(f"notebook {name}", _without_network(words, variables, home))
    pages = json.loads((home / ".local/share/imaging-workbench/pages.json").read_text())["pages"]
    names = [*(page["address"] for page in pages), "cohort_explorer.ipynb"]
    if only == "notebooks":
        return broken
    here = [sys.executable, str(Path(__file__).resolve()), "--pages", *names]
    for name, told in _without_network(here, variables, home).items():
        broken += tell(f"page {name}", told)
    return broken


def tell(name: str, told: dict[str, float]) -> bool:
    """Print one line and return whether a promise is broken."""
    end = f"{told['end']:.1f}" if "end" in told else ""
    print(f"| {name} | {told['first']:.1f} | {told['cpu']:.1f} | {end} | {told['mb']:.0f} |", flush=True)
    if told.get("outside"):
        print(f"\n{name} asked other hosts {told['outside']:.0f} times.\n")
    return told["first"] > MOST_SECONDS or told["mb"] > MOST_MIB or told.get("outside", 0) > 0


_HEAD = "| | first figure, s | of which at work, s | end, s | kernel, MiB |\n|---|---:|---:|---:|---:|"


def _size_mb(folder: Path) -> float:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir()) / 1e6


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", choices=["notebooks", "pages"], help="a part of the measurement")
    asked.add_argument("--place", type=Path, help="where to build, or what was built (default: a temporary folder)")
    asked.add_argument("--notebook")
    asked.add_argument("--pages", nargs="*")
    options = asked.parse_args()
    if options.notebook:
        print(json.dumps(run_notebook(options.notebook)))
    elif options.pages:
        print(json.dumps(visit_pages(options.pages)))
    elif options.place:
        sys.exit(bench(options.place.resolve(), only=options.only))
    else:
        with tempfile.TemporaryDirectory() as folder:
            sys.exit(bench(Path(folder), only=options.only))
