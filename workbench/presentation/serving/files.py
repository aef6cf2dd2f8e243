"""The files that the server gives: of the static pages, of Voila, of its template; none of anything else."""

import re
from collections.abc import Iterable
from pathlib import Path

from jupyter_server.base.handlers import FileFindHandler
from tornado.web import HTTPError, StaticFileHandler
from voila.static_file_handler import MultiStaticFileHandler, TemplateStaticFileHandler

from workbench.presentation.serving.plain import EMBED_POLICY, STATIC_POLICY, InWords


class _File(InWords, StaticFileHandler):
    """A file; no file has a name with a null byte, at which the system would fail."""

    def parse_url_path(self, path: str) -> str:
        if "\0" in path:
            raise HTTPError(404)
        return str(super().parse_url_path(path))


class SiteFile(_File):
    """A file of the static pages; a link that leads out of them is not followed."""

    @property
    def policy(self) -> str:
        """A figure for other pages may stand in them."""
        return EMBED_POLICY if self.request.path.startswith("/embed") else STATIC_POLICY

    def validate_absolute_path(self, root: str, absolute_path: str) -> str | None:
        """Return the file, which lies in the folder itself.

        Parameters
        ----------
        root, absolute_path : str
            As tornado passes them.

        Returns
        -------
        str or None
            Its path.
        """
        _refuse_outside((root,), absolute_path)
        found: str | None = super().validate_absolute_path(root, absolute_path)
        return found


class StaticFile(_File, MultiStaticFileHandler):
    """A file of Voila's own."""

    def validate_absolute_path(self, root: str, absolute_path: str) -> str | None:
        """Return the file, which lies in one of the folders.

        Parameters
        ----------
        root, absolute_path : str
            As tornado passes them.

        Returns
        -------
        str or None
            Its path.
        """
        _refuse_outside(self.roots, absolute_path)
        found: str | None = super().validate_absolute_path(root, absolute_path)
        return found


class TemplateFile(_File, TemplateStaticFileHandler):
    """A file of a template; an address of another form is not found, where Voila would fail."""

    def parse_url_path(self, path: str) -> str:
        """Return the path on this system.

        Parameters
        ----------
        path : str
            Of the address.

        Returns
        -------
        str
            The same, when it has the form ``TEMPLATE/static/FILE``.
        """
        if not re.fullmatch(r"[\w-]+/static/[\w./-]+", path) or ".." in path.split("/"):
            raise HTTPError(404)
        return str(super().parse_url_path(path))


class ExtensionFile(_File, FileFindHandler):
    """A program of a widget."""


def _refuse_outside(roots: Iterable[str], path: str) -> None:
    real = Path(path).resolve()
    if not any(real.is_relative_to(Path(root).resolve()) for root in roots) or not real.exists():
        raise HTTPError(404)
