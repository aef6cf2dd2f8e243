"""The names to which a server answers: a page of others, whose name was led to this machine, reads nothing here."""

import ipaddress
from collections.abc import Iterable
from typing import Any

from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
from tornado.routing import Router
from tornado.web import Application

from workbench.presentation.serving.plain import OtherHost


class OwnNames(Router):
    """Passes on what asks for one of some names, for localhost, or for a number.

    Parameters
    ----------
    application : tornado.web.Application
        What answers.
    names : iterable of str
        Further names of this server.
    """

    def __init__(self, application: Application, names: Iterable[str]) -> None:
        self._application = application
        self._names = {"localhost", *(name.lower() for name in names)}

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> HTTPMessageDelegate | None:
        """Return what answers a request.

        Parameters
        ----------
        request : tornado.httputil.HTTPServerRequest
            With the name that the browser was given.
        **kwargs : object
            As tornado passes them.

        Returns
        -------
        tornado.httputil.HTTPMessageDelegate
            The application, or an answer in words where the name is another's.
        """
        if is_own(request.host_name, self._names):
            return self._application.find_handler(request, **kwargs)
        return self._application.get_handler_delegate(request, OtherHost)


def is_own(name: str, names: Iterable[str]) -> bool:
    """Return whether a name is one of ours; a number always is, for nobody else can lead it here.

    Parameters
    ----------
    name : str
        Without a port.
    names : iterable of str
        In small letters.

    Returns
    -------
    bool
        False for a name of another host.
    """
    plain = name.lower().rstrip(".").strip("[]")
    try:
        ipaddress.ip_address(plain)
    except ValueError:
        return plain in names or plain.endswith(".localhost")
    return True
