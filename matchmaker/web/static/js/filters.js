// Filters take effect as they are chosen: <form data-autosubmit>. Without this script, and on a phone
// where one wants to choose several at once, there is a button.

const wide = window.matchMedia("(min-width: 62rem)");

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosubmit]");
  const atOnce = wide.matches || !form?.classList.contains("filters");
  // The search text waits for Enter; only choices act at once.
  if (form && atOnce && event.target.type !== "search" && event.target.type !== "text") form.requestSubmit();
});

// Empty parameters make addresses that nobody can read.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "get") return;
  const empty = [...event.target.elements].filter((field) => field.name && field.value === "" && !field.disabled);
  for (const field of empty) field.disabled = true;
  setTimeout(() => {
    for (const field of empty) field.disabled = false;
  });
});
