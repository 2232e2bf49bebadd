"""What a tool is: a function, what a model is told of it, and how its arguments and its result are put into words.

    tool         a tool from a function's signature and docstring
    Tool         the tool, and the policy it runs under
    Toolbox      the tools of an agent
    Context      what a tool may know of the call it answers, and do while it runs
    NeedsInput   raised by a tool that has to ask a person first
    Image, File  what a tool may return beside text
    Secret       a text that tools work with and nobody else reads

Running tools is the driver's business, which reads the arguments (`Tool.read`: `Arguments` or `Refused`) and writes the
result (`render`: `Rendered` or `Unserialisable`).  What a model or a tool does wrong is a value here, never an exception.
"""

from .arguments import Arguments, Refused
from .asking import InnerCall, NeedsInput
from .context import Context, Progress
from .media import File, Image, Media
from .redactor import Redactor
from .result import Rendered, Unserialisable, render
from .secret import Secret, secrets_in
from .tool import Tool
from .toolbox import Toolbox

# isort: split
from .decorator import tool  # last: the name is also that of the module `tool`, which importing it puts here

__all__ = [
    "Arguments",
    "Context",
    "File",
    "Image",
    "InnerCall",
    "Media",
    "NeedsInput",
    "Progress",
    "Redactor",
    "Refused",
    "Rendered",
    "Secret",
    "Tool",
    "Toolbox",
    "Unserialisable",
    "render",
    "secrets_in",
    "tool",
]
