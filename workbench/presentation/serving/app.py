"""Voila as an application of our own: the public pages, each with a light kernel, and nothing else."""

import os
import signal
import sys
from typing import Any

import tornado.httpserver
import traitlets
from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.utils import url_path_join
from tornado.ioloop import IOLoop
from tornado.web import RedirectHandler
from voila import notebook_renderer
from voila.app import Voila

from workbench.presentation.serving import answers, files, plain
from workbench.presentation.serving.forking import fork_kernels
from workbench.presentation.serving.health import feed_watchdog
from workbench.presentation.serving.hosts import OwnNames
from workbench.presentation.serving.kernels import PageKernels
from workbench.presentation.serving.logs import quiet_logs
from workbench.presentation.serving.sockets import DiscreetConnection, KernelSocket
from workbench.presentation.serving.templates import QuickExporter

#: Extensions for the browser that a page needs.
EXTENSIONS = ("@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager", "anywidget")

_KERNEL = r"(?P<kernel_id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
#: A page sends small messages; nothing is uploaded.
_MESSAGE_BYTES = 1 << 20
_BODY_BYTES = 1 << 16
_HEADER_BYTES = 1 << 14
_IDLE_SECONDS = 75
_UNANSWERED_PINGS = 3  # with one, a socket would end before its first ping was sent
_BODY_SECONDS = 10


class _Everyone(IdentityProvider):
    """Every visitor is the same to us: no cookie tells one from another."""

    def get_user(self, handler: Any) -> User:  # noqa: ARG002
        """Return the visitor, whoever it is."""
        return User("visitor")

    def get_handlers(self) -> list[Any]:
        """Return no page to sign in at."""
        return []


class VoilaPages(Voila):
    """A Voila server of listed notebooks, without a tree, without files, without a way to run anything else."""

    pages = traitlets.Dict(
        help="Address below the base -> notebook", value_trait=traitlets.Unicode(), key_trait=traitlets.Unicode()
    ).tag(config=True)
    anew = traitlets.List(traitlets.Unicode(), help="Addresses of pages whose kernel must not be forked").tag(
        config=True
    )
    site = traitlets.Unicode(help="Folder of the static pages, served at the root").tag(config=True)

    hosts = traitlets.List(traitlets.Unicode(), help="Names that a request may give this server; none for any").tag(
        config=True
    )
    ends_with_input = traitlets.Bool(False, help="Whether the end of the standard input ends the server").tag(
        config=True
    )
    ping_seconds = traitlets.Integer(30, help="How often the browser is asked whether it is there").tag(config=True)
    before_listening = traitlets.Any(lambda: None, help="Called right before the port is taken")
    environment = traitlets.Dict(help="Variables that the pages find, beside those of the server").tag(config=True)
    warm = traitlets.Bool(True, help="Whether what forks kernels is started before the first visitor").tag(config=True)

    def initialize(self, argv: list[str] | None = None) -> None:
        """Take the words of the command line, and set what no command line may change.

        Parameters
        ----------
        argv : list of str, optional
            The words.
        """
        super().initialize(argv)
        self.open_browser = False
        settings = self.voila_configuration
        settings.allow_template_override = settings.allow_theme_override = "NO"
        settings.file_allowlist = []
        settings.show_tracebacks = False
        settings.strip_sources = True
        # A notary of notebooks would keep a data base in the home folder; nothing here is signed.
        self.config.NotebookNotary.update({"data_dir": os.devnull, "db_file": ":memory:", "secret": b"none"})
        # Voila's own widget manager, the widgets and anywidget are all that a page needs.
        settings.extension_allowlist = list(EXTENSIONS)
        settings.multi_kernel_manager_class = PageKernels
        self.identity_provider_class = _Everyone
        notebook_renderer.VoilaExporter = QuickExporter
        fork_kernels()
        quiet_logs(self)

    def setup_template_dirs(self) -> None:
        """Take our template, whatever the command line says."""
        os.environ.update(self.environment)  # names where the template lies
        self.voila_configuration.template = "workbench"
        super().setup_template_dirs()

    def init_settings(self) -> dict[str, Any]:
        """Return the settings of the application.

        Returns
        -------
        dict
            As tornado takes them.
        """
        return {
            **super().init_settings(),
            "headers": {**plain.HEADERS, "Content-Security-Policy": plain.LIVE_POLICY},
            "content_security_policy": plain.LIVE_POLICY,
            "log_function": lambda _: None,  # who looks at which page is nobody's business
            "ws_ping_interval": self.ping_seconds * 1000,
            "ws_ping_timeout": _UNANSWERED_PINGS * self.ping_seconds * 1000,
            "kernel_websocket_connection_class": DiscreetConnection,
            "websocket_max_message_size": _MESSAGE_BYTES,
            "default_handler_class": plain.NotFound,
        }

    def init_handlers(self) -> list[Any]:
        """Return what is answered, and with what.

        Returns
        -------
        list of tuple
            As tornado takes them.
        """
        base = self.server_url
        pages = [
            (
                url_path_join(base, name),
                answers.LivePage,
                {
                    "notebook_path": os.path.relpath(notebook, self.root_dir),
                    "template_paths": self.template_paths,
                    "config": self.config,
                    "voila_configuration": self.voila_configuration,
                    "anew": name in self.anew,
                },
            )
            for name, notebook in self.pages.items()
        ]
        first = url_path_join(self.base_url, next(iter(self.pages), ""))
        start = (
            (r"/(.*)", files.SiteFile, {"path": self.site, "default_filename": "index.html"})
            if self.site
            else (r"/", RedirectHandler, {"url": first, "permanent": False})
        )
        return [
            (r"/health", answers.Health),
            *pages,
            (url_path_join(base, rf"/api/kernels/{_KERNEL}"), answers.KernelState),
            (url_path_join(base, rf"/api/kernels/{_KERNEL}/channels"), KernelSocket),
            (url_path_join(base, rf"/voila/api/shutdown/{_KERNEL}"), answers.Leave),
            (url_path_join(base, r"/voila/templates/(.*)"), files.TemplateFile),
            (url_path_join(base, r"/voila/static/(.*)"), files.StaticFile, {"paths": self.static_paths}),
            (url_path_join(base, r"/voila/labextensions/(.*)"), files.ExtensionFile, {"path": self.labextensions_path}),
            (url_path_join(base, r"/(.+)"), plain.NotFound),
            *([start] if self.site or first != "/" else []),
        ]

    def listen(self) -> None:
        """Answer on the port until a signal comes."""
        server = tornado.httpserver.HTTPServer(
            OwnNames(self.app, self.hosts) if self.hosts else self.app,
            xheaders=True,
            max_body_size=_BODY_BYTES,
            max_header_size=_HEADER_BYTES,
            idle_connection_timeout=_IDLE_SECONDS,
            body_timeout=_BODY_SECONDS,
        )
        if self.warm:
            self.kernel_manager.warm()
        self.before_listening()
        server.listen(self.port, self.ip)
        self.ioloop = IOLoop.current()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._handle_signal_stop)
        if self.ends_with_input:  # whoever started us holds its other end, and was killed
            self.ioloop.add_handler(sys.stdin.fileno(), lambda *_: self.ioloop.stop(), IOLoop.READ)
        stop_feeding = feed_watchdog()
        try:
            self.ioloop.start()
        finally:
            stop_feeding()
            self.stop()
