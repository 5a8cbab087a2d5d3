// Short messages after an action that did not load a page.
//
// A reply may carry `HX-Trigger: {"toast": {"text": "…", "tone": "success",
// "action": {"label": "Undo", "url": "/…"}}}`; the action is a POST.

const strings = document.getElementById("strings")?.dataset ?? {};
const region = document.querySelector("[data-toasts]");
const SECONDS = 10;

function closeButton(box) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "notice-close";
  button.setAttribute("aria-label", strings.close ?? "");
  button.textContent = "×";
  button.addEventListener("click", () => box.remove());
  return button;
}

function actionForm({ label, url }) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = url;
  const token = document.createElement("input");
  token.type = "hidden";
  token.name = "csrf_token";
  token.value = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  const button = document.createElement("button");
  button.className = "btn btn-link";
  button.textContent = label;
  form.append(token, button);
  return form;
}

/** Shows a message; one with an action or of failure stays until it is closed. */
function toast({ text, tone = "info", action = null }) {
  if (!region || !text) return;
  const box = document.createElement("div");
  box.className = `toast-box notice notice-${tone}`;
  const body = document.createElement("div");
  body.textContent = text;
  box.append(body);
  if (action) box.append(actionForm(action));
  box.append(closeButton(box));
  region.append(box);
  if (!action && tone !== "danger") setTimeout(() => box.remove(), SECONDS * 1000);
}

document.addEventListener("toast", (event) => toast(event.detail ?? {}));
document.addEventListener("htmx:responseError", () => toast({ text: strings.failed, tone: "danger" }));
document.addEventListener("htmx:sendError", () => {
  // A status that asks every second would repeat itself; the page still says how to look again.
  if (!document.querySelector(".toast-box")) toast({ text: strings.offline, tone: "danger" });
});

for (const box of document.querySelectorAll("[data-dismissible]")) box.append(closeButton(box));
