"""Tools to begin with: plain functions, each safe by default.

    Folder(root).list_files(path, pattern)             names in a working folder
    Folder(root).read_file(path, start_line, lines)    a text file, or lines of it
    Folder(root).search_files(text, pattern, path)     the lines that contain a text
    calculate(expression)                              arithmetic, bounded (needs simpleeval: `pip install 'detent[cli]'`)
    now(timezone)                                      date and time in a time zone
    Web().fetch(url)                                   a page of the public web, as text

They read and never write; what they refuse they refuse with an exception whose message says what to do instead.
"""

from .calculate import calculate
from .fetch import Web
from .files import Bounds, Folder
from .now import now

__all__ = ["Bounds", "Folder", "Web", "calculate", "now"]
