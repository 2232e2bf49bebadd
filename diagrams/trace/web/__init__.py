"""The trace as a page for a browser."""

from .page import page

__all__ = ["page"]
