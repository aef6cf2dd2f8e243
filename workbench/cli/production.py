"""The options of ``serve`` that write the recipe for production instead of serving."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.presentation.serving.recipe import Service


def add_recipe(parser: argparse.ArgumentParser) -> None:
    """Add the options of the recipe.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of ``serve``.
    """
    production = parser.add_argument_group("for production")
    production.add_argument(
        "--recipe", type=Path, metavar="FOLDER", help="write what nginx and supervisord or systemd need, and stop"
    )
    production.add_argument(
        "--host",
        default="_",
        help="name of the server (default: any; without --recipe localhost and numbers alone)",
    )
    production.add_argument("--processes", type=int, default=2, help="page processes, one for each core (default: 2)")
    production.add_argument(
        "--kernels", type=int, default=20, help="live pages that each process holds at once (default: 20)"
    )
    production.add_argument(
        "--first-port",
        type=int,
        default=8901,
        metavar="PORT",
        help="port of the first page process; the others follow (default: 8901)",
    )
    production.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"), default=("", ""), help="files for TLS")
    production.add_argument("--user", default="nobody", help="as whom page processes run (default: nobody)")


def check_production(options: argparse.Namespace) -> None:
    """Refuse what could not be served, before anything is counted.

    Parameters
    ----------
    options : argparse.Namespace
        With the words of `add_recipe`.
    """
    from workbench.presentation.serving.recipe import check_service

    check_service(_service(options), options.recipe)


def write_production(options: argparse.Namespace, aggregates: Path) -> int:
    """Write the recipe and say how to start it.

    Parameters
    ----------
    options : argparse.Namespace
        With the words of `add_recipe`.
    aggregates : pathlib.Path
        What the pages show.

    Returns
    -------
    int
        0.
    """
    from workbench.presentation.serving.recipe import write_recipe

    folder = write_recipe(aggregates, options.recipe, _service(options))
    print(f"Recipe: {folder}")
    print(f"Check:  nginx -t -p {folder} -c {folder / 'nginx.conf'}")
    print(f"Start:  supervisord -c {folder / 'supervisord.conf'}")
    print(f"Or with systemd: {folder / 'workbench-page@.service'} says how")
    return 0


def _service(options: argparse.Namespace) -> "Service":
    from workbench.presentation.serving.recipe import Service

    certificate, key = options.tls
    return Service(
        host=options.host,
        port=options.port,
        processes=options.processes,
        most=options.kernels,
        first_port=options.first_port,
        certificate=certificate,
        key=key,
        user=options.user,
    )
