// The console: one conversation at a time, followed live.

import { Problem, ask, follow, json, of, onKeyWanted } from "./api.js";
import { article, draft, element, progress, waiting } from "./show.js";

const $ = (id) => document.getElementById(id);
const ENDED = new Set(["done", "limit_hit", "failed", "cancelled"]);

let current = null; // the id of the conversation that is shown
let shown = null; // the newest view of it
let following = new AbortController();
let writing = null; // what the model is saying right now
let loading = false, again = false;
let backends = [{ name: "auto", label: "" }], chosen = 0;

onKeyWanted(() => new Promise((done) => {
  const dialog = $("sign-in");
  dialog.onclose = () => done($("key").value);
  if (!dialog.open) dialog.showModal();
}));

function complain(error) {
  if (error?.name === "AbortError") return;
  $("problem").textContent = error.message;
  $("problem").hidden = false;
  setTimeout(() => { $("problem").hidden = true; }, 8000);
}
const tried = (action) => async (...given) => { try { return await action(...given); } catch (error) { complain(error); } };

// --- the list ---

const list = tried(async () => {
  const found = await json("/conversations?limit=50");
  $("conversations").replaceChildren(...found.map((each) => {
    const state = each.state.replaceAll("_", " ");
    const button = element("button", { type: "button", onclick: () => open(each.id) },
      element("span", { class: "title" }, each.title || "(nothing said yet)"), element("small", { class: "quiet" }, each.running ? `${state} …` : state));
    if (each.id === current) button.setAttribute("aria-current", "true");
    return element("li", {}, button);
  }));
});

// --- one conversation ---

async function open(id) {
  following.abort();
  following = new AbortController();
  current = id; shown = null; writing = null;
  history.replaceState(null, "", `#${encodeURIComponent(id)}`);
  $("list").classList.remove("open");
  $("open-list").setAttribute("aria-expanded", "false");
  $("log").replaceChildren();
  if (!(await load())) return begin();
  const signal = following.signal;
  follow(id, `${shown.seq}`, (kind, told, id) => { if (!signal.aborted) hear(kind, told, parseInt(id, 10)); }, signal).catch(complain);
  list();
}

function begin() {
  following.abort();
  current = null; shown = null; writing = null;
  history.replaceState(null, "", location.pathname);
  $("log").replaceChildren(element("p", { class: "quiet" }, "Say something to begin a conversation."));
  $("waiting").hidden = $("cancel").hidden = $("resume").hidden = true;
  state("done", "");
  figures(null);
  $("diagram").removeAttribute("src");
  list();
  $("text").focus();
}

function hear(kind, told, after) {
  if (kind === "delta") {
    if (!writing || writing.after !== after) {
      writing?.made.remove();
      writing = Object.assign(draft(), { after });
      $("log").append(writing.made);
    }
    writing.tell(told);
    toTheEnd();
  } else if (kind === "progress") {
    progress($("log"), told);
  } else {
    state(told.state, "");
    load();
    if (kind === "rest") list();
  }
}

// Fetch the conversation anew; several wishes at once are one.
async function load() {
  if (loading) { again = true; return true; }
  loading = true;
  try {
    do {
      again = false;
      const id = current;
      const view = await json(of(id));
      if (id === current) render(view);
    } while (again);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return false;
    complain(error);
    return true;
  } finally {
    loading = false;
  }
}

function render(view) {
  const changed = shown?.state !== view.state;
  if (writing && view.seq > writing.after) { writing.made.remove(); writing = null; } // it is among the entries now
  shown = view;
  const opened = new Set([...$("log").querySelectorAll("details[open][data-call]")].map((each, place) => `${each.dataset.call} ${place}`));
  const articles = view.entries.map(article);
  $("log").replaceChildren(...articles, ...(writing ? [writing.made] : []));
  [...$("log").querySelectorAll("details[data-call]")].forEach((each, place) => { each.open = opened.has(`${each.dataset.call} ${place}`); });
  toTheEnd();
  state(view.state, view.reason);
  ask_people(view);
  $("cancel").hidden = ENDED.has(view.state);
  $("resume").hidden = view.running || !["failed", "cancelled"].includes(view.state);
  figures(view);
  if (changed) draw();
}

