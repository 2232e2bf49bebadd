"""The engine inside other programs: over HTTP, with a console, and as a tool of the Model Context Protocol.

app        `Service`: conversations, chat completions, AG-UI; to serve, or to embed
backends   which agents answer, and by which names
server     the service on an address of this machine
mcp        an agent as a tool of the Model Context Protocol

The first three need `pip install 'detent[service]'`, the last `'detent[mcp]'`.
"""
