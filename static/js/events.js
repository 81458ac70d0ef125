// Speed mentoring: the timer of the live screen, and the print button. Without this the page says until when.
(() => {
  "use strict";

  // By the clock of the server: it said how many seconds were left when it wrote the page.
  const ends = new WeakMap();

  const tick = () => {
    for (const timer of document.querySelectorAll("[data-seconds]")) {
      if (!ends.has(timer)) ends.set(timer, performance.now() + Number(timer.dataset.seconds) * 1000);
      const left = Math.max(Math.ceil((ends.get(timer) - performance.now()) / 1000), 0);
      const shown = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      if (timer.textContent !== shown) timer.textContent = shown;
      timer.classList.toggle("m-live-soon", left <= 60);
    }
  };
  tick();
  setInterval(tick, 250);
  document.addEventListener("htmx:afterSettle", tick);

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
})();
