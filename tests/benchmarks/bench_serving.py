"""The live pages under load: seconds until the numbers are there, memory, and what happens to visitors past the room.

Runs the recipe (nginx, supervisord, two page processes) on this machine. A browser's first figure is measured where
there is Chromium. Write down the machine and what else ran on it: seconds are seconds of a shared machine.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.attack.conftest import Fleet, _two_free_ports, wait_until
from tests.attack.visitors import Stay, ask, visit
from tests.presentation.browsing import free_port
from tests.presentation.conftest import CHROMIUM, FLAGS
from workbench.catalog.commons import open_catalog
from workbench.presentation.aggregates import cached_aggregates
from workbench.presentation.publication import publish
from workbench.presentation.serving.recipe import Service, write_recipe

ROOM = 30


def main() -> None:
    """Print the figures."""
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory(prefix="bench-serving-") as place:
        Path(place).chmod(0o755)
        service = Service(port=free_port(), processes=2, most=ROOM // 2, first_port=_two_free_ports(), user="root")
        folder = write_recipe(cached_aggregates(publish(open_catalog())), Path(place) / "recipe", service)
        command = [str(Path(sys.executable).parent / "supervisord"), "-c", str(folder / "supervisord.conf")]
        start = time.monotonic()
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as supervisor:
            pages = tuple(f"http://127.0.0.1:{service.first_port + n}" for n in range(2))
            fleet = Fleet(folder, f"http://127.0.0.1:{service.port}", pages, supervisor, as_nobody=False)
            wait_until(lambda: all(fleet.health_now(page).get("status") == "ok" for page in pages), 120)
            print(f"ready after {time.monotonic() - start:.1f} s")
            try:
                _measure(fleet)
            finally:
                supervisor.terminate()


def _measure(fleet: Fleet) -> None:
    if Path(CHROMIUM).exists():
        _browse(fleet)
    one = asyncio.run(visit(fleet.front, "overview", leaves=True))
    print(f"one visitor: numbers after {one.seconds:.2f} s, {len(one.state) / 1e6:.2f} MB")
    for visitors in (25, 50):
        wait_until(lambda: sum(fleet.health(page)["kernels"] for page in fleet.pages) == 0, 60)
        asyncio.run(_burst(fleet, visitors))
    ended = wait_until(lambda: sum(fleet.health(page)["kernels"] for page in fleet.pages) == 0, 150)
    print(f"all kernels gone {ended:.0f} s after their visitors")


async def _burst(fleet: Fleet, visitors: int) -> None:
    stay = Stay()
    tasks = [asyncio.create_task(visit(fleet.front, "overview", stay=stay)) for _ in range(visitors)]
    while stay.arrived + sum(task.done() for task in tasks) < visitors:  # noqa: ASYNC110 - either of two ways
        await asyncio.sleep(0.1)
    memory = await asyncio.to_thread(_memory, fleet)
    stay.over.set()
    seen = await asyncio.gather(*tasks)
    served = [each.seconds for each in seen if each.status == 200]
    told = [each.seconds for each in seen if each.status == 503]
    print(
        f"{visitors} at once: {len(served)} served, median {statistics.median(served):.1f} s, last "
        f"{max(served):.1f} s; {len(told)} told to wait within {max(told, default=0):.2f} s; {memory}"
    )


def _memory(fleet: Fleet) -> str:
    servers = [_pss(number) for number in fleet.processes().values()]
    zygotes = [child for number in fleet.processes().values() for child in _children(number)]
    kernels = [_pss(kernel) for zygote in zygotes for kernel in _children(zygote)]
    total = sum(servers) + sum(kernels) + sum(map(_pss, zygotes))
    return f"kernels {statistics.mean(kernels):.0f} MB (PSS, most {max(kernels):.0f}), all together {total:.0f} MB"


def _children(number: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{number}/task/{number}/children").read_text().split()]


def _pss(number: int) -> float:
    lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def _browse(fleet: Fleet) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for what in ("cold (nothing cached anywhere)", "again, another visitor", "again, another visitor"):
            page = browser.new_context().new_page()
            start = time.monotonic()
            page.goto(f"{fleet.front}/explore/overview", wait_until="commit")
            page.wait_for_selector(".wb-chart svg, .wb-chart canvas", state="attached", timeout=60_000)
            print(f"first figure in Chromium, {what}: {time.monotonic() - start:.2f} s")
            page.close()
        browser.close()
    assert ask(fleet.front, "/").status == 200


if __name__ == "__main__":
    main()
