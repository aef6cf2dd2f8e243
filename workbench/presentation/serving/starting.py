"""Serve the public pages and the cohort explorer with Voila, on this machine, until Ctrl-C."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Iterator, Mapping
from pathlib import Path

from workbench.assets import asset_path
from workbench.presentation.page import BESIDE_VARIABLE, PAGES, load_page
from workbench.presentation.vega_bundle import vega_bundle

_EXPLORER = {"explorer": "cohort_explorer.ipynb"}
_TITLES = {
    "overview": "Repository overview",
    "census": "Diversity census",
    "data_catalog": "Data catalog",
    "explorer": "Cohort explorer",
}
_TEMPLATES = Path(__file__).resolve().parents[1] / "jupyter"
_LAST_PORT = 65535
_START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_WATCH_SECONDS = 0.2
# A file of Voila's own: asking for the page itself would use up the kernel that waits for the first visitor.
_ALIVE = "/voila/static/voila.js"


def serve(
    aggregates: Path,
    *,
    port: int = 8866,
    open_browser: bool = False,
    preheat: bool = True,
    ip: str = "127.0.0.1",
    source: str = "idc",
) -> int:
    """Return an exit code after the pages have been served until Ctrl-C.

    Parameters
    ----------
    aggregates : pathlib.Path
        The folder with one file a page, or one file, the overview's.
    port : int
        The port to listen on, 1 to 65535.
    open_browser : bool
        Whether to open the page in the default browser.
    preheat : bool
        Whether one kernel stands ready, so that a visitor waits seconds less.
    ip : str
        The address to listen on; the default is reachable from this machine alone.
    source : str
        The repository that the cohort explorer opens.

    Returns
    -------
    int
        0 after Ctrl-C, else the exit code of Voila.

    Raises
    ------
    FileNotFoundError
        When the aggregates file does not exist.
    ValueError
        When the file is not a page, or the port is taken.
    """
    # A service manager sends SIGTERM; taken as Ctrl-C, it does not leave Voila behind.
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:  # SIGINT too: Polars installs a handler under which a blocking wait never ends
        signal.signal(number, signal.default_int_handler)
    try:
        with running_page(aggregates, port=port, preheat=preheat, ip=ip, source=source) as (address, voila):
            for title, place in _beside(_notebooks(aggregates)):
                print(f"{title + ':':<21}{address}{place.removeprefix('./')}")
            print("Stop with Ctrl-C.", flush=True)
            if open_browser:
                webbrowser.open(address)
            while voila.poll() is None:
                time.sleep(_WATCH_SECONDS)
            return voila.returncode
    except KeyboardInterrupt:
        print("\nStopped.", flush=True)
        return 0
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def running_page(
    aggregates: Path, *, port: int, preheat: bool = True, ip: str = "127.0.0.1", source: str = "idc"
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Yield the address of the start page and the process that serves it; leaving the block stops the process.

    The other pages are one level below, such as at ``census`` and ``explorer``.

    Parameters
    ----------
    aggregates : pathlib.Path
        The folder with one file a page, or one file, the overview's.
    port : int
        The port to listen on, 1 to 65535.
    preheat : bool
        Whether one kernel stands ready.
    ip : str
        The address to listen on.
    source : str
        The repository that the cohort explorer opens.

    Yields
    ------
    tuple of str and subprocess.Popen
        The address, which answers, and the Voila process.
    """
    place = Path(aggregates).expanduser().resolve()
    notebooks = _notebooks(place)
    _require_free(ip, port)
    vega_bundle()
    dashboards = asset_path("dashboards")
    # A session of its own: Ctrl-C reaches us alone, and we stop Voila in order, kernels first.
    voila = subprocess.Popen(
        voila_command({name: dashboards / file for name, file in notebooks.items()}, port=port, preheat=preheat, ip=ip),
        cwd=dashboards,  # Voila reads a voila.json from where it starts; a visitor's folder may hold one
        env=_environment(place, source, _beside(notebooks)),
        start_new_session=True,
    )
    host = "127.0.0.1" if ip in ("", "0.0.0.0") else ip
    try:
        _wait_until_alive(host, port, voila)
        yield f"http://{host}:{port}/", voila
    finally:
        _stop(voila)


