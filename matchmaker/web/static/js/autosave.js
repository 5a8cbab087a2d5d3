// Nothing typed is ever lost: <form data-autosave-url="…"> saves itself a moment after each change.
//
// The form's fields are POSTed to the address; a reply may be JSON with `saved_at` (a time as text),
// `autosave_url` (the draft's own address, from then on) and, on refusal, `message`. Until the server
// has confirmed, a copy lies in localStorage, under the account and data-autosave-key (or the address),
// and comes back with the page. The status is shown in [data-autosave-status].

const strings = document.getElementById("strings")?.dataset ?? {};
const account = document.body.dataset.account ?? "";
const PREFIX = `autosave:${account}:`;
const QUIET_MS = 1200;
const RETRY_MS = 15000;
const SECRET = new Set(["csrf_token"]);

function fieldsOf(form) {
  return [...new FormData(form)].filter(([name, value]) => !SECRET.has(name) && typeof value === "string");
}

/** Runs a use of localStorage; a full or forbidden store must not stop the typing. */
function withStore(use) {
  try {
    return use(window.localStorage);
  } catch {
    return null;
  }
}

/** Shows as many repeated rows as the kept fields need. */
function makeRoom(form, names) {
  for (const group of form.querySelectorAll("[data-repeat]")) {
    const sample = group.querySelector("template")?.content.querySelector("[name*='__index__']");
    if (!sample) continue;
    const start = sample.name.split("__index__")[0];
    const missing = () => [...names].some((name) => name.startsWith(start) && !form.elements[name]);
    for (let tries = 0; tries < 50 && missing(); tries += 1) group.querySelector("[data-repeat-add]").click();
  }
}

function put(form, fields) {
  const values = Map.groupBy ? Map.groupBy(fields, ([name]) => name) : group(fields);
  makeRoom(form, values.keys());
  for (const element of form.elements) {
    if (!element.name || SECRET.has(element.name) || element.type === "file" || element.type === "hidden") continue;
    const kept = (values.get(element.name) ?? []).map(([, value]) => value);
    if (element.type === "checkbox" || element.type === "radio") element.checked = kept.includes(element.value);
    else if (element instanceof HTMLSelectElement && element.multiple) {
      for (const option of element.options) option.selected = kept.includes(option.value);
    } else if (kept.length && "value" in element && element.type !== "submit") element.value = kept[0];
  }
}

function group(fields) {
  const groups = new Map();
  for (const field of fields) groups.set(field[0], [...(groups.get(field[0]) ?? []), field]);
  return groups;
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosaveUrl;
    this.key = PREFIX + (form.dataset.autosaveKey || this.url);
    this.status = document.querySelector("[data-autosave-status]");
    this.original = fieldsOf(form);
    this.confirmed = JSON.stringify(this.original);
    this.timer = 0;
  }

  start() {
    this.restore();
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("change", () => this.changed());
    this.form.addEventListener("submit", () => this.keep(true));
    window.addEventListener("online", () => this.send());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && this.timer) this.send();
    });
  }

  say(text, tone = "") {
    if (!this.status) return;
    this.status.textContent = text;
    this.status.dataset.tone = tone;
  }

  keep(submitted = false) {
    const copy = JSON.stringify({ fields: fieldsOf(this.form), submitted });
    withStore((store) => store.setItem(this.key, copy));
  }

  forget() {
    withStore((store) => store.removeItem(this.key));
  }

  restore() {
    const copy = JSON.parse(withStore((store) => store.getItem(this.key)) ?? "null");
    if (!copy) return;
    if (JSON.stringify(copy.fields) === this.confirmed) {
      this.forget();
      return;
    }
    put(this.form, copy.fields);
    this.say(strings.restored ?? "", "warning");
    this.offerDiscard();
    this.schedule();
  }

  offerDiscard() {
    if (!this.status) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-link";
    button.textContent = strings.discard ?? "";
    button.addEventListener("click", () => {
      put(this.form, this.original);
      this.forget();
      this.say("");
      this.schedule();
    });
    this.status.append(" ", button);
  }

  changed() {
    this.keep();
    this.schedule();
  }

  schedule(wait = QUIET_MS) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), wait);
  }

  async send() {
    clearTimeout(this.timer);
    this.timer = 0;
    const fields = fieldsOf(this.form);
    const sent = JSON.stringify(fields);
    if (sent === this.confirmed) return;
    this.say(strings.saving ?? "");
    try {
      this.answered(await this.post(fields), sent);
    } catch {
      this.failed();
    }
  }

  async post(fields) {
    const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
    const response = await fetch(this.url, {
      method: "POST",
      headers: { "X-CSRFToken": token, Accept: "application/json" },
      body: new URLSearchParams(fields),
    });
    const isJson = (response.headers.get("Content-Type") ?? "").includes("json");
    return { response, data: isJson ? await response.json() : {} };
  }

  answered({ response, data }, sent) {
    if (response.status === 401 || response.redirected) {
      this.say(strings.signedOut ?? "", "danger");
    } else if (response.ok) {
      this.saved(data, sent);
    } else if (response.status >= 500 || response.status === 429) {
      this.failed();
    } else {
      this.say(data.message ?? strings.failed ?? "", "danger");
    }
  }

  saved(data, sent) {
    this.confirmed = sent;
    if (data.autosave_url) this.url = data.autosave_url;
    if (JSON.stringify(fieldsOf(this.form)) === sent) this.forget();
    const now = new Date();
    const clock = `${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`;
    this.say((strings.saved ?? "").replace("{time}", data.saved_at ?? clock), "success");
  }

  failed() {
    this.say(strings.unsaved ?? "", "warning");
    this.schedule(RETRY_MS);
  }
}

/** Drops copies of forms that were sent: a signed-in page without that form means it arrived. */
function sweep(present) {
  if (!account) return;
  withStore((store) => {
    for (const key of Object.keys(store).filter((name) => name.startsWith(PREFIX))) {
      if (!present.has(key) && JSON.parse(store.getItem(key)).submitted) store.removeItem(key);
    }
  });
}

const saves = [...document.querySelectorAll("form[data-autosave-url]")].map((form) => new Autosave(form));
sweep(new Set(saves.map((save) => save.key)));
for (const save of saves) save.start();
