// One press, one request: a form that is on its way does not go a second time.

const strings = document.getElementById("strings")?.dataset ?? {};
const RELEASE_SECONDS = 20;

function release(form) {
  delete form.dataset.busy;
  for (const button of form.querySelectorAll("[data-busy-button]")) {
    button.removeAttribute("aria-disabled");
    button.removeAttribute("data-busy-button");
  }
}

function hold(form, button) {
  form.dataset.busy = "1";
  if (button) {
    button.setAttribute("aria-disabled", "true");
    button.setAttribute("data-busy-button", strings.working ?? "");
  }
  setTimeout(() => release(form), RELEASE_SECONDS * 1000);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("data-unguarded")) return;
  if (form.dataset.busy) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (!event.defaultPrevented) hold(form, event.submitter);
}, true);

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) release(form);
});

// The browser's back button brings the page as it was left.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-busy]").forEach(release);
});
