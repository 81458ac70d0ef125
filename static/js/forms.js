// Forms.
// data-repeat="prefix": rows of a formset that can be added and taken away. Inside it [data-repeat-rows], a <template>
// with one empty row (__prefix__ stands for its number), [data-repeat-add]; each row is a [data-repeat-row] with
// [data-repeat-remove] in it. data-repeat-max limits the number of rows.
// [data-error-summary]: what is wrong with the forms of the page. It gets the focus, and its links lead into the fields.
// data-slug-of="id of a field": a short name that follows the name in that field until it is typed by hand.
(() => {
  "use strict";

  function shortName(text) {
    const plain = text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replaceAll("ß", "ss").toLowerCase();
    return plain.replace(/[^a-z0-9_\s-]/g, "").trim().replace(/[\s-]+/g, "-").slice(0, 50);
  }

  for (const slug of document.querySelectorAll("[data-slug-of]")) {
    const name = document.getElementById(slug.dataset.slugOf);
    let follows = !slug.value;
    slug.addEventListener("input", () => { follows = !slug.value; });
    name?.addEventListener("input", () => { if (follows) slug.value = shortName(name.value); });
  }

  const shown = (box) => [...box.querySelectorAll("[data-repeat-row]:not([hidden])")];

  function refresh(box) {
    const add = box.querySelector("[data-repeat-add]");
    const max = Number(box.dataset.repeatMax) || Infinity;
    if (add) add.hidden = shown(box).length >= max;
  }

  function addRow(box) {
    const total = box.querySelector(`[name="${box.dataset.repeat}-TOTAL_FORMS"]`);
    const holder = document.createElement("template");
    holder.innerHTML = box.querySelector("template").innerHTML.replaceAll("__prefix__", total.value);
    const row = holder.content.firstElementChild;
    box.querySelector("[data-repeat-rows]").append(row);
    total.value = Number(total.value) + 1;
    window.htmx?.process(row);
    document.dispatchEvent(new CustomEvent("m:added", { detail: row }));
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  }

  // A row keeps its number in the form: one that the server knows is ticked for deletion, a new one is sent empty.
  function removeRow(row) {
    const box = row.closest("[data-repeat]");
    const mark = row.querySelector("input[name$='-DELETE']");
    if (mark) mark.checked = true;
    for (const field of row.querySelectorAll("input, select, textarea")) {
      field.required = false;
      if (!mark && field.type !== "hidden") field.value = "";
    }
    row.hidden = true;
    refresh(box);
    box.querySelector("[data-repeat-add]")?.focus();
  }

  document.addEventListener("click", (event) => {
    const add = event.target.closest("[data-repeat-add]");
    const remove = event.target.closest("[data-repeat-remove]");
    if (add) {
      const box = add.closest("[data-repeat]");
      addRow(box);
      refresh(box);
    } else if (remove) {
      removeRow(remove.closest("[data-repeat-row]"));
    }
  });

  function prepare(root) {
    for (const box of root.querySelectorAll("[data-repeat]")) {
      // Rows for browsers without scripts are not there for this one.
      if (box.querySelector("noscript")) {
        box.querySelector(`[name="${box.dataset.repeat}-TOTAL_FORMS"]`).value = box.querySelectorAll("[data-repeat-row]").length;
      }
      refresh(box);
      for (const button of box.querySelectorAll("[data-repeat-remove]")) button.hidden = false;
    }
  }

  // A link of the summary: the field itself gets the focus, in a part that is opened, with its label in view.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-error-summary] a");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    for (let part = field.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    (field.closest('fieldset, [id^="div_id_"]') ?? field).scrollIntoView();
    field.focus({ preventScroll: true });
  });

  document.addEventListener("DOMContentLoaded", () => document.querySelector("[data-error-summary]")?.focus());
  document.addEventListener("DOMContentLoaded", () => prepare(document));
  document.addEventListener("htmx:load", (event) => prepare(event.target));
})();
