// The topics chooser. <input data-chips data-suggestions="id-of-json-script or [\"R\", ...]" data-max="8">
// The input holds words separated by commas, one with a comma of its own in quotation marks, without this script too. Here the words become chips to take
// away, what is suggested becomes chips to add, and one field takes a word of your own (Enter or comma adds it).
// With data-suggest-url the server is asked for more (?q=) while somebody types; arrow down goes to what is offered.
(() => {
  "use strict";

  const SHOWN = 12;
  const PAUSE = 200; // milliseconds without a key before the server is asked

  // What is in brackets or quotation marks stays together: Imaging (MRI, EEG) is one word, and so is "Energy, carbon".
  // As cohorts/signup_form/topic_names.py splits and joins them.
  const QUOTED = /^\s*(?:"((?:[^"]|"")+)"|[“„]([^“„”]+)[”“])\s*$/;
  const PARTS = /\s*(?:"(?:[^"]|"")+"|[“„][^“„”]+[”“])\s*(?=[,;]|$)|(?:\([^()]*\)|[^,;])+/g;
  const bare = (part) => {
    const [, straight, curly] = part.match(QUOTED) ?? [];
    return (straight?.replaceAll('""', '"') ?? curly ?? part).trim();
  };
  const split = (text) => (text.match(PARTS) ?? []).map(bare);
  const joined = (words) => words.map((word) => (split(word)[0] === word ? word : `"${word.replaceAll('"', '""')}"`)).join(", ");

  function element(tag, attributes, text) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    if (text) made.textContent = text;
    return made;
  }

  function suggestions(input) {
    const given = input.dataset.suggestions || "[]";
    const block = given.trimStart().startsWith("[") ? null : document.getElementById(given.replace(/^#/, ""));
    try {
      return JSON.parse(block ? block.textContent : given);
    } catch {
      return [];
    }
  }

  class Chooser {
    constructor(input) {
      this.input = input;
      this.max = Number(input.dataset.max) || Infinity;
      this.known = suggestions(input);
      this.url = input.dataset.suggestUrl;
      this.found = [];
      this.words = [];
      this.required = input.required;
      this.build();
      for (const word of split(input.value)) this.add(word);
      this.show();
    }

    // The label, the help and the error stay with the field that people type in; the input of the form goes along hidden.
    build() {
      const { input } = this;
      const id = input.id;
      const label = input.labels?.[0]?.textContent.replace("*", "").trim() || tr("Words");
      this.entry = element("input", { type: "text", class: input.className, id, autocomplete: "off", placeholder: tr("Add your own") });
      for (const name of ["aria-describedby", "aria-invalid", "aria-label"]) {
        if (input.hasAttribute(name)) this.entry.setAttribute(name, input.getAttribute(name));
      }
      input.id = `${id}_words`;
      input.type = "hidden";
      this.chosen = element("ul", { "aria-label": tr("{label}: chosen", { label }) });
      this.offered = element("ul", { "aria-label": tr("{label}: suggestions", { label }) });
      this.said = element("p", { class: "visually-hidden", role: "status" });
      const box = element("div", { class: "m-chooser" });
      box.append(this.chosen, this.entry, this.offered, this.said);
      input.before(box);
      box.addEventListener("keydown", (event) => this.move(event));
      this.entry.addEventListener("keydown", (event) => this.key(event));
      this.entry.addEventListener("input", () => this.typed());
      box.addEventListener("focusout", (event) => {
        if (!box.contains(event.relatedTarget)) this.take();
      });
      this.chosen.addEventListener("click", (event) => this.clicked(event, (word) => this.remove(word)));
      this.offered.addEventListener("click", (event) => this.clicked(event, (word) => {
        this.entry.value = "";
        this.add(word);
        this.forget();
        this.show();
        this.entry.focus();
      }));
    }

    // The arrows go through what is offered, Escape back to the field.
    move(event) {
      const chips = [...this.offered.querySelectorAll("button")];
      const at = chips.indexOf(document.activeElement);
      if (at < 0 && document.activeElement !== this.entry) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key] || (at >= 0 && { ArrowRight: 1, ArrowLeft: -1, Escape: -at - 1 }[event.key]);
      const next = step && (chips[at + step] || (at + step < 0 && this.entry));
      if (!next || next === document.activeElement) return;
      event.preventDefault();
      next.focus();
    }

    // One question at a time: an answer to fewer letters never comes after that to more.
    ask() {
      this.stop();
      const typed = this.entry.value.trim();
      if (!this.url || !typed) return;
      this.timer = setTimeout(async () => {
        this.request = new AbortController();
        try {
          const answer = await fetch(`${this.url}?q=${encodeURIComponent(typed)}`, { signal: this.request.signal });
          this.found = answer.ok ? await answer.json() : [];
        } catch {
          return; // away, or overtaken: one can go on typing
        }
        if (this.offered.contains(document.activeElement)) return; // somebody is choosing
        this.show();
        const number = this.offered.children.length;
        this.said.textContent = number
          ? trMany("{n} suggestion, arrow down to choose", "{n} suggestions, arrow down to choose", number)
          : "";
      }, PAUSE);
    }

    stop() {
      clearTimeout(this.timer);
      this.request?.abort();
    }

    forget() {
      this.stop();
      this.found = [];
    }

    clicked(event, act) {
      const chip = event.target.closest("button");
      if (chip) act(chip.dataset.word);
    }

    key(event) {
      if (event.key === "Enter" && this.entry.value.trim()) {
        event.preventDefault();
        this.take();
      } else if (event.key === "Backspace" && !this.entry.value && this.words.length) {
        this.remove(this.words.at(-1));
      }
    }

    typed() {
      // A comma or semicolon ends a word, but not within brackets or quotation marks.
      const open = /\([^()]*\)?|^\s*"(?:[^"]|"")*"?|^\s*[“„][^“„”]*[”“]?/g;
      if (/[,;]/.test(this.entry.value.replace(open, ""))) this.take();
      else this.show();
      this.ask();
    }

    take() {
      for (const word of split(this.entry.value)) this.add(word);
      this.entry.value = "";
      this.forget();
      this.show();
    }

    add(word) {
      const clean = word.trim().replace(/\s+/g, " ");
      const same = (other) => other.toLowerCase() === clean.toLowerCase();
      if (!clean || this.words.some(same) || this.words.length >= this.max) return;
      this.words.push([...this.known, ...this.found].find(same) || clean);
      this.said.textContent = tr("{word} added", { word: clean });
    }

    remove(word) {
      this.words = this.words.filter((other) => other !== word);
      this.show();
      this.said.textContent = tr("{word} removed", { word });
      this.entry.focus();
    }

    chip(word, on) {
      const item = element("li", {});
      const button = element("button", { type: "button", class: on ? "m-chip m-chip-on" : "m-chip m-chip-new" });
      button.dataset.word = word;
      button.setAttribute("aria-label", on ? tr("Remove {word}", { word }) : tr("Add {word}", { word }));
      button.append(element("span", {}, on ? word : `+ ${word}`));
      if (on) button.append(element("span", { "aria-hidden": "true" }, "×"));
      item.append(button);
      return item;
    }

    show() {
      const typed = this.entry.value.trim().toLowerCase();
      const full = this.words.length >= this.max;
      const fitting = this.known.filter((word) => word.toLowerCase().includes(typed));
      // The server also finds a topic by a name that was merged into it, so its answers need not hold what was typed.
      const free = [...new Set([...(typed ? this.found : []), ...fitting])].filter((word) => !this.words.includes(word));
      this.chosen.replaceChildren(...this.words.map((word) => this.chip(word, true)));
      this.offered.replaceChildren(...(full ? [] : free.slice(0, SHOWN)).map((word) => this.chip(word, false)));
      this.input.value = joined(this.words);
      this.entry.required = this.required && this.words.length === 0;
      this.entry.disabled = full;
      this.input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  function prepare(root) {
    for (const input of root.querySelectorAll("input[data-chips]:not([type=hidden])")) new Chooser(input);
  }

  document.addEventListener("DOMContentLoaded", () => prepare(document));
  document.addEventListener("htmx:load", (event) => prepare(event.target));
  document.addEventListener("m:added", (event) => prepare(event.detail));
})();
