"""Signs of life for a service manager: systemd is told from the event loop, so that a frozen one falls silent."""

import os
import socket
from collections.abc import Callable, Mapping

from tornado.ioloop import PeriodicCallback

_PER_SECOND = 1_000_000


def feed_watchdog(environment: Mapping[str, str] = os.environ) -> Callable[[], None]:
    """Tell systemd that the server answers, and go on telling it as often as it asked for.

    Where no service manager listens, nothing happens. Call it from the event loop.

    Parameters
    ----------
    environment : mapping of str to str
        ``NOTIFY_SOCKET`` names where to tell it and ``WATCHDOG_USEC`` how often; sd_notify(3).

    Returns
    -------
    callable
        Ends it, telling that the server stops.
    """
    place = environment.get("NOTIFY_SOCKET", "")
    if not place:
        return lambda: None
    # A name that starts with @ has no file: Linux writes a null byte for it.
    address = "\0" + place[1:] if place.startswith("@") else place
    speaker = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    speaker.connect(address)
    speaker.send(b"READY=1")

    def _say() -> None:
        speaker.send(b"WATCHDOG=1")

    period_us = int(environment.get("WATCHDOG_USEC", "0"))
    # twice within the time after which it would end us
    feeding = PeriodicCallback(_say, max(period_us / 2 / _PER_SECOND * 1000, 1))
    if period_us:
        _say()
        feeding.start()

    def _stop() -> None:
        feeding.stop()
        speaker.send(b"STOPPING=1")
        speaker.close()

    return _stop
