"""The verbs of what the public sees, ``serve`` and ``site``: of a source, or of the commons that a file describes."""

import argparse
import dataclasses
from pathlib import Path
from typing import Any

from workbench.cache import say
from workbench.cli.production import add_recipe, check_production, write_production
from workbench.cli.selection import add_source, open_source
from workbench.cli.steps import WordsError
from workbench.cli.verbs import add_verb

_EXAMPLES = {
    "serve": ["workbench serve --open", "workbench serve --commons commons.toml", "workbench serve --recipe www"],
    "site": [
        "workbench site aggregates --out pages",
        "workbench site aggregates --commons commons.toml --out pages",
        "workbench site aggregates --source export --earlier pages_before --out pages",
        "workbench site build --out public",
        "workbench site build --aggregates pages --out public",
    ],
}
_COMMONS = (
    "whose pages they are: a TOML file with name, logo, source, contact, citation and more; dashboards/commons has "
    "examples"
)

_EARLIER = "what the release before published: small counts are hidden in the difference of the two as well"


def add_publishing(verbs: Any) -> None:
    """Add the verbs of public pages.

    Parameters
    ----------
    verbs : argparse subparsers
        Of the whole command.
    """
    serve = add_verb(
        verbs, "serve", _serve, "serve the public pages with Voila on this machine", examples=_EXAMPLES["serve"]
    )
    serve.add_argument("--port", type=int, default=8866, help="port to listen on (default: 8866)")
    serve.add_argument("--ip", default="127.0.0.1", help="address to listen on (default: 127.0.0.1, this machine)")
    serve.add_argument("--open", action="store_true", help="open the page in the browser")
    serve.add_argument(
        "--aggregates", type=Path, metavar="FOLDER", help="serve what site aggregates wrote there (default: count anew)"
    )
    add_recipe(serve)
    site = add_verb(
        verbs, "site", _site, "write the public pages, or what they are made from", examples=_EXAMPLES["site"]
    )
    site.add_argument(
        "what",
        choices=["aggregates", "build"],
        help="aggregates: one file of numbers for each public page; build: the pages as HTML for any web server",
    )
    site.add_argument(
        "--aggregates", type=Path, metavar="FOLDER", help="build: from what site aggregates wrote (default: count anew)"
    )
    site.add_argument(
        "--base", default="/", metavar="PATH", help="build: where the site stands on its host (default: /)"
    )
    site.add_argument("--out", type=Path, metavar="FOLDER", help="the folder to write (default: in the cache folder)")
    for each in (serve, site):
        each.add_argument("--earlier", type=Path, metavar="FOLDER", help=_EARLIER)
        add_commons(each)
        add_source(each)
        each.add_argument("--own", type=Path, metavar="FOLDER", help="also your entries of the data catalog")


def add_commons(parser: argparse.ArgumentParser) -> None:
    """Add the option that says whose commons it is.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of a verb.
    """
    parser.add_argument("--commons", type=Path, metavar="FILE", help=_COMMONS)


def open_publication(options: argparse.Namespace) -> Any:
    """Return what the options put before the public.

    Parameters
    ----------
    options : argparse.Namespace
        With the words of `add_commons` and `add_source`, and perhaps ``own`` and ``earlier``. What is typed wins over
        what the file says of the source.

    Returns
    -------
    Publication
        Nothing is counted yet.
    """
    from workbench.presentation.identity import read_identity
    from workbench.presentation.publication import publish, published_before

    identity = read_identity(options.commons)
    chosen = argparse.Namespace(**vars(options))
    if not identity.describes(options.source):
        identity = dataclasses.replace(identity, earlier="")  # it belongs to the source of the commons
    else:
        chosen.source = options.source or identity.source or None
        chosen.columns = options.columns or [f"{name}={column}" for name, column in identity.columns.items()]
        chosen.layout = options.layout or identity.layout or None
    catalog, earlier = open_source(chosen), getattr(options, "earlier", None)
    if not (earlier or identity.earlier):
        earlier = published_before(catalog, identity, getattr(options, "out", None))
    return publish(catalog, identity, own=options.own, earlier=earlier)


def _tell_first(publication: Any) -> Any:
    """Say of a controlled source without an earlier release what that means: what is missing would not be missed."""
    if not (publication.is_open or publication.earlier):
        say(
            f"Taken as the first release of {publication.catalog.repository.name}. If it published another, give the "
            "folder of its numbers, or small counts can be derived from both: --earlier FOLDER"
        )
    return publication


def _serve(options: argparse.Namespace) -> int:
    if options.recipe:
        check_production(options)
    from workbench.presentation.aggregates import cached_aggregates
    from workbench.presentation.demo import serve_publication
    from workbench.presentation.serving import serve

    host = "" if options.host == "_" else options.host
    asked = {"port": options.port, "ip": options.ip, "open_browser": options.open, "host": host}
    if not options.aggregates:
        publication = _tell_first(open_publication(options))
        if options.recipe:
            return write_production(options, cached_aggregates(publication))
        return serve_publication(publication, source=options.source or publication.identity.source or "idc", **asked)
    typed = (options.own, "FOLDER"), (options.commons, "FILE"), (options.earlier, "FOLDER")
    for word, (given, shown) in zip(("--own", "--commons", "--earlier"), typed, strict=True):
        if given:
            raise WordsError(
                f"{word} came with --aggregates, which are written already. One of the two would be right. Write pages "
                f"with it: workbench site aggregates {word} {shown} --out PAGES; workbench serve --aggregates PAGES"
            )
    if options.recipe:
        return write_production(options, options.aggregates)
    return serve(options.aggregates, source=options.source or "idc", **asked)


def _site(options: argparse.Namespace) -> None:
    if options.what == "build":
        _build(options)
    else:
        _count(options)


def _count(options: argparse.Namespace) -> None:
    from workbench.presentation.aggregates import cached_aggregates, write_aggregates

    if options.earlier and not options.out:
        raise WordsError(
            "--earlier came without --out. A release that is suppressed with the one before is written into a folder "
            "of its own, which the next release needs. Add for instance: --out pages"
        )
    publication = _tell_first(open_publication(options))
    before = options.earlier or publication.identity.earlier
    if before and options.out and Path(before).expanduser().resolve() == options.out.expanduser().resolve():
        raise WordsError(
            f"--out {options.out} is the folder of the earlier release, whose pages reports and the next release need "
            "as they are. Another folder would be right. Name one with --out."
        )
    place = write_aggregates(publication, options.out) if options.out else cached_aggregates(publication)
    print(f"Aggregates: {place}")


def _build(options: argparse.Namespace) -> None:
    from workbench.presentation.aggregates import cached_aggregates
    from workbench.presentation.site.building import build_site

    if not options.out:
        raise WordsError(
            "site build came without --out. A folder for the pages would be right. Add for instance: --out public"
        )
    if options.aggregates and (options.source or options.commons or options.own or options.earlier):
        raise WordsError(
            "--aggregates came with words about the source, whose numbers are written already. One of the two would be "
            "right. To count anew, leave --aggregates out"
        )
    written = options.aggregates or cached_aggregates(_tell_first(open_publication(options)))
    place = build_site(written, options.out, base=options.base)
    print(f"Pages: {place}\nOpen: {(place / 'index.html').resolve().as_uri()}")
