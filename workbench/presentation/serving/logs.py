"""A log for the people who run the server: what went wrong and where in the code, no visitor and no value."""

import logging
import re
import sys
from typing import Any

from traitlets.config import LoggingConfigurable

# Kernel numbers, addresses of visitors, and the part of an address that carries what a visitor chose.
_HIDDEN = (
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "(kernel)"),
    (re.compile(r"\b\d{1,3}(\.\d{1,3}){3}\b|\b[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){3,7}\b"), "(address)"),
    (re.compile(r"[?#]\S*"), ""),
)
_LONGEST = 300


class DiscreetFormatter(logging.Formatter):
    """Formats a record as one line: the kind of an exception and where it arose instead of its text and its trace.

    Parameters
    ----------
    *words : object
        Not used: every log of the server looks alike.
    **options : object
        Not used.
    """

    def __init__(self, *words: Any, **options: Any) -> None:  # noqa: ARG002
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return one line.

        Parameters
        ----------
        record : logging.LogRecord
            What happened.

        Returns
        -------
        str
            Without a value that a page read, a kernel's number or a visitor's address.
        """
        shown = logging.makeLogRecord(record.__dict__)
        shown.args, shown.exc_info, shown.exc_text, shown.stack_info = None, None, None, None
        # A message with an exception was written about its values, such as the source of a cell.
        shown.msg = _where(record.exc_info) if record.exc_info else _line(record.getMessage())
        return super().format(shown)


def quiet_logs(application: LoggingConfigurable) -> None:
    """Send every log of this process through `DiscreetFormatter` to the standard error, and forget visits.

    Parameters
    ----------
    application : traitlets.config.Application
        Its own log is taken over too.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(DiscreetFormatter())
    handler.setLevel(logging.WARNING)
    root = logging.getLogger()
    root.handlers = [handler]
    for name in ("tornado", "tornado.access", "tornado.application", "tornado.general", application.log.name):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    logging.getLogger("tornado.access").disabled = True
    logging.getLogger("tornado.general").setLevel(logging.ERROR)  # its warnings are about what visitors ask for
    application.log.setLevel(logging.ERROR)  # its warnings are about its own ways, such as an untrusted notebook


def _where(exc_info: Any) -> str:
    kind, _, trace = exc_info if isinstance(exc_info, tuple) else sys.exc_info()
    while trace is not None and trace.tb_next:
        trace = trace.tb_next
    place = f" in {trace.tb_frame.f_globals.get('__name__', '?')}, line {trace.tb_lineno}" if trace else ""
    return f"{kind.__name__ if kind else 'An error'}{place}"


def _line(message: str) -> str:
    for pattern, word in _HIDDEN:
        message = pattern.sub(word, message)
    return " ".join(message.split())[:_LONGEST]
