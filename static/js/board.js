// The matching board: the panel that a row opens, keys, dragging a mentor onto another row, the dialog that tells what
// a change costs, and the news of what others changed. Everything works without it too, by links and forms.
(() => {
  "use strict";

  const page = () => document.getElementById("board-page");
  const board = () => document.getElementById("board");
  const rows = () => [...document.querySelectorAll("#board tr[data-mentee]")];
  const linkOf = (row) => row?.querySelector("[data-board-row]");
  const rowOf = (mentee) => rows().find((row) => row.dataset.mentee === mentee);
  const panel = () => document.getElementById("why");
  const dialog = () => document.getElementById("change-dialog");
  const OOB = "#board-state,#board-actions,#board-pills";
  // Beside the list there is room for the panel; on a phone it is a page of its own, with the browser's way back.
  const wide = () => window.matchMedia("(min-width: 1100px)").matches;
  let picked = null; // the row that a swap begins with
  let last = null; // the mentee whose row had the focus
  let sent = 0; // when the request left that is still on its way
  let saving = false; // whether that request makes a change
  let waiting = null; // what a key asked for while the board was brought up to date
  let late = false; // something changed while we were busy
  let told = null; // the last change that was said aloud
  let typed = null; // what was in the search field while the board was replaced

  const underWay = () => Date.now() - sent < 10000;

  const say = (text) => {
    const place = document.getElementById("board-said");
    if (place) place.textContent = text;
  };

  // --- asking the server ---

  const whole = { source: "#board-page", target: "#board-page", select: "#board-page", swap: "outerHTML", selectOOB: OOB };
  const send = (url, values) => window.htmx.ajax("POST", url, { ...whole, values });
  const reload = (url = window.location.href) => window.htmx.ajax("GET", url.split("#")[0], whole);

  // --- the panel ---

  const show = (url) => {
    const address = new URL(url, window.location.href);
    address.hash = "";
    window.history.replaceState(window.history.state, "", address);
    for (const field of document.querySelectorAll("#board-page input[name=back]")) field.value = address.search.slice(1);
    return address;
  };

  const mark = (mentee) => {
    for (const row of rows()) {
      const here = row.dataset.mentee === mentee;
      row.classList.toggle("m-current", here);
      if (here) linkOf(row).setAttribute("aria-current", "true");
      else linkOf(row).removeAttribute("aria-current");
    }
  };

  // What was typed in the panel is not thrown away without asking.
  const edited = (field) => field.matches("textarea, input[type=search], input[type=text]") && field.value !== field.defaultValue;
  const keeps = () =>
    [...(panel()?.querySelectorAll("textarea") || [])].some(edited) && !window.confirm("Leave without saving the sentence?");

  const close = () => {
    if (keeps()) return;
    const of = panel()?.dataset.of;
    const url = new URL(window.location.href);
    url.searchParams.delete("mentee");
    url.searchParams.delete("show");
    show(url);
    document.getElementById("why-place").replaceChildren();
    mark(null);
    linkOf(rowOf(of || last))?.focus({ preventScroll: true });
  };

  const open = async (url, { focus = false } = {}) => {
    if (keeps()) return;
    const address = show(url);
    const mentee = address.searchParams.get("mentee");
    if (mentee && !rowOf(mentee)) {
      await reload(address.href); // on another page of the list
    } else {
      mark(mentee);
      await window.htmx.ajax("GET", address.href, { target: "#why-place", swap: "innerHTML" });
    }
    if (mentee) last = mentee;
    rowOf(mentee)?.scrollIntoView({ block: "nearest" });
    if (focus) panel()?.focus({ preventScroll: true });
  };

  let following = null;
  const follow = (row) => {
    row.scrollIntoView({ block: "nearest" });
    linkOf(row).focus({ preventScroll: true });
    clearTimeout(following);
    if (panel()?.dataset.of && wide()) following = setTimeout(() => open(linkOf(row).href), 120);
  };

  // --- a change, with its cost first ---

  const showCost = (url) => window.htmx.ajax("GET", url, { target: "#change-body", select: "#change", swap: "innerHTML" });

  const swap = (one, other) => {
    drop();
    const query = new URLSearchParams({
      do: "swap",
      mentee: one.dataset.mentee,
      mentor: one.dataset.mentor || 0,
      other: other.dataset.mentee,
      theirs: other.dataset.mentor || 0,
      back: window.location.search.slice(1),
    });
    showCost(`${board().dataset.change}?${query}`);
  };

  const pick = (row) => {
    picked = row;
    row.classList.add("m-picked");
    say(`“${row.dataset.name}” is picked up. Go to another pair and press S to swap their mentors, Escape to cancel.`);
  };

  const drop = () => {
    for (const row of rows()) row.classList.remove("m-picked", "m-over");
    picked = null;
  };

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const change = event.target.closest("[data-change][href]");
    if (change && dialog()) {
      event.preventDefault();
      showCost(change.href);
    }
    if (event.target.closest("[data-close]") && dialog()?.open) {
      event.preventDefault();
      dialog().close();
    }
    if (event.target.closest("[data-refresh]")) {
      event.preventDefault();
      reload();
    }
    const row = event.target.closest("#board tr[data-mentee]");
    const link = event.target.closest("[data-board-row], [data-panel]") ||
      (row && !event.target.closest("a, button, summary") && !String(window.getSelection()) ? linkOf(row) : null);
    if (!link) return;
    if (!wide()) {
      if (!event.target.closest("a")) window.location.assign(link.href);
      return;
    }
    event.preventDefault();
    if (link.hasAttribute("data-panel-close")) close();
    else open(link.href, { focus: event.detail === 0 });
  });

  // Buttons that change something at once.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("#board-page form[data-now]");
    if (!form || !window.htmx) return;
    event.preventDefault();
    whenFree(async () => {
      await send(form.action, Object.fromEntries(new FormData(form, event.submitter)));
      if (form.dataset.said && !form.isConnected) say(form.dataset.said);
    });
  });

  // --- the keyboard ---

  // A key that falls into a refresh is kept until the new rows are there; while a change is saved it is refused aloud,
  // because it may be the same key pressed twice.
  const whenFree = (act) => {
    if (!underWay()) act();
    else if (saving) say("The last change is still being saved.");
    else waiting = act;
  };

  const press = ({ dataset: { mentee } }, ask, mentor = null) => whenFree(() => {
    const row = rowOf(mentee);
    const done = row && !("done" in row.dataset) && board().dataset.change ? ask(row.dataset) : "";
    if (!done) return say("That is not possible for this pair.");
    const { version } = Object.fromEntries(new FormData(document.getElementById("board-seen")));
    return send(board().dataset.change, {
      do: done, mentee, mentor: mentor ?? row.dataset.mentor ?? 0, version, back: window.location.search.slice(1),
    });
  });

  const step = (row, by) => {
    const all = rows();
    const next = row ? all[all.indexOf(row) + by] : all[0];
    if (next) return follow(next);
    const beyond = document.querySelector(`#board .m-pages a[rel=${by > 0 ? "next" : "prev"}]`);
    if (beyond) {
      last = null;
      reload(show(beyond.href).href).then(() => follow(by > 0 ? rows()[0] : rows().at(-1)));
    }
    return undefined;
  };

  const keys = {
    j: (row) => step(row, 1),
    k: (row) => step(row, -1),
    s: (row) => row && board().dataset.change && (picked && picked !== row ? swap(picked, row) : picked ? drop() : pick(row)),
    l: (row) => row && press(row, (data) => data.mentor && ("locked" in data ? "free" : "lock")),
    f: (row) => row && press(row, (data) => data.mentor && !("locked" in data) && "forbid"),
    t: (row) => row && press(row, (data) => !("locked" in data) && "hold", 0),
    c: (row) => (panel()?.dataset.of === row?.dataset.mentee ? panel().querySelector("[data-compare]")?.click() : row && open(linkOf(row).href, { focus: true })),
    m: () => {
      const url = new URL(window.location.href);
      if (url.searchParams.get("show")) return close();
      url.searchParams.delete("mentee");
      url.searchParams.set("show", "places");
      return open(url.href, { focus: true });
    },
    u: () => whenFree(() => document.getElementById("undo")?.requestSubmit()),
    "/": () => document.querySelector("#board-page [name=q]")?.focus(),
    "?": () => document.getElementById("board-keys")?.showModal(),
  };
  keys.ArrowDown = keys.j;
  keys.ArrowUp = keys.k;

  const on = () => {
    try {
      return window.localStorage.getItem("board-keys") !== "off";
    } catch {
      return true;
    }
  };
  const current = () => {
    const focused = document.activeElement?.closest("#board tr[data-mentee]");
    return focused || rowOf(panel()?.dataset.of) || rowOf(last) || null;
  };

  document.addEventListener("keydown", (event) => {
    if (!board() || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input, select, textarea, summary, .m-menu, [contenteditable]")) return;
    if (event.key === "Escape" && (picked || panel())) {
      if (picked) say("Cancelled.");
      if (picked) drop();
      else if (wide()) close();
      return;
    }
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    // Arrows move from a row only: elsewhere they scroll. Single letters can be switched off.
    const arrow = key.startsWith("Arrow");
    if (!keys[key] || (arrow ? !event.target.closest("[data-board-row]") : !on())) return;
    event.preventDefault();
    keys[key](current());
  });

  document.addEventListener("change", (event) => {
    if (event.target.id !== "board-keys-on") return;
    try {
      window.localStorage.setItem("board-keys", event.target.checked ? "on" : "off");
    } catch {
      // without storage the keys stay as they are
    }
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
    last = event.target.closest?.("#board-page") ? event.target.closest("tr[data-mentee]")?.dataset.mentee || last : last;
  });

  const offline = (is) => {
    const note = document.getElementById("board-offline");
    if (note) note.hidden = !is;
  };

  // A change that was refused, came too late or met a busy database is told in the dialog and can be made from there.
  // Another page than the one asked for, such as the sign-in, is not shown in its place.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = event.detail;
    // A refresh that was under way when the dialog opened would close it: it is made once the dialog is gone.
    if (target.id === "board-page" && dialog()?.open && event.detail.requestConfig.verb === "get") {
      event.detail.shouldSwap = false;
      late = true;
      return;
    }
    // Not when the request leaves: people type on while it is under way.
    if (target.id === "board-page") typed = document.querySelector("#board-page [name=q]")?.value ?? null;
    if ([409, 422, 503].includes(xhr.status) && dialog()) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
      event.detail.target = document.getElementById("change-body");
      event.detail.swapOverride = "innerHTML";
      event.detail.selectOverride = "#change";
      return;
    }
    const wanted = { "board-page": "board-page", "board-news": "board-news", "why-place": "why" }[target.id];
    if (xhr.status === 200 && wanted && !xhr.responseText.includes(`id="${wanted}"`)) {
      event.detail.shouldSwap = false;
      offline(true);
    }
  });
  for (const fault of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(fault, () => board() && offline(true));
  document.addEventListener("htmx:responseError", (event) => board() && ![409, 422, 503].includes(event.detail.xhr.status) && offline(true));

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "change-body" && !dialog().open) {
      dialog().showModal();
    } else if (event.detail.target.id === "board-page" && dialog()?.open) {
      dialog().close();
    }
  });

  const isBoard = (event) => event.detail.target?.id === "board-page";
  document.addEventListener("htmx:beforeRequest", (event) => {
    // Nobody looks: nothing has to be asked.
    if (event.detail.target?.id === "board-news" && document.hidden) event.preventDefault();
    if (!isBoard(event)) return;
    sent = Date.now();
    saving = event.detail.requestConfig.verb !== "get";
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) offline(false);
    if (!isBoard(event)) return;
    sent = 0;
    if (!event.detail.successful) waiting = null;
  });

  // The board was replaced: the focus stays on its row, what was changed is said, and what was waiting is done.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!isBoard(event)) return;
    picked = null;
    sent = 0;
    for (const button of document.querySelectorAll("[data-refresh]")) button.hidden = true;
    const search = document.querySelector("#board-page [name=q]");
    if (search && typed !== null) search.value = typed;
    const change = document.getElementById("board-last")?.textContent.replace(/\s+/g, " ").trim() || "";
    if (told !== null && change !== told) say(change ? `${change} U undoes it.` : "Undone.");
    told = change;
    const asked = waiting;
    waiting = null;
    setTimeout(() => asked?.());
    if (dialog()?.open || (document.activeElement && document.activeElement !== document.body)) return;
    linkOf(rowOf(last) || rowOf(panel()?.dataset.of))?.focus({ preventScroll: true });
  });

  // Something changed elsewhere: look anew, unless the reader is in the middle of a change or of typing.
  const busy = () => dialog()?.open || underWay() || picked || document.querySelector("#board-page .m-menu[open]") ||
    document.activeElement?.matches("#board-page :is(input, select, textarea)") ||
    [...document.querySelectorAll("#board-page :is(input, textarea)")].some(edited);
  const refresh = () => {
    late = Boolean(busy());
    if (!late) reload();
  };
  document.addEventListener("board-moved", refresh);
  document.addEventListener("close", () => late && refresh(), true);
  document.addEventListener("focusout", () => late && setTimeout(() => late && refresh(), 300));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && document.getElementById("board-news")) window.htmx.trigger("#board-news", "board-look");
  });

  document.addEventListener("DOMContentLoaded", () => {
    told = document.getElementById("board-last")?.textContent.replace(/\s+/g, " ").trim() || "";
    const box = document.getElementById("board-keys-on");
    if (box) box.checked = on();
  });

  // --- the policy page: the number beside its slider ---

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-slider]")) {
      event.target.closest(".m-slider").querySelector("output").textContent = event.target.value;
    }
  });
})();
