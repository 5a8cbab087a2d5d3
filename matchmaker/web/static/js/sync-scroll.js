// Panes with the same data-sync-scroll scroll together, in proportion to their length.

function ratio(pane) {
  const range = pane.scrollHeight - pane.clientHeight;
  return range > 0 ? pane.scrollTop / range : 0;
}

let leader = null;
let release = 0;

function follow(pane) {
  if (leader && leader !== pane) return;
  leader = pane;
  clearTimeout(release);
  release = setTimeout(() => { leader = null; }, 120);
  const at = ratio(pane);
  for (const other of document.querySelectorAll(`[data-sync-scroll="${CSS.escape(pane.dataset.syncScroll)}"]`)) {
    if (other !== pane) other.scrollTop = at * (other.scrollHeight - other.clientHeight);
  }
}

document.addEventListener("scroll", (event) => {
  if (event.target instanceof HTMLElement && event.target.dataset.syncScroll) follow(event.target);
}, { capture: true, passive: true });
