// The command palette: Ctrl+K or ⌘K, or the search link of the rail ([data-palette]).
// Arrows move between the field and the results, Enter opens the first result or the marked one; Escape closes it, and the
// focus goes back to where it was. Without scripts the link leads to the search page.
(() => {
  "use strict";

  const palette = document.getElementById("palette");
  if (!palette) return;
  const field = palette.querySelector("[type=search]");
  const links = () => [...palette.querySelectorAll(".m-found a")].filter((link) => link.offsetParent);
  const recent = palette.querySelector("[data-recent]");
  const STORE = `recent:${palette.dataset.reader}`;
  const MOST = 6;

  // What was opened lately is kept in this browser only, and forgotten as one signs out.
  function read() {
    try {
      return JSON.parse(localStorage.getItem(STORE)) || [];
    } catch {
      return [];
    }
  }

  function keep() {
    const title = document.querySelector(".m-page-head h1")?.textContent.trim();
    const of = [...document.querySelectorAll(".m-breadcrumb > a")].map((step) => step.textContent.trim()).join(" › ");
    const listed = [...document.querySelectorAll(".m-nav a")].some((link) => link.pathname === location.pathname);
    if (!title || !of || listed || document.querySelector("main .m-form")) return; // a form is no place to come back to
    const others = read().filter((one) => one.url !== location.pathname);
    try {
      localStorage.setItem(STORE, JSON.stringify([{ url: location.pathname, title, of }, ...others].slice(0, MOST)));
    } catch {
      // without storage nothing is recent
    }
  }

  function showRecent() {
    const all = read().filter((one) => one.url !== location.pathname);
    recent.hidden = !all.length || field.value !== "";
    recent.querySelector("ul").replaceChildren(
      ...all.map((one) => {
        const row = recent.querySelector("template").content.firstElementChild.cloneNode(true);
        row.querySelector("a").href = one.url;
        row.querySelector("span").textContent = one.title;
        row.querySelector("small").textContent = one.of;
        return row;
      }),
    );
  }

  function open() {
    if (palette.open) return;
    palette.showModal();
    field.select();
    showRecent();
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

  field.addEventListener("input", showRecent);
  keep();

  document.addEventListener("submit", (event) => {
    if (!(event.target.getAttribute("action") || "").endsWith("/logout/")) return;
    for (const key of Object.keys(localStorage)) if (key.startsWith("recent:")) localStorage.removeItem(key);
  });

  palette.querySelector("form").addEventListener("submit", (event) => {
    const [first] = links();
    if (!first) return;
    event.preventDefault();
    first.click();
  });
})();
