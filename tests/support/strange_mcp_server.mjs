// A server of the older protocol, made with the official TypeScript library, that lists what it should not.
//
//     node strange_mcp_server.mjs SDK          lists tools of which some are none, and another list when `change` is called,
//                                              or none that can be read after `spoil`; it dies when asked to
//     node strange_mcp_server.mjs SDK early    ends when it is asked anything before `initialize`
//     node strange_mcp_server.mjs SDK silent   never answers
//     node strange_mcp_server.mjs SDK broken   says why on its standard error, and ends
//     node strange_mcp_server.mjs SDK stubborn does not go when it is asked to

const [, , sdk, manner] = process.argv;
const { Server } = await import(`${sdk}/server/index.js`);
const { StdioServerTransport } = await import(`${sdk}/server/stdio.js`);
const types = await import(`${sdk}/types.js`);

const EMPTY = { type: "object", properties: {} };
const STRANGE = [
  { name: "good", title: "Good", inputSchema: { type: "object", additionalProperties: false } },
  { name: "array", inputSchema: { type: "array" } },
  { name: "schemaless" },
  { name: "typo", inputSchema: { type: "object", properties: { a: { type: "strng" } } } },
  { name: "elsewhere", inputSchema: { type: "object", properties: { a: { $ref: "http://127.0.0.1:9/a.json" } } } },
  { name: "good", description: "Another of that name.", inputSchema: EMPTY },
  { inputSchema: EMPTY },
  "no tool at all",
  { name: "change", inputSchema: EMPTY },
  { name: "say", inputSchema: EMPTY },
  { name: "ask", inputSchema: EMPTY },
  { name: "spoil", inputSchema: EMPTY },
  { name: "pid", inputSchema: EMPTY, annotations: { readOnlyHint: true } },
  { name: "die", inputSchema: EMPTY },
];
let tools = STRANGE;

const server = new Server({ name: "strange", version: "1" }, { capabilities: { tools: { listChanged: true }, logging: {} } });

server.setRequestHandler(types.ListToolsRequestSchema, () => {
  if (tools === null) throw new Error("no list today");
  return { tools };
});
server.setRequestHandler(types.CallToolRequestSchema, async (request) => {
  if (request.params.name === "change") {
    tools = [{ name: "only", inputSchema: EMPTY }];
    await server.sendToolListChanged();
  }
  if (request.params.name === "spoil") {
    tools = null;
    await server.sendToolListChanged();
  }
  if (request.params.name === "die") process.exit(3);
  if (request.params.name === "say") {
    for (const level of ["debug", "info", "warning", "emergency"]) {
      await server.sendLoggingMessage({ level, logger: "strange", data: { level, lines: "one\ntwo" } });
    }
  }
  const text = { ask: answers, pid: () => `${process.pid}` }[request.params.name] ?? (() => "done");
  return { content: [{ type: "text", text: await text() }] };
});

async function answers() {
  const questions = {
    ping: [{ method: "ping" }, types.EmptyResultSchema],
    roots: [{ method: "roots/list" }, types.ListRootsResultSchema],
    elicitation: [
      { method: "elicitation/create", params: { message: "Who?", requestedSchema: EMPTY } },
      types.ElicitResultSchema,
    ],
    sampling: [{ method: "sampling/createMessage", params: { messages: [], maxTokens: 1 } }, types.CreateMessageResultSchema],
  };
  const said = [];
  for (const [name, [request, schema]] of Object.entries(questions)) {
    try {
      await server.request(request, schema);
      said.push(`${name}: answered`);
    } catch (error) {
      said.push(`${name}: ${error.message}`);
    }
  }
  return said.join("\n");
}

if (manner === "broken") {
  console.error("first line\nno licence was found");
  process.exit(7);
}
if (manner === "stubborn") {
  process.on("SIGTERM", () => {});
  setInterval(() => {}, 1000);
}
if (manner === "silent") {
  process.stdin.resume();
} else {
  const transport = new StdioServerTransport();
  if (manner === "early") {
    await server.connect(transport);
    const next = transport.onmessage;
    let initialized = false;
    transport.onmessage = (message, extra) => {
      initialized ||= message.method === "initialize";
      if (!initialized) process.exit(1);
      next(message, extra);
    };
  } else {
    await server.connect(transport);
  }
}
