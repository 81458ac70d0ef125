// The list of time zones. <select data-zones> works without this script. With it, one field finds zones by city, country
// or offset, and offers the zone of the browser first. data-timezone on an empty list: the browser's zone is chosen.
// data-zones="country": the same for the list of countries.
// Options may name other keys of their zone in data-also, which browsers still report.
(() => {
  "use strict";

  const OFFSET = /^(?:utc|gmt)?\s*([+-]?)\s*(\d{1,2})(?::?([0-5]\d))?$/;
  const SHOWN = 60;
  const WORDS = {
    zone: {
      found: (n) => trMany("{n} time zone found", "{n} time zones found", n),
      list: tr("Time zones"),
      hint: tr("Search by city or offset"),
      none: tr("No time zone found. Try a larger city in the same zone, or an offset such as +3."),
    },
    country: {
      found: (n) => trMany("{n} country found", "{n} countries found", n),
      list: tr("Countries"),
      hint: tr("Search by name"),
      none: tr("No country found. Try another spelling of its name."),
    },
  };

  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("−", "-").replaceAll("_", " ").toLowerCase().trim();

  function element(tag, attributes) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  }

  // "+3", "3" and "UTC+03:00" mean UTC+3, and not UTC+3:30.
  function offsetIn(words) {
    const found = OFFSET.exec(words);
    if (!found) return "";
    const [, sign, hours, minutes] = found;
    const number = `${Number(hours)}${Number(minutes || 0) ? `:${minutes}` : ""}`;
    return number === "0" ? "utc" : `utc${sign || "+"}${number}`;
  }

  function matches(option, words) {
    const label = plain(option.textContent);
    const offset = offsetIn(words);
    if (offset) return label === offset || label.endsWith(`(${offset})`);
    const text = `${label} ${plain(option.value)} ${plain(option.dataset.also || "")}`;
    return words.split(/\s+/).every((word) => text.includes(word));
  }

  class Zones {
    constructor(select) {
      this.select = select;
      this.words = WORDS[select.dataset.zones || "zone"];
      this.options = [...select.options];
      this.empty = this.options.find((option) => !option.value);
      const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const names = (option) => [option.value, ...(option.dataset.also || "").split(" ")];
      this.here = here && this.options.find((option) => names(option).includes(here));
      if (this.here && "timezone" in select.dataset && !select.value) select.value = this.here.value;
      this.build();
      this.restore();
    }

    // The label, the help and the error stay with the field that people type in; the list goes along hidden.
    build() {
      const { select } = this;
      const { id } = select;
      this.entry = element("input", {
        type: "text", class: select.className.replace("form-select", "form-control"), id, autocomplete: "off",
        role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}_found`,
        placeholder: this.words.hint,
      });
      for (const name of ["aria-describedby", "aria-invalid", "aria-label"]) {
        if (select.hasAttribute(name)) this.entry.setAttribute(name, select.getAttribute(name));
      }
      select.id = `${id}_zone`;
      select.hidden = true;
      select.required = false;
      this.list = element("ul", { id: `${id}_found`, role: "listbox", "aria-label": this.words.list, hidden: "" });
      this.said = element("p", { class: "visually-hidden", role: "status" });
      const box = element("div", { class: "m-zones" });
      select.before(box);
      box.append(this.entry, this.list, this.said, select);
      this.entry.addEventListener("input", () => this.open());
      this.entry.addEventListener("click", () => this.list.hidden && this.open(""));
      this.entry.addEventListener("focus", () => this.entry.select());
      this.entry.addEventListener("keydown", (event) => this.key(event));
      this.entry.addEventListener("blur", () => this.leave());
      // Before the field loses the focus.
      this.list.addEventListener("mousedown", (event) => {
        event.preventDefault();
        const row = event.target.closest("[role=option]");
        if (row) this.choose(this.found[[...this.list.children].indexOf(row)]);
      });
      select.addEventListener("change", () => this.restore());
    }

    open(text = this.entry.value) {
      const words = plain(text);
      const rest = this.options.filter((option) => option.value && option !== this.here);
      this.found = [...(this.here ? [this.here] : []), ...rest].filter((option) => !words || matches(option, words));
      this.list.replaceChildren(...this.found.slice(0, SHOWN).map((option, number) => this.row(option, number)));
      this.list.hidden = !this.found.length;
      this.entry.setAttribute("aria-expanded", String(!this.list.hidden));
      this.mark(words && this.found.length ? 0 : -1);
      const number = this.found.length;
      this.said.textContent = number
        ? this.words.found(number)
        : this.words.none;
      this.said.classList.toggle("visually-hidden", number > 0);
    }

    row(option, number) {
      const row = element("li", { id: `${this.list.id}_${number}`, role: "option", "aria-selected": "false" });
      row.textContent = option.textContent;
      if (option === this.here) {
        const note = element("small", {});
        note.textContent = ` ${tr("on this device")}`;
        row.append(note);
      }
      return row;
    }

    mark(number) {
      this.at = number;
      [...this.list.children].forEach((row, place) => row.setAttribute("aria-selected", String(place === number)));
      const row = this.list.children[number];
      if (row) {
        this.entry.setAttribute("aria-activedescendant", row.id);
        row.scrollIntoView({ block: "nearest" });
      } else {
        this.entry.removeAttribute("aria-activedescendant");
      }
    }

    key(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        if (this.list.hidden) this.open("");
        const last = this.list.children.length - 1;
        this.mark(Math.max(0, Math.min(last, this.at + step)));
      } else if (event.key === "Enter" && !this.list.hidden) {
        event.preventDefault();
        if (this.at >= 0) this.choose(this.found[this.at]);
      } else if (event.key === "Escape" && !this.list.hidden) {
        event.preventDefault();
        this.restore();
      }
    }

    choose(option) {
      this.select.value = option.value;
      this.select.dispatchEvent(new Event("change", { bubbles: true }));
    }

    // What was typed and is one of them alone, or its whole name, is taken; nothing typed empties the field where it may be empty.
    leave() {
      const words = plain(this.entry.value);
      const whole = this.found?.length === 1 ? this.found[0] : this.found?.find((one) => plain(one.textContent) === words);
      if (!words && this.empty) this.choose(this.empty);
      else if (!this.list.hidden && whole) this.choose(whole);
      else this.restore();
    }

    restore() {
      const chosen = this.select.selectedOptions[0];
      this.entry.value = chosen?.value ? chosen.textContent : "";
      this.entry.placeholder = this.empty && !chosen?.value && !("timezone" in this.select.dataset) ? this.empty.textContent : this.words.hint;
      this.list.hidden = true;
      this.entry.setAttribute("aria-expanded", "false");
      this.entry.removeAttribute("aria-activedescendant");
      this.said.textContent = "";
      this.said.classList.add("visually-hidden");
    }
  }

  function prepare(root) {
    for (const select of root.querySelectorAll("select[data-zones]:not([hidden])")) new Zones(select);
  }

  document.addEventListener("DOMContentLoaded", () => prepare(document));
  document.addEventListener("htmx:load", (event) => prepare(event.target));
})();
