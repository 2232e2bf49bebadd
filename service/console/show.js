// Conversations as elements.  Whatever a model, a tool or a user said goes in as text, never as HTML.

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") made.className = value;
    else if (key.startsWith("aria-") || key === "for") made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children);
  return made;
}

const MARKS = { returned: "✓", running: "▸", waiting: "?", asking: "?" };

export function article(entry) {
  const made = element("article", { class: entry.role + (entry.synthetic ? " synthetic" : "") });
  made.append(element("span", { class: "hidden" }, entry.role === "user" ? "You: " : "Answer: "));
  if (entry.reasoning) {
    made.append(element("details", {}, element("summary", { class: "quiet" }, "Reasoning"), element("div", { class: "text quiet" }, entry.reasoning)));
  }
  if (entry.text) made.append(element("div", { class: "text" }, entry.text));
  for (const each of entry.calls) made.append(call(each));
  return made;
}

function call(each) {
  const kind = each.status in MARKS ? each.status : "failed";
  const took = each.seconds ? ` ${each.seconds.toFixed(2)} s` : "";
  const summary = element("summary", {},
    element("span", { class: "mark" }, `${MARKS[each.status] ?? "✗"} ${each.tool} `),
    element("span", { class: "quiet" }, `${each.status.replaceAll("_", " ")}${took}`));
  const details = element("details", { class: `call ${kind}` }, summary, element("pre", {}, each.arguments));
  details.dataset.call = each.id;
  if (each.result !== null) details.append(element("pre", {}, each.result));
  return details;
}

export function draft() {
  const made = element("article", { class: "assistant draft" });
  const reasoning = element("div", { class: "text quiet" });
  const text = element("div", { class: "text" });
  made.append(reasoning, text);
  return {
    made,
    tell(delta) {
      if (delta.kind === "text") text.append(delta.text);
      else if (delta.kind === "reasoning") reasoning.append(delta.text);
      else this.call(delta);
    },
    call(delta) {
      const key = `${delta.place}`;
      let shown = made.querySelector(`[data-place="${key}"]`);
      if (!shown) {
        shown = element("div", { class: "call running" }, element("span", { class: "mark" }, `▸ ${delta.tool} `), element("code", {}));
        shown.dataset.place = key;
        made.append(shown);
      }
      shown.querySelector("code").append(delta.text);
    },
  };
}

export function progress(log, told) {
  const shown = [...log.querySelectorAll("[data-call]")].findLast((each) => each.dataset.call === told.call);
  const of = told.total ? ` (${told.done}/${told.total})` : "";
  shown?.querySelector("summary .quiet")?.replaceChildren(`${told.message}${of}`);
}

// A form for a call that waits: agree or not, or answer by what the schema asks for.
export function waiting(each, decide) {
  const form = element("form", { ariaLabel: `${each.tool} waits for you` });
  form.dataset.call = each.id;
  const told = element("pre", {}, `${each.tool} ${each.arguments}`);
  if (each.answer_schema === null) {
    const reason = element("input", { placeholder: "why not (for the model)", ariaLabel: `Why not to run ${each.tool}` });
    const agree = element("button", { type: "submit" }, "Approve");
    const deny = element("button", { type: "button", onclick: () => decide("deny", each.id, reason.value) }, "Deny");
    form.append(...(each.question ? [element("p", {}, each.question)] : []), told, agree, deny, reason);
    form.onsubmit = (event) => { event.preventDefault(); decide("approve", each.id, null); };
    return form;
  }
  const [field, value] = input(each.answer_schema);
  field.setAttribute("aria-label", each.question);
  form.append(element("p", {}, `${each.tool} asks: ${each.question}`), field, element("button", { type: "submit" }, "Answer"),
    element("button", { type: "button", onclick: () => decide("deny", each.id, "") }, "Do not answer"));
  form.onsubmit = (event) => { event.preventDefault(); decide("answer", each.id, value()); };
  return form;
}

function input(schema) {
  if (Array.isArray(schema.enum)) {
    const field = element("select", {}, ...schema.enum.map((each) => element("option", { value: JSON.stringify(each) }, `${each}`)));
    return [field, () => JSON.parse(field.value)];
  }
  if (schema.type === "boolean") {
    const field = element("select", {}, element("option", { value: "true" }, "yes"), element("option", { value: "false" }, "no"));
    return [field, () => field.value === "true"];
  }
  if (schema.type === "integer" || schema.type === "number") {
    const field = element("input", { type: "number", step: schema.type === "integer" ? "1" : "any", required: true });
    return [field, () => Number(field.value)];
  }
  if (schema.type === "string") {
    const field = element("input", { required: true });
    return [field, () => field.value];
  }
  const field = element("textarea", { rows: 2, required: true, placeholder: "JSON" });
  return [field, () => { try { return JSON.parse(field.value); } catch { return field.value; } }];
}
