// The matching board: arrow keys walk through the rows, and a chosen row brings its reasons into view.
(() => {
  "use strict";

  const links = () => [...document.querySelectorAll("#board [data-board-row]")];

  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = links();
    const at = all.indexOf(document.activeElement);
    if (!step || at < 0 || !all[at + step]) return;
    event.preventDefault();
    all[at + step].focus();
  });

  // The board was replaced: the focus stays on the row, and on a phone the panel below the list is shown.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "board" && !event.target.querySelector?.("#board")) return;
    const current = links().find((link) => link.hasAttribute("aria-current"));
    current?.focus({ preventScroll: true });
    const why = document.getElementById("why");
    if (why && why.getBoundingClientRect().top > window.innerHeight * 0.8) why.scrollIntoView();
  });
})();
