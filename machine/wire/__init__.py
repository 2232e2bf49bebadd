"""Between the record and the wire, and pure: conversation to request bytes, response bytes to a reply or a fault.

HOSTS          kinds of hosts, as data
Projection     the messages of a conversation for one host
request_body   the request around them
read_body      a whole response, as a reply or a fault
StreamFold     a streamed one, bytes by bytes
encode         JSON as bytes
"""

from .fault import Fault
from .hosts import HOSTS, HostProfile
from .intake import read_body
from .projection import Projection, encode, request_body
from .stream import Delta, StreamFold

__all__ = ["HOSTS", "Delta", "Fault", "HostProfile", "Projection", "StreamFold", "encode", "read_body", "request_body"]
