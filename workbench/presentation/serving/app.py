"""Voila with several pages side by side: the first at the root, each of the others one link away."""

import os
from typing import Any

import traitlets
from jupyter_server.utils import url_path_join
from voila.app import Voila
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler


class _Leave(VoilaShutdownKernelHandler):
    """Ends the kernel of a page that a visitor leaves.

    The browser sends this as a beacon, which carries no form token, so Voila refuses it and the kernel stays until it
    is culled. The kernel's random number, known to that page alone, is permission enough to end it.
    """

    def check_xsrf_cookie(self) -> None:
        pass


class VoilaPages(Voila):
    """A Voila server of one notebook that serves others under names of their own."""

    pages = traitlets.Dict(
        help="Address below the root -> notebook", value_trait=traitlets.Unicode(), key_trait=traitlets.Unicode()
    ).tag(config=True)

    def init_handlers(self) -> list[Any]:
        """Return Voila's handlers, the further pages before the root that answers everything else.

        Returns
        -------
        list of tuple
            As tornado takes them.
        """
        *others, root = (_leaving(handler) for handler in super().init_handlers())
        pages = [
            (
                url_path_join(self.server_url, name),
                root[1],
                {**root[2], "notebook_path": os.path.relpath(notebook, self.root_dir)},
            )
            for name, notebook in self.pages.items()
        ]
        return [*others, *pages, root]


def _leaving(handler: Any) -> Any:
    replaced = len(handler) > 1 and handler[1] is VoilaShutdownKernelHandler
    return (handler[0], _Leave, *handler[2:]) if replaced else handler


if __name__ == "__main__":
    VoilaPages.launch_instance()
