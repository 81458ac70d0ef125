// The matching board: keys on a row, dragging a mentor onto another row, the dialog that tells what a change costs,
// and the news of what others changed. Everything works without it too, by links and forms.
(() => {
  "use strict";

  const rows = () => [...document.querySelectorAll("#board tr[data-mentee]")];
  const linkOf = (row) => row?.querySelector("[data-board-row]");
  const dialog = () => document.getElementById("change-dialog");
  let picked = null; // the row that a swap begins with
  let last = null; // the mentee whose row had the focus
  let sent = 0; // when the request left that is still on its way
  let saving = false; // whether that request makes a change
  let waiting = null; // what a key asked for while the board was brought up to date
  let late = false; // others changed something while we were busy

  const underWay = () => Date.now() - sent < 10000;

  const say = (text) => {
    const place = document.getElementById("board-said");
    if (place) place.textContent = text;
  };

  // --- a change, with its cost first ---

  const show = (url) => window.htmx.ajax("GET", url, { target: "#change-body", select: "#change", swap: "innerHTML" });

  const swap = (one, other) => {
    const form = one.querySelector(".m-row-menu form") || other.querySelector(".m-row-menu form");
    drop();
    if (!form) return;
    const query = new URLSearchParams({
      do: "swap",
      mentee: one.dataset.mentee,
      mentor: one.dataset.mentor || 0,
      other: other.dataset.mentee,
      theirs: other.dataset.mentor || 0,
      back: form.elements.back.value,
    });
    show(`${form.getAttribute("action")}?${query}`);
  };

  const pick = (row) => {
    picked = row;
    row.classList.add("m-picked");
    say(`“${row.dataset.name}” is picked up. Go to another row and press s to swap their mentors, Escape to drop it.`);
  };

  const drop = () => {
    for (const row of rows()) row.classList.remove("m-picked", "m-over");
    picked = null;
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-change]");
    if (link && dialog()) {
      event.preventDefault();
      show(link.href);
    }
    if (event.target.closest("[data-close]") && dialog()?.open) {
      event.preventDefault();
      dialog().close();
    }
    const copy = event.target.closest("[data-copy]");
    if (copy) copy.select();
  });

  // --- the keyboard ---

  // A key that falls into a refresh is kept until the new rows are there; while a change is saved it is refused aloud,
  // because it may be the same key pressed twice.
  const whenFree = (act) => {
    if (!underWay()) act();
    else if (saving) say("The last change is still being saved.");
    else waiting = act;
  };

  const press = ({ dataset: { mentee } }, ...values) => whenFree(() => {
    const row = rows().find((r) => r.dataset.mentee === mentee);
    const button = values.map((v) => row?.querySelector(`.m-row-menu button[value=${v}]`)).find(Boolean);
    if (button) button.click();
    else say("That is not possible for this row.");
  });

  const keys = {
    ArrowDown: (row, all) => linkOf(all[all.indexOf(row) + 1])?.focus(),
    ArrowUp: (row, all) => linkOf(all[all.indexOf(row) - 1])?.focus(),
    s: (row) => (picked && picked !== row ? swap(picked, row) : picked ? drop() : pick(row)),
    l: (row) => press(row, "free", "lock"),
    f: (row) => press(row, "forbid"),
    d: (row) => press(row, "hold"),
    c: (row) => row.querySelector("[data-compare]")?.click(),
    u: () => whenFree(() => document.getElementById("undo")?.requestSubmit()),
    Escape: () => {
      drop();
      say("Dropped.");
    },
  };

  document.addEventListener("keydown", (event) => {
    const link = event.target.closest?.("[data-board-row]");
    if (!link || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key](link.closest("tr"), rows());
  });

  // --- dragging ---

  document.addEventListener("dragstart", (event) => {
    const from = event.target.closest?.("[data-drag]");
    if (!from) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", from.textContent.trim());
    pick(from.closest("tr"));
  });
  document.addEventListener("dragover", (event) => {
    const row = event.target.closest?.("#board tr[data-mentee]");
    if (!picked || !row || row === picked) return;
    event.preventDefault();
    for (const other of rows()) other.classList.toggle("m-over", other === row);
  });
  document.addEventListener("drop", (event) => {
    const row = event.target.closest?.("#board tr[data-mentee]");
    if (!picked || !row || row === picked) return;
    event.preventDefault();
    swap(picked, row);
  });
  document.addEventListener("dragend", drop);

  // --- what htmx brings ---

  document.addEventListener("focusin", (event) => {
    last = event.target.closest?.("#board-page") ? event.target.closest("tr[data-mentee]")?.dataset.mentee : last;
  });

  // A change that was refused, came too late or met a busy database is told in the dialog and can be made from there.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (![409, 422, 503].includes(xhr.status) || !dialog()) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    event.detail.target = document.getElementById("change-body");
    event.detail.swapOverride = "innerHTML";
    event.detail.selectOverride = "#change";
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "change-body" && !dialog().open) {
      dialog().showModal();
    } else if (event.detail.target.id === "board-page" && dialog()?.open) {
      dialog().close();
    }
  });

  const isBoard = (event) => ["board", "board-page"].includes(event.detail.target?.id);
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!isBoard(event)) return;
    sent = Date.now();
    saving = event.detail.requestConfig.verb !== "get";
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!isBoard(event)) return;
    sent = 0;
    if (!event.detail.successful) waiting = null;
  });

  // The board was replaced: the focus stays on its row, and on a phone the panel below the list is shown.
  document.addEventListener("htmx:afterSettle", (event) => {
    const id = event.detail.target?.id;
    if (id !== "board" && id !== "board-page") return;
    picked = null;
    sent = 0;
    const asked = waiting;
    waiting = null;
    setTimeout(() => asked?.());
    if (dialog()?.open || (document.activeElement && document.activeElement !== document.body)) return;
    const all = rows();
    const row = all.find((r) => r.dataset.mentee === last) || all.find((r) => linkOf(r).hasAttribute("aria-current"));
    linkOf(row)?.focus({ preventScroll: true });
    const why = document.getElementById("why");
    if (id === "board" && why && why.getBoundingClientRect().top > window.innerHeight * 0.8) why.scrollIntoView();
  });

  // Others changed something: look anew, unless the reader is in the middle of a change or of typing.
  const busy = () => dialog()?.open || underWay() || picked || document.querySelector("#board-page .m-menu[open]") ||
    document.activeElement?.matches("#board-page input, #board-page select");
  const refresh = () => {
    late = busy();
    if (!late) window.htmx.trigger("#board-page", "board-refresh");
  };
  document.addEventListener("board-moved", refresh);
  document.addEventListener("close", () => late && refresh(), true);
  document.addEventListener("focusout", () => late && setTimeout(refresh, 300));

  // --- the policy page: the number beside its slider ---

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-slider]")) {
      event.target.closest(".m-slider").querySelector("output").textContent = event.target.value;
    }
  });
})();
