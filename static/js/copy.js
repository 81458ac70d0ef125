// Copy a link or a text.
// data-copy: a read-only field that is selected by a click.
// data-copies="id of a field": a button that copies what the field holds, and says so for a moment.
(() => {
  "use strict";

  const SAID = 2000;

  async function copy(field) {
    field.select();
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(field.value);
      return true;
    }
    return document.execCommand("copy"); // pages without a secure connection have no other way
  }

  const heard = document.createElement("p");
  heard.className = "visually-hidden";
  heard.setAttribute("role", "status");
  document.body.append(heard);

  function say(button, words) {
    if (!button.dataset.words) button.dataset.words = button.innerHTML;
    button.textContent = words;
    heard.textContent = words;
    setTimeout(() => { button.innerHTML = button.dataset.words; heard.textContent = ""; }, SAID);
  }

  document.addEventListener("click", async (event) => {
    event.target.closest("[data-copy]")?.select();
    const button = event.target.closest("[data-copies]");
    const field = button && document.getElementById(button.dataset.copies);
    if (!field) return;
    const done = await copy(field).catch(() => false);
    say(button, done ? "Copied" : "Press Ctrl+C or ⌘C");
  });
})();