def voila_command(notebooks: Mapping[str, Path], *, port: int, preheat: bool, ip: str) -> list[str]:
    """Return the command line that serves some notebooks, the first as the start page.

    Parameters
    ----------
    notebooks : mapping of str to pathlib.Path
        Address below the root to notebook.
    port : int
        The port to listen on.
    preheat : bool
        Whether one kernel stands ready.
    ip : str
        The address to listen on.

    Returns
    -------
    list of str
        The program and its arguments.
    """
    (_, first), *others = notebooks.items()
    return [
        *(sys.executable, "-m", "workbench.presentation.serving.app", str(first), "--no-browser"),
        *(f"--VoilaPages.pages={name}={notebook}" for name, notebook in others),
        *(f"--port={port}", f"--Voila.ip={ip}", "--Voila.port_retries=0"),
        "--template=workbench",
        "--show_tracebacks=False",
        "--strip_sources=True",
        # Voila's own widget manager, the widgets and anywidget are all that a page needs.
        "--VoilaConfiguration.extension_allowlist=@voila-dashboards/widgets-manager8",
        "--VoilaConfiguration.extension_allowlist=@jupyter-widgets/jupyterlab-manager",
        "--VoilaConfiguration.extension_allowlist=anywidget",
        f"--preheat_kernel={preheat}",
        "--pool_size=1",
        "--MappingKernelManager.cull_interval=60",
        "--MappingKernelManager.cull_idle_timeout=120",
        "--Voila.log_level=ERROR",
    ]


def _notebooks(aggregates: Path) -> dict[str, str]:
    """The notebooks to serve, the start page first; every page's file is checked."""
    named = [name for name in PAGES if (aggregates / f"{name}.json").is_file()] if aggregates.is_dir() else ["overview"]
    for name in named or ["overview"]:
        load_page(aggregates, name=name)
    notebooks = {name: PAGES[name] for name in named or ["overview"]}
    # A controlled source has no overview; it may be opened by no page, so there is nothing to explore either.
    return notebooks | _EXPLORER if "overview" in notebooks else notebooks


def _beside(notebooks: Mapping[str, str]) -> list[tuple[str, str]]:
    """Title and address of each page, relative to any of them."""
    first = next(iter(notebooks))
    return [(_TITLES[name], "./" if name == first else name) for name in notebooks]


def _environment(aggregates: Path, source: str, beside: list[tuple[str, str]]) -> dict[str, str]:
    # Jupyter's own search path finds the template in a checkout and in an installed wheel alike.
    search = [str(_TEMPLATES), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    return {
        **os.environ,
        "WORKBENCH_AGGREGATES": str(aggregates),
        BESIDE_VARIABLE: json.dumps(beside),
        "WORKBENCH_SOURCE": source,
        "WORKBENCH_PUBLIC": "1",
        "JUPYTER_PATH": os.pathsep.join(search),
    }


def _require_free(ip: str, port: int) -> None:
    if not 0 < port <= _LAST_PORT:
        raise ValueError(
            f"Port {port} came. A port is 1 to {_LAST_PORT}. Try the usual one: workbench serve --port 8866"
        )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ip, port))
        except OSError as problem:
            raise ValueError(
                f"Port {port} on {ip} cannot be used: {problem.strerror}. A free port is needed. "
                f"Try: workbench serve --port {_free_port()}"
            ) from problem


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_alive(host: str, port: int, voila: "subprocess.Popen[bytes]") -> None:
    address = f"http://{host}:{port}/"
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if voila.poll() is not None:
            raise RuntimeError(
                f"Voila stopped with exit code {voila.returncode} before it answered at {address}. "
                "Its own message stands above. Check the installation: workbench serve --help"
            )
        # http.client takes no notice of a proxy in the environment, which could not reach this machine.
        connection = http.client.HTTPConnection(host, port, timeout=2)
        try:
            connection.request("HEAD", _ALIVE)
            connection.getresponse()
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError(
        f"Voila did not answer at {address} within {_START_SECONDS:.0f} seconds. It usually takes three. "
        "Try again when the machine is less busy."
    )


def _stop(voila: "subprocess.Popen[bytes]") -> None:
    if voila.poll() is None:
        voila.terminate()
        try:
            voila.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            voila.kill()  # its kernels watch their parent and end by themselves
            voila.wait()
