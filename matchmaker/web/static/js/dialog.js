// Opens native dialogs from links with data-dialog; without this script the link leads to a page.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (!(dialog instanceof HTMLDialogElement) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    dialog.showModal();
    return;
  }
  const dialog = event.target.closest("dialog");
  const onBackdrop = event.target === dialog;
  if (!dialog || !(onBackdrop || event.target.closest("[data-close]"))) return;
  // What closes it may be a link, for those without this script.
  event.preventDefault();
  dialog.close();
});

// A form that was refused: its dialog comes open with the page, and is made modal.
for (const dialog of document.querySelectorAll("dialog[open]")) {
  dialog.close();
  dialog.showModal();
}
