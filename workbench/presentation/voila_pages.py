"""Voila with several pages side by side: the first at the root, each of the others one link away."""

import os
from typing import Any

import traitlets
from jupyter_server.utils import url_path_join
from voila.app import Voila


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
        *others, root = super().init_handlers()
        pages = [
            (
                url_path_join(self.server_url, name),
                root[1],
                {**root[2], "notebook_path": os.path.relpath(notebook, self.root_dir)},
            )
            for name, notebook in self.pages.items()
        ]
        return [*others, *pages, root]


if __name__ == "__main__":
    VoilaPages.launch_instance()
