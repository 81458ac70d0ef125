// Drafts: what somebody types is kept in this browser until it has arrived.
// data-draft-key="…" on a form keeps it under that key; data-draft-fresh says that the page holds newer words already.
// data-draft="tab" on a field keeps it for this tab only. [data-draft-done="prefix"] on a later page forgets it.
// data-once on a form: a second click on its button sends nothing.
// data-shown-if="name" data-shown-value="value" on a field: asked only where the other field has that value.
(() => {
  "use strict";

  const DAYS = 30;
  const PREFIX = "draft:";
  const storeOf = (field) => (field.dataset.draft === "tab" ? sessionStorage : localStorage);

  function fieldsOf(form) {
    return [...form.elements].filter(
      (f) =>
        f.name && !f.disabled && (f.dataset.chips !== undefined || !["hidden", "file", "submit", "button", "password"].includes(f.type))
    );
  }

  function save(form) {
    const kept = new Map([[localStorage, {}], [sessionStorage, {}]]);
    for (const field of fieldsOf(form)) {
      const box = kept.get(storeOf(field));
      if (field.type === "checkbox" || field.type === "radio") {
        box[field.name] ??= [];
        if (field.checked) box[field.name].push(field.value);
      } else {
        box[field.name] = [field.value];
      }
    }
    for (const [store, values] of kept) {
      if (Object.keys(values).length) store.setItem(PREFIX + form.dataset.draftKey, JSON.stringify({ at: Date.now(), values }));
    }
    form.dispatchEvent(new CustomEvent("m:saved"));
  }

  function read(store, key) {
    try {
      const kept = JSON.parse(store.getItem(PREFIX + key));
      return kept && Date.now() - kept.at < DAYS * 864e5 ? kept.values : null;
    } catch {
      return null;
    }
  }

  function restore(form) {
    let changed = false;
    for (const store of [localStorage, sessionStorage]) {
      const values = read(store, form.dataset.draftKey);
      if (!values) continue;
      for (const field of fieldsOf(form)) {
        if (storeOf(field) !== store || !(field.name in values)) continue;
        const kept = values[field.name];
        if (field.type === "checkbox" || field.type === "radio") {
          changed ||= field.checked !== kept.includes(field.value);
          field.checked = kept.includes(field.value);
        } else if (kept[0] && field.value !== kept[0]) {
          field.value = kept[0];
          changed = true;
        }
      }
    }
    if (changed) tell(form);
  }

  function tell(form) {
    const note = document.createElement("div");
    note.className = "m-note m-note-good";
    note.setAttribute("role", "status");
    note.append(`${tr("We kept what you had typed here.")} `);
    const forget = document.createElement("button");
    forget.type = "button";
    forget.className = "btn btn-sm btn-secondary";
    forget.textContent = tr("Forget it");
    forget.addEventListener("click", () => {
      forgetAll(form.dataset.draftKey);
      location.reload();
    });
    note.append(forget);
    form.prepend(note);
  }

  function forgetAll(prefix) {
    for (const store of [localStorage, sessionStorage]) {
      for (const key of Object.keys(store)) if (key.startsWith(PREFIX + prefix)) store.removeItem(key);
    }
  }

  function valueOf(form, name) {
    return fieldsOf(form)
      .concat([...form.elements].filter((f) => f.name === name && f.disabled))
      .filter((f) => f.name === name)
      .flatMap((f) => (f.type === "checkbox" || f.type === "radio" ? (f.checked ? [f.value] : []) : [f.value]));
  }

  function showAsked(form) {
    const conditions = new Map(); // by box: the name of a field may be longer, since a question may have several inputs
    for (const field of form.querySelectorAll("[data-shown-if]")) {
      const box = field.closest('[id^="div_id_"]');
      if (box) conditions.set(box, field.dataset);
    }
    // By what a question depends on, wherever the two are on the page.
    function isAsked(box, above = []) {
      const condition = conditions.get(box);
      if (!condition || above.includes(box)) return true;
      const parent = document.getElementById(`div_id_${condition.shownIf}`);
      return valueOf(form, condition.shownIf).includes(condition.shownValue) && isAsked(parent, [...above, box]);
    }
    for (const box of conditions.keys()) box.hidden = !isAsked(box);
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const done of document.querySelectorAll("[data-draft-done]")) forgetAll(done.dataset.draftDone);
    for (const form of document.querySelectorAll("form[data-draft-key]")) {
      if (!("draftFresh" in form.dataset)) restore(form);
      let timer;
      form.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(() => save(form), 300);
      });
      form.addEventListener("change", () => save(form));
    }
    for (const form of document.querySelectorAll("form")) {
      if (!form.querySelector("[data-shown-if]")) continue;
      showAsked(form);
      form.addEventListener("change", () => showAsked(form));
    }
    for (const form of document.querySelectorAll("form[data-once]")) {
      form.addEventListener("submit", (event) => {
        if (form.dataset.sent) event.preventDefault();
        form.dataset.sent = "yes";
      });
    }
  });
  // Back from the next page: the button works again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
  });
})();
