// Rows that can be added and removed (IP rights, milestones). Without this script spare rows are shown.

function filled(row) {
  return [...row.querySelectorAll("input, textarea, select")].some((field) =>
    field.type === "checkbox" || field.type === "radio" ? field.checked : field.value.trim() !== "");
}

function addRow(group) {
  const index = group.dataset.next;
  group.dataset.next = String(Number(index) + 1);
  const copy = group.querySelector("template").content.cloneNode(true);
  for (const element of copy.querySelectorAll("*")) {
    for (const attribute of [...element.attributes]) {
      if (attribute.value.includes("__index__")) {
        element.setAttribute(attribute.name, attribute.value.replaceAll("__index__", index));
      }
    }
  }
  const row = copy.firstElementChild;
  group.querySelector("[data-repeat-rows]").append(row);
  return row;
}

function fold(group) {
  for (const row of group.querySelectorAll("[data-spare]")) {
    if (!filled(row) && !row.querySelector(".field-invalid")) row.remove();
  }
}

function changed(group) {
  group.dispatchEvent(new Event("input", { bubbles: true }));
}

document.querySelectorAll("[data-repeat]").forEach(fold);

document.addEventListener("htmx:afterSettle", (event) => event.target.querySelectorAll("[data-repeat]").forEach(fold));

document.addEventListener("click", (event) => {
  const group = event.target.closest("[data-repeat]");
  if (!group) return;
  if (event.target.closest("[data-repeat-add]")) {
    addRow(group).querySelector("input, select, textarea")?.focus();
  } else if (event.target.closest("[data-repeat-remove]")) {
    event.target.closest("[data-repeat-row]").remove();
    group.querySelector("[data-repeat-add]").focus();
    changed(group);
  }
});
