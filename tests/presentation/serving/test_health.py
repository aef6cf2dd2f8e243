"""A service manager hears from the event loop, and nobody else is spoken to."""

import asyncio
import socket

from workbench.presentation.serving.health import feed_watchdog


def test_systemd_hears_that_the_loop_turns_and_that_it_stops(tmp_path):
    place = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(place)
        listener.settimeout(5)

        async def _serve():
            stop = feed_watchdog({"NOTIFY_SOCKET": place, "WATCHDOG_USEC": "40000"})
            await asyncio.sleep(0.1)
            stop()

        asyncio.run(_serve())
        heard = [listener.recv(64) for _ in range(4)]
    # At once, and every 20 ms from then on: half of what systemd waits.
    assert heard[:3] == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]


def test_without_a_service_manager_nothing_is_said():
    feed_watchdog({})()
