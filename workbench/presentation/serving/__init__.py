"""Serving the pages: Voila as an application of our own, its kernels, its health, and the recipe for production."""

from workbench.presentation.serving.live import voila_command
from workbench.presentation.serving.starting import running_page, serve

__all__ = ["running_page", "serve", "voila_command"]
