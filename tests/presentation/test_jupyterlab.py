"""The first notebook in a real JupyterLab: its charts are drawn with the network cut."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from workbench.assets import asset_path

pytestmark = [pytest.mark.browser, pytest.mark.slow]

READY = (
    "window.jupyterapp && window.jupyterapp.shell.currentWidget && window.jupyterapp.shell.currentWidget.context"
    " && window.jupyterapp.shell.currentWidget.context.isReady"
)
RUN_ALL = (
    "(async () => { await window.jupyterapp.shell.currentWidget.context.sessionContext.ready;"
    " await window.jupyterapp.commands.execute('notebook:run-all-cells') })()"
)


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory):
    """Yield the address of a JupyterLab that serves a copy of the first notebook."""
    root = tmp_path_factory.mktemp("lab")
    shutil.copy(asset_path("notebooks", "00_orientation.ipynb"), root)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"JUPYTER_CONFIG_DIR": str(root / "config"), "JUPYTERLAB_SETTINGS_DIR": str(root / "settings")}
    words = [
        f"--ServerApp.root_dir={root}",
        "--expose-app-in-browser",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        "--allow-root",
    ]
    news = ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", *words, *news],
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/api", timeout=2).close()
            break
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    yield address
    server.terminate()
    server.wait(timeout=20)


def test_the_finding_is_drawn_in_jupyterlab_without_the_network(visit, laboratory):
    visit.page.goto(f"{laboratory}/lab/tree/00_orientation.ipynb", wait_until="commit")
    visit.page.wait_for_function(READY, timeout=60_000)
    visit.page.evaluate(RUN_ALL)
    visit.page.wait_for_selector(".jp-OutputArea figure svg", state="attached", timeout=60_000)
    drawn = visit.page.locator(".jp-OutputArea figure").first
    assert "Asking the header alone" in drawn.text_content()
    assert drawn.locator("[role='img']").get_attribute("aria-label").startswith("Patients kept:")
    assert visit.external_requests == []
