// Help in fields: characters left, and a filter above long lists of choices.

const strings = document.getElementById("strings")?.dataset ?? {};

function count(field) {
  const line = field.nextElementSibling;
  if (!line?.classList.contains("form-count")) return;
  const used = [...field.value].length;
  line.textContent = (strings.counter ?? "")
    .replace("{count}", String(used))
    .replace("{limit}", String(field.maxLength));
}

function addCounter(field) {
  if (field.nextElementSibling?.classList.contains("form-count")) return;
  const line = document.createElement("p");
  line.className = "form-hint form-count";
  field.after(line);
  count(field);
}

function show(choice, wanted) {
  const box = choice.querySelector("input");
  choice.hidden = !box.checked && !choice.textContent.toLowerCase().includes(wanted);
}

function addFilter(list) {
  if (list.previousElementSibling?.classList.contains("choices-filter")) return;
  const filter = document.createElement("input");
  filter.type = "search";
  filter.className = "form-control choices-filter";
  filter.placeholder = list.dataset.placeholder;
  filter.setAttribute("aria-label", list.dataset.placeholder);
  filter.addEventListener("input", (event) => {
    event.stopPropagation();
    const wanted = filter.value.trim().toLowerCase();
    for (const choice of list.querySelectorAll(".choice")) show(choice, wanted);
  });
  filter.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  list.before(filter);
}

function enhance(root) {
  root.querySelectorAll("textarea[data-counter]").forEach(addCounter);
  root.querySelectorAll("[data-choices]").forEach(addFilter);
}

enhance(document);
document.addEventListener("htmx:afterSettle", (event) => enhance(event.target));
document.addEventListener("input", (event) => {
  if (event.target.matches("textarea[data-counter]")) count(event.target);
});
