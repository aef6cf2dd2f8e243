"""What every answer has: headers, and errors told in words."""

import html
from typing import Any

from tornado.web import HTTPError, RequestHandler

#: Headers of every answer, whoever gives it.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: Of a live page: its widgets are modules that the page itself holds, and Vega compiles its expressions.
LIVE_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
#: Of a static page, which states the rest itself; only a figure made for it may stand in a page of others.
STATIC_POLICY = "frame-ancestors 'self'"
EMBED_POLICY = "frame-ancestors *"

#: After how long a visitor for whom there is no room asks again.
RETRY_SECONDS = 15
_BUSY = 503
_MISDIRECTED = 421
_PLAIN = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">{head}<title>{title}</title>
<style>
body {{ max-width: 34rem; margin: 0 auto; padding: 22vh 24px 0; color: #3d4a56; background: #ffffff;
  font: 17px/1.55 -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }}
h1 {{ margin: 0 0 8px; color: #16212b; font-size: 28px; line-height: 1.2; letter-spacing: -0.01em; }}
a {{ color: #0b5c8a; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #12171c; color: #b9c5cf; }} h1 {{ color: #eef2f5; }}
  a {{ color: #74bce8; }} }}
</style></head><body><main><h1>{title}</h1><p>{words}</p></main></body></html>
"""


def plain_page(title: str, words: str, *, retry_seconds: int = 0) -> str:
    """Return a page of a title and a sentence, which needs no script.

    Parameters
    ----------
    title : str
        Plain text.
    words : str
        HTML.
    retry_seconds : int
        After how long the browser asks again by itself; 0 for never.

    Returns
    -------
    str
        HTML.
    """
    head = f'<meta http-equiv="refresh" content="{retry_seconds}">' if retry_seconds else ""
    return _PLAIN.format(title=html.escape(title), words=words, head=head)


def busy_page() -> str:
    """Return the page for a visitor for whom there is no room at present.

    Returns
    -------
    str
        HTML that asks again by itself.
    """
    return plain_page(
        "Many people are here right now",
        f"The live pages are full for a moment. This page tries again by itself every {RETRY_SECONDS} seconds. "
        'The same numbers are on the <a href="/">static pages</a>, which are always there.',
        retry_seconds=RETRY_SECONDS,
    )


def starting_page() -> str:
    """Return the page for a visitor who came before the live pages answer, after a start or a fault.

    Returns
    -------
    str
        HTML that asks again by itself.
    """
    return plain_page(
        "The live pages are starting",
        f"They take half a minute at most. This page tries again by itself every {RETRY_SECONDS} seconds. "
        'The same numbers are on the <a href="/">static pages</a>, which are always there.',
        retry_seconds=RETRY_SECONDS,
    )


class InWords(RequestHandler):
    """Errors are told in words, without a path, a number or a trace."""

    def set_default_headers(self) -> None:
        """Set what every answer has."""
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.clear_header("Server")
        self.set_header("Content-Security-Policy", self.policy)

    @property
    def policy(self) -> str:
        """The content security policy."""
        return LIVE_POLICY

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ARG002 - not shown
        """Write the page of an error.

        Parameters
        ----------
        status_code : int
            What went wrong.
        **kwargs : object
            Not shown.
        """
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        if status_code == _BUSY:
            self.set_header("Retry-After", str(RETRY_SECONDS))
            self.finish(busy_page())
            return
        title = {403: "This is not public", 404: "There is no such page", 405: "This cannot be done here"}
        words = 'Everything that is public starts at the <a href="/">start page</a>.'
        self.finish(plain_page(title.get(status_code, "This could not be answered"), words))


class OtherHost(InWords):
    """The answer where a name was used that is not ours: a page of others may lead it here to read what is private."""

    def prepare(self) -> None:
        """Answer any method alike."""
        self.set_status(_MISDIRECTED)
        words = (
            "This server answers to localhost, to the number of its machine, and to the name that "
            "<code>workbench serve --host NAME</code> gives it."
        )
        self.finish(plain_page("This name is not known here", words))


class NotFound(InWords):
    """Everything else."""

    def prepare(self) -> None:
        """Answer any method alike."""
        raise HTTPError(404)
