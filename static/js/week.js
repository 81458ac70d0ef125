// The grid of the week in sign-up forms. [data-week="name"] is a table of checkboxes that works without this script. With it:
// a mouse paints by dragging, a finger after holding for a moment, so that the page still scrolls; heads mark a row or a
// column; the table is one tab stop, arrows move, Shift with an arrow paints, Space marks; presets, undo, and a summary.
(() => {
  "use strict";

  const HOLD = 250; // milliseconds until a finger paints
  const STILL = 10; // pixels that a finger may move meanwhile
  const PRESETS = {
    office: (day, hour) => day < 5 && hour >= 8 && hour < 18,
    evenings: (day, hour) => day < 5 && hour >= 18 && hour < 22,
    weekends: (day, hour) => day >= 5 && hour >= 8 && hour < 20,
  };
  const begin = (box) => Number(box.value.split("-")[0]);

  class Week {
    constructor(area) {
      this.area = area;
      this.form = area.closest("form");
      this.boxes = [...area.querySelectorAll(`input[name="${area.dataset.week}"]`)];
      this.rows = [...area.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("input")]);
      this.past = [];
      for (const tools of area.querySelectorAll("[data-week-tools]")) tools.hidden = false;
      this.undoButton = area.querySelector("[data-week-undo]");
      this.prepareHeads();
      this.prepareKeys();
      this.preparePainting();
      area.addEventListener("click", (event) => this.press(event));
      area.addEventListener("change", () => this.sum());
      this.zone = this.form?.querySelector('select[name="time_zone"]');
      this.zone?.addEventListener("change", () => this.nameZone());
      this.nameZone();
      this.sum();
    }

    cell(target) {
      const box = target?.closest?.(".m-week-cell")?.querySelector("input");
      return box && this.area.contains(box) ? box : null;
    }

    remember() {
      this.past.push(this.boxes.map((box) => box.checked));
      this.undoButton.disabled = false;
    }

    // Forms keep drafts when something in them changes.
    tell() {
      this.area.dispatchEvent(new Event("change", { bubbles: true }));
    }

    mark(boxes, to = !boxes.every((box) => box.checked)) {
      this.remember();
      for (const box of boxes) box.checked = to;
      this.tell();
    }

    press(event) {
      const button = event.target.closest("button");
      if (!button) return;
      const wanted = PRESETS[button.dataset.weekPreset];
      if (wanted) {
        this.mark(this.boxes.filter((box) => wanted(Math.floor(begin(box) / 24), begin(box) % 24)));
      } else if ("weekClear" in button.dataset) {
        this.mark(this.boxes, false);
      } else if (button === this.undoButton && this.past.length) {
        this.past.pop().forEach((checked, at) => { this.boxes[at].checked = checked; });
        button.disabled = !this.past.length;
        this.tell();
      }
    }

    prepareHeads() {
      for (const head of this.area.querySelectorAll("th")) {
        const button = document.createElement("button");
        button.type = "button";
        button.tabIndex = -1; // the cells are within reach of every key
        button.className = "m-week-head";
        button.append(...head.childNodes);
        head.append(button);
        button.addEventListener("click", () => {
          const at = head.cellIndex - 1;
          const column = head.scope === "col";
          this.mark(column ? this.rows.filter((row) => row[at].offsetParent).map((row) => row[at]) : [...head.parentElement.querySelectorAll("input")]);
        });
      }
    }

    prepareKeys() {
      const focus = (box) => {
        for (const row of this.rows) for (const one of row) one.tabIndex = one === box ? 0 : -1;
      };
      focus(this.rows[0][0]);
      this.area.addEventListener("focusin", (event) => { if (this.cell(event.target)) focus(event.target); });
      this.area.addEventListener("keydown", (event) => {
        const box = this.cell(event.target);
        const [down, right] = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key] ?? [0, 0];
        if (!box || (!down && !right)) return;
        event.preventDefault();
        const seen = this.rows.filter((row) => row[0].offsetParent);
        const row = seen.findIndex((boxes) => boxes.includes(box));
        const next = seen[row + down]?.[seen[row].indexOf(box) + right];
        if (!next) return;
        if (event.shiftKey && next.checked !== box.checked) this.mark([next], box.checked);
        next.focus();
      });
    }

    preparePainting() {
      let paint = null; // what cells become while somebody paints
      let timer = null;
      let start = null;
      let swallow = false; // the click that ends a stroke

      const touch = (box) => {
        if (box && paint !== null && box.checked !== paint) {
          box.checked = paint;
          this.tell();
        }
      };
      const begins = (box) => {
        this.remember();
        paint = !box.checked;
        swallow = true;
        touch(box);
        box.focus({ preventScroll: true });
      };
      const ends = () => {
        clearTimeout(timer);
        timer = paint = null;
        setTimeout(() => { swallow = false; });
      };

      this.area.addEventListener("pointerdown", (event) => {
        const box = this.cell(event.target);
        if (!box || event.button) return;
        swallow = false;
        if (event.pointerType === "mouse") {
          event.preventDefault();
          begins(box);
        } else {
          start = [event.clientX, event.clientY];
          timer = setTimeout(() => begins(box), HOLD);
        }
      });
      document.addEventListener("pointermove", (event) => {
        if (paint !== null) touch(this.cell(document.elementFromPoint(event.clientX, event.clientY)));
        else if (timer && Math.hypot(event.clientX - start[0], event.clientY - start[1]) > STILL) ends();
      });
      this.area.addEventListener("touchmove", (event) => { if (paint !== null) event.preventDefault(); }, { passive: false });
      this.area.addEventListener("contextmenu", (event) => { if (paint !== null) event.preventDefault(); });
      document.addEventListener("pointerup", ends);
      document.addEventListener("pointercancel", ends);
      this.area.addEventListener("click", (event) => {
        if (!this.cell(event.target)) return;
        if (swallow && event.detail) event.preventDefault();
        else if (event.target.matches("input")) this.past.push(this.boxes.map((box) => (box === event.target ? !box.checked : box.checked)));
        this.undoButton.disabled = !this.past.length;
      });
    }

    nameZone() {
      const chosen = this.zone?.selectedOptions[0];
      this.area.querySelector("[data-week-zone]").textContent = chosen?.value ? `: ${chosen.textContent}` : "";
    }

    sum() {
      const hours = new Set();
      for (const box of this.boxes) {
        if (box.checked) for (let hour = begin(box); hour < Number(box.value.split("-")[1]); hour += 1) hours.add(hour);
      }
      const said = this.area.dataset.weekDays.split(" ").flatMap((name, day) => {
        const ranges = [];
        for (let hour = day * 24; hour < day * 24 + 24; hour += 1) {
          if (!hours.has(hour)) continue;
          if (ranges.at(-1)?.[1] === hour) ranges.at(-1)[1] += 1;
          else ranges.push([hour, hour + 1]);
        }
        const clock = (hour) => `${String(hour - day * 24).padStart(2, "0")}:00`;
        return ranges.length ? [`${name} ${ranges.map(([from, to]) => `${clock(from)}–${clock(to)}`).join(tr(" and "))}`] : [];
      });
      const line = this.area.querySelector("[data-week-sum]");
      line.hidden = false;
      line.textContent = hours.size
        ? `${trMany("{n} hour a week", "{n} hours a week", hours.size)}: ${said.join(" · ")}`
        : tr("No times marked yet.");
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const area of document.querySelectorAll("[data-week]")) new Week(area);
  });
})();
