// The command palette: Ctrl+K or ⌘K, or the search link of the rail ([data-palette]).
// Arrows move between the field and the results, Enter opens the first result or the marked one; Escape closes it, and the
// focus goes back to where it was. Without scripts the link leads to the search page.
(() => {
  "use strict";

  const palette = document.getElementById("palette");
  if (!palette) return;
  const field = palette.querySelector("[type=search]");
  const links = () => [...palette.querySelectorAll(".m-found a")];

  function open() {
    if (palette.open) return;
    palette.showModal();
    field.select();
    field.dispatchEvent(new Event("open"));
  }

  function move(by) {
    const all = links();
    const here = all.indexOf(document.activeElement);
    const next = here + by;
    if (next < 0) field.focus();
    else all[Math.min(next, all.length - 1)]?.focus();
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    } else if (palette.open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette]") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      open();
    } else if (event.target === palette) palette.close(); // the backdrop
  });

  palette.querySelector("form").addEventListener("submit", (event) => {
    const [first] = links();
    if (!first) return;
    event.preventDefault();
    first.click();
  });
})();
