// Keyboard shortcuts: an element with data-key="a" is pressed (or, if it is a field, focused) by that key.
// They never fire while someone types, and can be switched off in the sheet that "?" opens.

const strings = document.getElementById("strings")?.dataset ?? {};
const SWITCH = "shortcuts-off";
const TYPING = "input, textarea, select, [contenteditable]";
const NOT_TYPING = new Set(["checkbox", "radio", "button", "submit"]);

function isTyping(target) {
  const field = target.closest?.(TYPING);
  return Boolean(field) && !NOT_TYPING.has(field.type);
}

function scope() {
  return document.querySelector("dialog[open]") ?? document;
}

function visible(element) {
  return element.getClientRects().length > 0;
}

function find(key) {
  return [...scope().querySelectorAll("[data-key]")]
    .find((element) => element.dataset.key.toLowerCase() === key && visible(element));
}

function press(element) {
  if (element.matches(TYPING) && !NOT_TYPING.has(element.type)) {
    element.focus();
    element.select?.();
  } else {
    // A choice takes the focus too, so that Enter sends its form.
    if (element.matches("input")) element.focus();
    element.click();
  }
}

function nameOf(element) {
  const label = element.getAttribute("aria-label");
  if (label) return label;
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd, .visually-hidden").forEach((part) => part.remove());
  return copy.textContent.trim();
}

function row(key, text) {
  const line = document.createElement("div");
  const term = document.createElement("dt");
  const cap = document.createElement("kbd");
  cap.textContent = key.length === 1 ? key.toUpperCase() : key;
  term.append(cap);
  const meaning = document.createElement("dd");
  meaning.textContent = text;
  line.append(term, meaning);
  return line;
}

function switchOff() {
  const label = document.createElement("label");
  label.className = "choice choice-single";
  const box = document.createElement("input");
  box.type = "checkbox";
  box.className = "form-check-input";
  box.checked = localStorage.getItem(SWITCH) !== null;
  box.addEventListener("change", () => {
    if (box.checked) localStorage.setItem(SWITCH, "1");
    else localStorage.removeItem(SWITCH);
  });
  const text = document.createElement("span");
  text.textContent = strings.keysOff ?? "";
  label.append(box, text);
  return label;
}

function helpSheet() {
  const sheet = document.createElement("dialog");
  sheet.className = "dialog";
  sheet.setAttribute("aria-label", strings.keysTitle ?? "");
  const head = document.createElement("div");
  head.className = "dialog-head";
  const title = document.createElement("h2");
  title.textContent = strings.keysTitle ?? "";
  const close = document.createElement("button");
  close.type = "button";
  close.className = "dialog-close";
  close.dataset.close = "";
  close.setAttribute("aria-label", strings.close ?? "");
  close.textContent = "×";
  head.append(title, close);
  const body = document.createElement("div");
  body.className = "dialog-body";
  const list = document.createElement("dl");
  list.className = "key-list";
  const seen = new Set();
  for (const element of document.querySelectorAll("[data-key]")) {
    const key = element.dataset.key;
    if (seen.has(key) || !visible(element)) continue;
    seen.add(key);
    list.append(row(key, nameOf(element)));
  }
  list.append(row("?", strings.keysHelp ?? ""));
  body.append(list, switchOff());
  sheet.append(head, body);
  sheet.addEventListener("close", () => sheet.remove());
  document.body.append(sheet);
  sheet.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (isTyping(event.target)) return;
  if (event.key === "?") {
    // The sheet opens even when the keys are off: it is where they are switched on again.
    if (scope() === document) helpSheet();
    return;
  }
  if (localStorage.getItem(SWITCH) !== null) return;
  const element = find(event.key.toLowerCase());
  if (!element) return;
  event.preventDefault();
  press(element);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys-help]")) helpSheet();
});
