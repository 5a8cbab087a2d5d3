// Pointing at a marked span lights up its partner in the other text.

function partners(mark) {
  const scope = mark.closest("[data-marks]") ?? document;
  return [...scope.querySelectorAll("[data-mark]")].filter((other) => other.dataset.mark === mark.dataset.mark);
}

function light(target, on) {
  const mark = target.closest?.("[data-mark]");
  if (mark) for (const partner of partners(mark)) partner.classList.toggle("mark-on", on);
}

for (const name of ["pointerover", "focusin"]) {
  document.addEventListener(name, (event) => light(event.target, true));
}
for (const name of ["pointerout", "focusout"]) {
  document.addEventListener(name, (event) => light(event.target, false));
}

document.addEventListener("click", (event) => {
  const mark = event.target.closest("[data-mark]");
  if (!mark) return;
  if (event.target.closest("a")) event.preventDefault();
  const partner = partners(mark).find((other) => other !== mark && !other.parentElement.contains(mark));
  partner?.scrollIntoView({ block: "nearest", behavior: "auto" });
});
