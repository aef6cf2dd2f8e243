"""The whole recipe, running once for all attacks: nginx, supervisord and two page processes of three kernels each."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.attack.visitors import answer_to, ask
from tests.presentation.browsing import free_port
from tests.presentation.site.small_site import write_small
from workbench.presentation.serving.recipe import Service, write_recipe

SECRET = "canary-8d1f-nobody-may-read-this"
_STARTS_WITHIN = 120


@dataclass
class Fleet:
    """What runs, and where it may be attacked."""

    folder: Path
    front: str
    pages: tuple[str, ...]
    supervisor: "subprocess.Popen[bytes]"
    as_nobody: bool

    @property
    def doors(self) -> tuple[str, str]:
        """The way through nginx and the way to a page process itself."""
        return self.front, self.pages[0]

    def health(self, page: str) -> dict[str, Any]:
        """What a page process says of itself; nothing where it does not answer."""
        try:
            return json.loads(ask(page, "/health").text)
        except (OSError, ValueError):
            return {}

    def health_now(self, page: str) -> dict[str, Any]:
        """The same, without waiting for one that is frozen."""
        try:
            return json.loads(answer_to(page, b"GET /health HTTP/1.0\r\n\r\n", seconds=1).text)
        except (OSError, ValueError):
            return {}

    def processes(self) -> dict[str, int]:
        """Number of each page process, as supervisord tells it."""
        told = self.control("status").splitlines()
        return {
            line.split()[0]: int(line.split("pid ")[1].split(",")[0])
            for line in told
            if "page_" in line and "pid" in line
        }

    def control(self, *words: str) -> str:
        """Say something to supervisord."""
        command = [
            str(Path(sys.executable).parent / "supervisorctl"),
            "-c",
            str(self.folder / "supervisord.conf"),
            *words,
        ]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout

    def log(self) -> str:
        """All that page processes wrote."""
        return "".join(file.read_text() for file in (self.folder / "run").glob("page_*.log"))


@pytest.fixture(scope="session")
def canary(tmp_path_factory) -> Path:
    """Return the file that appears when code of a visitor was run."""
    return tmp_path_factory.mktemp("canary") / "code_was_run"


@pytest.fixture(scope="session")
def fleet(tmp_path_factory) -> Iterator[Fleet]:
    """Yield the running recipe."""
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed. Debian and Ubuntu: apt-get install nginx-light")
    pytest.importorskip("superlance", reason="superlance is not installed: pip install 'imaging-workbench[serving]'")
    place = tmp_path_factory.mktemp("fleet")
    for each in (place, *place.parents):
        if each.stat().st_uid == os.geteuid() and not each.stat().st_mode & 0o001:
            each.chmod(0o755)  # pytest makes its folders private; pages are read by nobody
    service = Service(host="_", port=free_port(), processes=2, most=3, first_port=_two_free_ports(), user=_me())
    folder = write_recipe(write_small(place / "pages"), place / "recipe", service)
    as_nobody = _run_as_nobody(folder / "supervisord.conf")
    told = json.loads((folder / "live" / "voila.json").read_text())
    told["VoilaPages"]["ping_seconds"] = 1  # so that a socket that stays open shows it soon
    told["PageKernels"] |= {"alone_seconds": 8, "cull_interval": 1}  # instead of 20 and 5
    (folder / "live" / "voila.json").write_text(json.dumps(told))
    (folder / "live" / "secret.csv").write_text(SECRET)
    (place / "secret.txt").write_text(SECRET)
    (folder / "site" / "link.html").symlink_to(place / "secret.txt")
    (folder / "live" / "link.ipynb").symlink_to(place / "secret.txt")
    supervisor = subprocess.Popen(
        [str(Path(sys.executable).parent / "supervisord"), "-c", str(folder / "supervisord.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    pages = tuple(f"http://127.0.0.1:{service.first_port + n}" for n in range(2))
    running = Fleet(folder, f"http://127.0.0.1:{service.port}", pages, supervisor, as_nobody)
    try:
        wait_until(lambda: all(running.health(page).get("status") == "ok" for page in pages), _STARTS_WITHIN)
        yield running
    finally:
        supervisor.terminate()
        supervisor.wait(30)


def wait_until(true: Any, seconds: float) -> float:
    """Return the seconds until something is true."""
    start = time.monotonic()
    while not true():
        if time.monotonic() - start > seconds:
            raise TimeoutError(f"Not within {seconds} seconds.")
        time.sleep(0.1)
    return time.monotonic() - start


def _me() -> str:
    return "root" if os.geteuid() == 0 else "nobody"


def _two_free_ports() -> int:
    while True:
        port = free_port()
        if port < 60_000 and _is_free(port + 1):
            return port


def _is_free(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _run_as_nobody(file: Path) -> bool:
    """Let the page processes run as nobody, with the Python of the system where ours lies in a private folder."""
    system = Path("/usr/bin") / f"python3.{sys.version_info.minor}"
    if os.geteuid() != 0 or not system.exists():
        return False
    package = Path(__file__).resolve().parents[2]
    search = os.pathsep.join([*(path for path in sys.path if path.endswith("site-packages")), str(package)])
    text = file.read_text(encoding="utf-8")
    text = text.replace(f"command={sys.executable} -m", f"command=/usr/bin/env PYTHONPATH={search} {system} -m")
    file.write_text(text.replace("user=root\nautorestart", "user=nobody\nautorestart"), encoding="utf-8")
    return True
