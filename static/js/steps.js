// A long form in steps on a phone. <form data-steps> with its parts in <section data-step>, each with a heading; what
// belongs to the first or the last step alone is in [data-step-start] and [data-step-end]. On a wide screen, and without
// this script, it stays one page.
// The step is in the address (#step-2), so that Back and reloading work. Continue checks what the step requires, with
// the words of data-missing, which are those of the server. What is typed is kept by drafts.js.
(() => {
  "use strict";

  const PHONE = window.matchMedia("(max-width: 767px)");

  function element(tag, attributes, text) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    if (text) made.textContent = text;
    return made;
  }

  // Scripts put other inputs in place of some: those carry the id and get the focus.
  const boxOf = (field) => field.closest('[id^="div_id_"]') ?? field.parentElement;
  const shownFieldOf = (field) =>
    field.type === "hidden" || field.hidden ? boxOf(field).querySelector("input:not([type=hidden]):not([hidden])") ?? field : field;

  class Steps {
    constructor(form) {
      this.form = form;
      this.sections = [...form.querySelectorAll("[data-step]")];
      this.start = form.querySelector("[data-step-start]");
      this.end = form.querySelector("[data-step-end]");
      this.count = element("p", { class: "m-wizard-count" });
      this.bar = element("progress", { class: "m-bar", max: this.sections.length, "aria-hidden": "true" });
      this.saved = element("p", { class: "m-wizard-saved" });
      this.next = element("button", { class: "btn btn-primary", type: "button" }, tr("Continue"));
      this.back = element("button", { class: "btn btn-secondary", type: "button" }, tr("Back"));
      this.foot = element("div", { class: "m-wizard-foot" });
      this.foot.append(this.saved, this.back, this.next);
      this.head = element("div", { class: "m-wizard-head" });
      this.head.append(this.count, this.bar);
      this.sections[0].before(this.head);
      this.end.after(this.foot);
      for (const section of this.sections) section.querySelector("h2").tabIndex = -1;
      this.listen();
      this.show(this.firstWithError() ?? this.inAddress());
    }

    listen() {
      this.next.addEventListener("click", () => this.goOn());
      this.back.addEventListener("click", () => this.goTo(this.step - 1));
      window.addEventListener("hashchange", () => this.show(this.inAddress(), true));
      PHONE.addEventListener("change", () => this.show(this.step));
      this.form.addEventListener("input", (event) => this.forgive(event.target));
      this.form.addEventListener("change", (event) => this.forgive(event.target));
      this.form.addEventListener("m:saved", () => this.tellSaved());
      // Enter in a field goes on, as the button does. Before others, who would take it for the form being sent.
      this.form.addEventListener("submit", (event) => {
        if (!PHONE.matches || this.step === this.sections.length - 1) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        this.goOn();
      }, { capture: true });
      // A link of the error summary opens the step of its field before it goes there.
      document.addEventListener("click", (event) => {
        const link = event.target.closest("[data-error-summary] a");
        const field = link && document.getElementById(link.hash.slice(1));
        const step = this.sections.findIndex((section) => section.contains(field));
        if (step >= 0 && PHONE.matches) this.show(step);
      }, { capture: true });
    }

    inAddress() {
      const found = /^#step-(\d+)$/.exec(location.hash);
      return found ? Math.min(Math.max(Number(found[1]) - 1, 0), this.sections.length - 1) : 0;
    }

    firstWithError() {
      const step = this.sections.findIndex((section) => section.querySelector(".is-invalid, .invalid-feedback"));
      return step >= 0 ? step : null;
    }

    show(step, moved = false) {
      this.step = step;
      const phone = PHONE.matches;
      const last = step === this.sections.length - 1;
      this.sections.forEach((section, n) => { section.hidden = phone && n !== step; });
      this.end.hidden = phone && !last;
      if (this.start) this.start.hidden = phone && step > 0;
      this.head.hidden = this.foot.hidden = !phone;
      this.back.hidden = step === 0;
      this.next.hidden = last;
      this.count.textContent = tr("Step {number} of {all}", { number: step + 1, all: this.sections.length });
      this.bar.value = step + 1;
      if (!moved || !phone) return;
      this.sections[step].querySelector("h2").focus({ preventScroll: true });
      this.head.scrollIntoView();
    }

    goTo(step) {
      location.hash = `step-${step + 1}`;
    }

    goOn() {
      const wrong = this.missing();
      for (const field of wrong) this.blame(field);
      if (wrong.length) {
        boxOf(wrong[0]).scrollIntoView();
        shownFieldOf(wrong[0]).focus({ preventScroll: true });
      } else {
        this.goTo(this.step + 1);
      }
    }

    missing() {
      const asked = this.sections[this.step].querySelectorAll("[data-missing]");
      const seen = new Set();
      return [...asked].filter((field) => {
        if (boxOf(field).hidden || field.disabled || seen.has(field.name)) return false;
        seen.add(field.name);
        if (field.type === "radio" || field.type === "checkbox") {
          return ![...this.form.elements].some((one) => one.name === field.name && one.checked);
        }
        return !field.value.trim() && !shownFieldOf(field).value.trim();
      });
    }

    blame(field) {
      const box = boxOf(field);
      if (box.querySelector("[data-step-error]")) return;
      const shown = shownFieldOf(field);
      const error = element("p", { class: "invalid-feedback d-block", id: `${field.name}-missing`, "data-step-error": "" });
      error.append(element("strong", {}, field.dataset.missing));
      box.append(error);
      shown.classList.add("is-invalid");
      shown.setAttribute("aria-invalid", "true");
      shown.setAttribute("aria-describedby", `${shown.getAttribute("aria-describedby") ?? ""} ${error.id}`.trim());
    }

    forgive(field) {
      const error = boxOf(field).querySelector("[data-step-error]");
      if (!error) return;
      const box = boxOf(field);
      for (const one of box.querySelectorAll(`[aria-describedby~="${error.id}"]`)) {
        one.classList.remove("is-invalid");
        one.removeAttribute("aria-invalid");
        one.setAttribute("aria-describedby", one.getAttribute("aria-describedby").replace(error.id, "").trim());
      }
      error.remove();
    }

    tellSaved() {
      const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      this.saved.textContent = tr("Saved on this phone at {time}", { time });
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const form of document.querySelectorAll("form[data-steps]")) new Steps(form);
  });
})();
