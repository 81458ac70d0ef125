// Native dialogs and menus.
// data-confirm="dialog-id" on a form or a submit button: asks before it submits.
// data-open="dialog-id" on a button: opens a dialog.
(() => {
  "use strict";

  const confirmed = new WeakSet();

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    const id = button?.dataset.confirm || form.dataset.confirm;
    const dialog = id && document.getElementById(id);
    if (!dialog || confirmed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const count = dialog.querySelector("[data-confirm-count]");
    if (count) {
      const selected = form.querySelectorAll("[data-select]:checked").length;
      count.hidden = selected === 0;
      count.textContent = `${selected} selected.`;
    }
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "confirm") {
        button?.focus();
        return;
      }
      confirmed.add(form);
      form.requestSubmit(button);
    }, { once: true });
    dialog.showModal();
  }, true);

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open)?.showModal();
    for (const menu of document.querySelectorAll(".m-menu[open], .m-top-menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest(".m-menu[open], .m-top-menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
