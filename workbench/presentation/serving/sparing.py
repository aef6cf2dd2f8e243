"""A kernel that answers with a whole page a few times only: short questions must not make a server send without end."""

import time
from collections.abc import Callable
from typing import Any

#: Questions of the protocol of widgets whose answer is all of a widget, or of all widgets.
_WHOLE = {"request_states", "request_state"}
#: A browser asks once, and again where it comes back; the largest page is 1.3 MB.
_AT_ONCE = 6.0
_SECONDS_EACH = 10.0


class Allowance:
    """So many at once, and one more each some seconds.

    Parameters
    ----------
    most : float
        How many at once.
    seconds_each : float
        How long one takes to come back.
    clock : callable
        Tells the time in seconds.
    """

    def __init__(self, most: float, seconds_each: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = self._left = most
        self._seconds_each, self._clock = seconds_each, clock
        self._counted = clock()

    def take(self) -> bool:
        """Return whether one was left, and take it.

        Returns
        -------
        bool
            False where none was.
        """
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._counted) / self._seconds_each)
        self._counted = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


def answer_sparingly(kernel: Any, *, clock: Callable[[], float] = time.monotonic) -> None:
    """Let a kernel leave questions unanswered whose answers would be too many whole pages.

    Parameters
    ----------
    kernel : ipykernel.kernelbase.Kernel
        Which.
    clock : callable
        Tells the time in seconds.
    """
    answer = kernel.shell_handlers["comm_msg"]
    allowance = Allowance(_AT_ONCE, _SECONDS_EACH, clock=clock)

    def answer_some(stream: Any, ident: Any, msg: Any) -> Any:
        data = msg["content"].get("data")
        if isinstance(data, dict) and data.get("method") in _WHOLE and not allowance.take():
            return None
        return answer(stream, ident, msg)

    kernel.shell_handlers["comm_msg"] = answer_some
