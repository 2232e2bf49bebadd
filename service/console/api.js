// What the service is asked.  The key, where one is wanted, is kept until the tab is closed.

export class Problem extends Error {
  constructor(status, message) { super(message); this.status = status; }
}

let askForKey = async () => null;
export function onKeyWanted(ask) { askForKey = ask; }

function headers(more = {}) {
  const key = sessionStorage.getItem("key");
  return key ? { ...more, Authorization: `Bearer ${key}` } : more;
}

export async function ask(path, { method = "GET", body, more = {}, signal } = {}) {
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const given = body === undefined ? more : { ...more, "Content-Type": "application/json" };
  const response = await fetch(path, { method, body: sent, headers: headers(given), signal });
  if (response.status === 401) {
    const key = await askForKey();
    sessionStorage.setItem("key", key);
    return ask(path, { method, body, more, signal });
  }
  if (!response.ok) {
    const told = await response.json().catch(() => null);
    throw new Problem(response.status, told?.error?.message ?? `${response.status} ${response.statusText}`);
  }
  return response;
}

export async function json(path, options) {
  const response = await ask(path, options);
  return response.status === 204 ? null : response.json();
}

export const of = (id) => `/conversations/${encodeURIComponent(id)}`;

// Server-sent events by fetch: EventSource can send no key.  It comes back by itself, after the last event that was seen.
export async function follow(id, last, tell, signal) {
  for (let wait = 500; !signal.aborted; wait = Math.min(wait * 2, 10000)) {
    try {
      const more = last ? { "Last-Event-ID": last } : {};
      const response = await ask(`${of(id)}/events`, { more, signal });
      wait = 500;
      for await (const event of events(response.body)) {
        if (event.id) last = event.id;
        if (event.data) tell(event.kind, JSON.parse(event.data), event.id);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Problem && error.status === 404) throw error;
    }
    await new Promise((done) => setTimeout(done, wait));
  }
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value.replaceAll("\r\n", "\n")).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const event = { kind: "message", data: "", id: "" };
      for (const line of block.split("\n")) {
        if (line.startsWith("data: ")) event.data += line.slice(6);
        else if (line.startsWith("event: ")) event.kind = line.slice(7);
        else if (line.startsWith("id: ")) event.id = line.slice(4);
      }
      yield event;
    }
  }
}
