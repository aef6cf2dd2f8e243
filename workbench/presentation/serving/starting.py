"""Serve the public pages on this machine until Ctrl-C: the static ones at the root, the live ones below explore."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import tempfile
import time
import webbrowser
from collections.abc import Iterator
from pathlib import Path

from workbench.assets import asset_path
from workbench.presentation.serving.live import EXPLORE, live_addresses, live_pages, page_environment, voila_command
from workbench.presentation.vega_bundle import vega_bundle

_LAST_PORT = 65535
_START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_WATCH_SECONDS = 0.2
_ALIVE = "/health"


def serve(
    aggregates: Path,
    *,
    port: int = 8866,
    open_browser: bool = False,
    ip: str = "127.0.0.1",
    source: str = "idc",
    host: str = "",
) -> int:
    """Return an exit code after the pages have been served until Ctrl-C.

    Parameters
    ----------
    aggregates : pathlib.Path
        The folder with one file a page and their list, or one file, the overview's.
    port : int
        The port to listen on, 1 to 65535.
    open_browser : bool
        Whether to open the start page in the default browser.
    ip : str
        The address to listen on; the default is reachable from this machine alone.
    source : str
        The repository that the explorer of rows opens; of a controlled one there is no such page.
    host : str
        A name of this machine that browsers may use, beside ``localhost`` and its numbers.

    Returns
    -------
    int
        0 after Ctrl-C, else the exit code of Voila.

    Raises
    ------
    PageProblem
        When a page is missing, old, changed or of another form.
    ValueError
        When the port is taken.
    """
    # A service manager sends SIGTERM; taken as Ctrl-C, it does not leave Voila behind.
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:  # SIGINT too: Polars installs a handler under which a blocking wait never ends
        signal.signal(number, signal.default_int_handler)
    try:
        with running_page(aggregates, port=port, ip=ip, source=source, host=host) as (address, voila):
            root = address.removesuffix("/")
            print(f"{'Start page:':<21}{address}")
            for title, place in live_addresses(tuple(live_pages(aggregates, source=source))).items():
                print(f"{title + ':':<21}{root}{place}")
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
    aggregates: Path,
    *,
    port: int,
    preheat: bool = True,
    ip: str = "127.0.0.1",
    source: str = "idc",
    host: str = "",
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Yield the address of the start page and the process that serves it; leaving the block stops the process.

    The live pages stand at ``explore/overview``, ``explore/census`` and so on, the explorer of rows at
    ``explore/rows``. Where one file is served instead of a folder, there is no static twin and the start page leads
    to the live one.

    Parameters
    ----------
    aggregates : pathlib.Path
        The folder with one file a page and their list, or one file, the overview's.
    port : int
        The port to listen on, 1 to 65535.
    preheat : bool
        Whether what starts kernels is ready before the first visitor comes.
    ip : str
        The address to listen on.
    source : str
        The repository that the explorer of rows opens.
    host : str
        A name of this machine that browsers may use, beside ``localhost`` and its numbers.

    Yields
    ------
    tuple of str and subprocess.Popen
        The address, which answers, and the Voila process.
    """
    place = Path(aggregates).expanduser().resolve()
    notebooks = live_pages(place, source=source)
    _require_free(ip, port)
    vega_bundle()
    with contextlib.ExitStack() as stack:
        site = None
        if place.is_dir():
            from workbench.presentation.site.building import build_site  # draws, which the server's process never does

            site = build_site(place, Path(stack.enter_context(tempfile.TemporaryDirectory())) / "site", explore=EXPLORE)
        command = voila_command(notebooks, port=port, preheat=preheat, ip=ip, base=f"/{EXPLORE}", site=site)
        # Where we are killed, it sees the end of its input and ends too; and it answers to no name that is not ours.
        names = filter(None, ["localhost", ip, host])
        command += ["--VoilaPages.ends_with_input=True", *(f"--VoilaPages.hosts={name}" for name in names)]
        # A session of its own: Ctrl-C reaches us alone, and we stop Voila in order, kernels first.
        voila = subprocess.Popen(
            command,
            cwd=asset_path("dashboards"),  # Voila reads a voila.json from where it starts; a visitor's may hold one
            env=os.environ | page_environment(place, source=source, keys=tuple(notebooks)),
            start_new_session=True,
            stdin=subprocess.PIPE,
        )
        reached = "127.0.0.1" if ip in ("", "0.0.0.0") else ip
        try:
            _wait_until_alive(reached, port, voila)
            yield f"http://{reached}:{port}/", voila
        finally:
            _stop(voila)


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
            connection.request("GET", _ALIVE)
            if b'"ok"' in connection.getresponse().read():
                return
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.1)
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
    if voila.stdin:
        voila.stdin.close()
