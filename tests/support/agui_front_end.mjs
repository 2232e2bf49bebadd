// A front end on AG-UI's own client: for each line on its input, a run; for each run a line of what the client made of it.
//
//   node agui_front_end.mjs NODE_MODULES URL
//   {"say": "words"}  {"results": {"call": "text"}}  {"resume": [{"interruptId": ..., "status": ..., "payload": ...}]}
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [modules, url] = process.argv.slice(2);
const { HttpAgent } = createRequire(`${modules}/`)("@ag-ui/client");
const agent = new HttpAgent({ url, threadId: "t" });
const tools = [{ name: "measure", description: "Measure.", parameters: { type: "object", properties: {} } }];
let made = 0;

for await (const line of createInterface({ input: process.stdin })) {
  const { say, results = {}, resume } = JSON.parse(line);
  if (say) agent.addMessage({ id: `u${++made}`, role: "user", content: say });
  for (const [toolCallId, content] of Object.entries(results)) {
    agent.addMessage({ id: `r${++made}`, role: "tool", toolCallId, content });
  }
  const told = { events: [], error: null };
  const seen = {
    onEvent: ({ event }) => void told.events.push(event.type),
    onRunErrorEvent: ({ event }) => void (told.error = event.message),
  };
  try {
    await agent.runAgent({ tools, ...(resume && { resume }) }, seen);
  } catch (error) {
    told.error ??= String(error);
  }
  console.log(JSON.stringify({ ...told, messages: agent.messages, interrupts: agent.pendingInterrupts }));
}
