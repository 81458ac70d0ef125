// Lists: choose rows, filters that apply at once, and keys.
// data-select-all="name": a checkbox that ticks every checkbox of that name in its form; the form's .m-bulkbar
// shows while something is ticked, with the number in [data-selected-count].
// data-autosubmit on a GET form: sends it when a filter changes; [data-autosubmit-hide] (the button) is then not needed.
// Keys: j and k move from row to row, Enter opens the one that has the focus (its link), x ticks it, / goes to the search.
// [data-keys] is the switch that turns letters off in this browser; the matching board has its own keys, and the same switch.
(() => {
  "use strict";

  const boxes = (all) => [...document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(all.dataset.selectAll)}"]`)]
    .filter((box) => box !== all && box.form === all.form);

  function show(all) {
    const rows = boxes(all);
    const ticked = rows.filter((box) => box.checked).length;
    rows.forEach((box) => box.closest("tr")?.classList.toggle("m-current", box.checked));
    all.checked = ticked > 0 && ticked === rows.length;
    all.indeterminate = ticked > 0 && ticked < rows.length;
    const bar = all.form?.querySelector(".m-bulkbar") || document.querySelector(".m-bulkbar");
    if (!bar) return;
    bar.hidden = ticked === 0;
    for (const count of bar.querySelectorAll("[data-selected-count]")) count.textContent = ticked;
  }

  function prepare(root) {
    for (const all of root.querySelectorAll("[data-select-all]")) {
      boxes(all).forEach((box) => { box.dataset.select = ""; });
      show(all);
    }
    for (const button of root.querySelectorAll("[data-autosubmit] [data-autosubmit-hide]")) button.hidden = true;
  }

  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.dataset.selectAll) {
      boxes(box).forEach((row) => { row.checked = box.checked; });
      show(box);
    } else if (box.type === "checkbox") {
      for (const all of document.querySelectorAll("[data-select-all]")) {
        if (all.dataset.selectAll === box.name && all.form === box.form) show(all);
      }
    }
    if (box.form?.hasAttribute("data-autosubmit") && box.type !== "search") box.form.requestSubmit();
  });

  // Empty filters stay out of the address, so that it is short enough to share.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.hasAttribute("data-autosubmit")) return;
    const empty = [...form.elements].filter((field) => field.name && field.value === "" && !field.disabled && field.type !== "submit");
    for (const field of empty) field.disabled = true;
    setTimeout(() => { for (const field of empty) field.disabled = false; });
  });

  // Storage may be refused: then the keys are on, and the switch lasts for this page.
  function keysAre(change) {
    try {
      if (change) localStorage.setItem("board-keys", change);
      return localStorage.getItem("board-keys") || "on";
    } catch {
      return "on";
    }
  }

  function move(by) {
    const links = [...document.querySelectorAll("main .m-table > tbody > tr")]
      .map((row) => row.querySelector("th a") || row.querySelector("a")).filter((link) => link?.offsetParent);
    const here = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
    links[Math.max(0, Math.min(here + by, links.length - 1))]?.focus();
    return links.length;
  }

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    x: () => {
      const box = document.activeElement.closest("main tr")?.querySelector("[data-select]");
      box?.click();
      return box;
    },
    "/": () => {
      const field = document.querySelector("main [type=search]");
      field?.select();
      return field;
    },
  };

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (!keys[key] || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || keysAre() !== "on") return;
    if (document.querySelector("dialog[open], #board")) return;
    if (target.closest("input:not([type=checkbox], [type=radio]), select, textarea, .m-menu, [contenteditable]")) return;
    if (keys[key]()) event.preventDefault();
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-keys]")) keysAre(event.target.checked ? "on" : "off");
  });

  document.addEventListener("DOMContentLoaded", () => {
    for (const box of document.querySelectorAll("[data-keys]")) box.checked = keysAre() === "on";
  });
  document.addEventListener("DOMContentLoaded", () => prepare(document));
  document.addEventListener("htmx:load", (event) => prepare(event.target));
  window.addEventListener("pageshow", (event) => { if (event.persisted) prepare(document); });
})();
