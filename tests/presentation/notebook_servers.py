"""JupyterLab and Voila on a notebook of our own, for the time of a test."""

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.presentation.browsing import free_port
from workbench.presentation import serving

_STARTING, _NO_HEAD = 502, 501  # what a page process says of itself while it starts, by the method
LAB_READY = (
    "window.jupyterapp && window.jupyterapp.shell.currentWidget && window.jupyterapp.shell.currentWidget.context"
    " && window.jupyterapp.shell.currentWidget.context.isReady"
)
LAB_RUN = (
    "(async () => { await window.jupyterapp.shell.currentWidget.context.sessionContext.ready;"
    " await window.jupyterapp.commands.execute('notebook:run-all-cells') })()"
)


def write_notebook(path: Path, *cells: str) -> Path:
    """Write a notebook of code cells."""
    code = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    body = {
        "cells": [code | {"id": f"cell{n}", "source": source} for n, source in enumerate(cells)],
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(body), encoding="utf-8")
    return path


@contextlib.contextmanager
def public_page(notebook: Path):
    """Yield the address of a notebook served as our public pages are, with the same few extensions."""
    port = free_port()
    # Under this name it has a kernel of the usual kind, which may compute what it likes.
    command = serving.voila_command({"rows": notebook}, port=port, preheat=True, ip="127.0.0.1")
    with _served(command, notebook.parent):
        yield f"http://127.0.0.1:{port}/rows"


@contextlib.contextmanager
def laboratory(folder: Path):
    """Yield the address of a JupyterLab on a folder; ``lab/tree/`` opens its notebooks."""
    port = free_port()
    words = [
        *(f"--ServerApp.root_dir={folder}", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
        *("--no-browser", "--expose-app-in-browser", "--IdentityProvider.token=", "--allow-root"),
        *(
            "--LabApp.news_url=None",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ),
    ]
    with _served([sys.executable, "-m", "jupyterlab", *words], folder):
        yield f"http://127.0.0.1:{port}/"


@contextlib.contextmanager
def voila(folder: Path):
    """Yield the address of a Voila on a folder with every extension that is installed, ``voila/render/`` shows it."""
    port = free_port()
    words = ["--no-browser", f"--port={port}", "--Voila.port_retries=0", "--template=workbench"]
    with _served([sys.executable, "-m", "voila", *words, "."], folder):
        yield f"http://127.0.0.1:{port}/"


def wait_for(address: str, seconds: float = 60) -> str:
    """Return the address of a server when it has started; meanwhile other work can be done."""
    end, port = time.monotonic() + seconds, urlsplit(address).port
    while time.monotonic() < end:
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            asking.request("HEAD", "/voila/static/voila.js")
            if asking.getresponse().status not in (_STARTING, _NO_HEAD):
                return address
        except (OSError, http.client.HTTPException):
            pass
        finally:
            asking.close()
        time.sleep(0.1)
    raise TimeoutError(f"Nothing answered at {address}")


@contextlib.contextmanager
def _served(command: list[str], folder: Path):
    """Start a server and go on at once."""
    own = {
        "JUPYTER_CONFIG_DIR": str(folder / ".config"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / ".settings"),
        "JUPYTER_PATH": str(Path(serving.__file__).parents[1] / "jupyter"),
    }
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, cwd=folder, env=os.environ | own, stdout=quiet, stderr=quiet)
    try:
        yield
    finally:
        server.terminate()
        try:
            server.wait(timeout=2)  # its kernels watch it and end by themselves
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
