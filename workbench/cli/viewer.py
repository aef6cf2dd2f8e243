"""The verb ``viewer``: what drawing volumes in 3-D needs besides the package."""

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.verbs import add_verb

_EXAMPLES = ["workbench viewer check", "workbench viewer install"]


def add_viewer(verbs: Any) -> None:
    """Add ``workbench viewer install`` and ``workbench viewer check``.

    Parameters
    ----------
    verbs : argparse subparsers
        Of the whole command.
    """
    viewer = add_verb(verbs, "viewer", _viewer, "install or check the bundle that draws volumes in 3-D", _EXAMPLES)
    viewer.add_argument(
        "what",
        choices=["install", "check"],
        help="install: copy the bundle of the installed itkwidgets, checked by SHA-256, to where JupyterLab and Voila "
        "find it; check: say whether it is there and unchanged",
    )
    viewer.add_argument(
        "--prefix", type=Path, metavar="FOLDER", help="of the environment (default: that of this command)"
    )


def _viewer(options: argparse.Namespace) -> int:
    from workbench.presentation.viewer.bundle import check_bundle, install_bundle

    state = install_bundle(options.prefix) if options.what == "install" else check_bundle(options.prefix)
    print(state.words)
    if state.ready:
        print(f"Folder: {state.folder}")
    return 0 if state.ready else 1
