"""Serving the pages: Voila as an application of our own, its kernels, its health, and the recipe for production."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.presentation.serving.live import voila_command
    from workbench.presentation.serving.starting import running_page, serve

__all__ = ["running_page", "serve", "voila_command"]


def __getattr__(name: str) -> Any:
    """Load what starts a server only where it is asked for: the processes of the server do without."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from workbench.presentation.serving import live, starting

    return getattr(live if name == "voila_command" else starting, name)
