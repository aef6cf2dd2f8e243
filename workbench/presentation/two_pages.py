"""Voila with a second page beside the first: the overview at the root, the cohort explorer one link away."""

import os
from typing import Any

import traitlets
from jupyter_server.utils import url_path_join
from voila.app import Voila


class TwoPages(Voila):
    """A Voila server of one notebook that serves another one under a name of its own."""

    second = traitlets.Unicode("", help="The notebook of the second page").tag(config=True)
    second_name = traitlets.Unicode("explorer", help="Its address below the root").tag(config=True)

    def init_handlers(self) -> list[Any]:
        """Return Voila's handlers, the second page before the root that answers everything else.

        Returns
        -------
        list of tuple
            As tornado takes them.
        """
        handlers = list(super().init_handlers())
        if not self.second:
            return handlers
        *others, root = handlers
        notebook = os.path.relpath(self.second, self.root_dir)
        address = url_path_join(self.server_url, self.second_name)
        return [*others, (address, root[1], {**root[2], "notebook_path": notebook}), root]


if __name__ == "__main__":
    TwoPages.launch_instance()