function toTheEnd() {
  const log = $("log");
  log.scrollTop = log.scrollHeight;
}

function state(name, reason) {
  $("state").textContent = name.replaceAll("_", " ");
  $("state").className = `state${name === "awaiting_approval" ? " person" : ENDED.has(name) ? " ended" : ""}`;
  $("reason").textContent = reason;
}

function ask_people(view) {
  const box = $("waiting");
  const ids = view.running ? [] : view.waiting.map((each) => each.id);
  if (box.dataset.ids === ids.join(" ") && ids.length) return; // what was typed stays
  box.dataset.ids = ids.join(" ");
  box.hidden = !ids.length;
  box.replaceChildren(...(ids.length ? view.waiting.map((each) => waiting(each, decide)) : []));
}

const decide = tried(async (how, id, value) => {
  await json(`${of(current)}/${how}`, { method: "POST", body: { calls: { [id]: value } } });
  await load();
});

function figures(view) {
  const rows = view === null ? [] : [
    ["answers", view.label + (view.fallback_used ? " (fallback)" : "")],
    ["rounds", `${view.limits.rounds_used} of ${view.limits.rounds}`],
    ["tool calls", `${view.limits.tool_calls_used}${view.limits.tool_calls === null ? "" : ` of ${view.limits.tool_calls}`}`],
    ["tokens", `${view.usage.total.toLocaleString()} (${view.usage.prompt.toLocaleString()} in, ${view.usage.completion.toLocaleString()} out)`],
    ...(view.usage.cost === null ? [] : [["cost", view.usage.cost.toFixed(4)]]),
    ...(view.limits.seconds === null ? [] : [["limit", `${view.limits.seconds} s`]]),
    ["events", `${view.seq}`],
  ];
  $("figures").replaceChildren(...rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
}

const draw = tried(async () => {
  const id = current, name = shown.state;
  const blob = await (await ask(`${of(id)}/diagram.svg`)).blob();
  if (id !== current) return;
  if ($("diagram").src) URL.revokeObjectURL($("diagram").src);
  const url = URL.createObjectURL(blob);
  $("diagram").src = $("diagram-link").href = url;
  $("diagram").alt = `The state diagram; the conversation rests in ${name}`;
});

// --- what people do ---

const say = tried(async () => {
  const text = $("text").value;
  if (!text.trim()) return;
  $("text").value = "";
  const backend = backends[chosen].name;
  try {
    if (current === null) {
      const made = await json("/conversations", { method: "POST", body: { text, backend } });
      await open(made.id);
    } else {
      await json(`${of(current)}/messages`, { method: "POST", body: { text, backend: chosen ? backend : null } });
      await load();
    }
  } catch (error) {
    $("text").value = text;
    throw error;
  }
});

const act = (name) => tried(async () => { await json(`${of(current)}/${name}`, { method: "POST" }); await load(); });

$("say").onsubmit = (event) => { event.preventDefault(); say(); };
$("text").onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); say(); }
};
document.onkeydown = (event) => { if (event.key === "Escape" && !$("cancel").hidden && !$("sign-in").open) $("cancel").click(); };
$("cancel").onclick = act("cancel");
$("resume").onclick = act("resume");
$("new").onclick = begin;
$("open-list").onclick = () => $("open-list").setAttribute("aria-expanded", `${$("list").classList.toggle("open")}`);
$("open-run").onclick = () => $("open-run").setAttribute("aria-expanded", `${$("run").classList.toggle("open")}`);
$("trace").onclick = tried(async () => {
  if (current === null) return;
  const blob = await (await ask(`${of(current)}/trace`)).blob();
  window.open(URL.createObjectURL(blob), "_blank", "noopener");
});

function name_backend() {
  const { name, label } = backends[chosen];
  $("backend-name").textContent = label && label !== name ? `${name} (${label})` : name;
}
$("backend").onclick = () => { chosen = (chosen + 1) % backends.length; name_backend(); };

tried(async () => {
  backends = (await json("/backends")).backends;
  name_backend();
  const id = decodeURIComponent(location.hash.slice(1));
  await (id ? open(id) : begin());
})();
