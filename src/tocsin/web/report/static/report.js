"use strict";
(() => {
  const PAGE = 200, GROUPS = 100, FEW = 20;
  const SEVERITIES = ["critical", "high", "medium", "low", "info"];
  const byId = (id) => document.getElementById(id);
  const format = new Intl.NumberFormat("en-US");

  /* ---- building: text only ever enters the page through textContent ---- */
  const make = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const anchor = (name) => encodeURIComponent(name).replaceAll("%3D", "=");
  const jump = (target, text) => {
    const link = make("a", "", text);
    link.href = "#" + target;
    return link;
  };
  const counted = (count, noun) => `${format.format(count)} ${count === 1 ? noun : noun + "s"}`;

  /* ---- findings: read from the page once, the first time somebody needs more than the worst ---- */
  let rows = null;
  const standing = new Map(); // fingerprint -> the row that stands in the page as HTML
  const load = () => {
    if (rows) return rows;
    const data = JSON.parse(byId("data").textContent);
    const at = Object.fromEntries(data.columns.map((name, i) => [name, i]));
    const sorts = data.sorts.map(([kind, rule, title, remedy, tags, references]) => ({ kind, rule, title, remedy, tags, references }));
    const texts = data.texts;
    class Row {
      constructor(cell, rank) {
        this.cell = cell;
        this.rank = rank;
        this.severity = texts[cell[at.severity]];
      }
      get fingerprint() { return this.cell[at.fingerprint]; }
      get sort() { return sorts[this.cell[at.sort]]; }
      get confidence() { return texts[this.cell[at.confidence]]; }
      get message() { return this.cell[at.message] || this.sort.title; }
      get count() { return this.cell[at.count]; }
      get first() { return this.cell[at.first]; }
      get last() { return this.cell[at.last] ?? this.first; }
      get entities() { return this.cell[at.entities].map((one) => texts[one]); }
      get owner() { return texts[this.cell[at.owner]]; }
      get path() { return texts[this.cell[at.where].at(this.isFlow ? -1 : 0)?.[0]] ?? ""; }
      get where() { return this.cell[at.where].map(([one, detail]) => texts[one] + detail); }
      get isFlow() { return this.sort.kind === "code" && this.count <= 1 && this.cell[at.where].length > 1; }
      get place() { return (this.where.at(this.isFlow ? -1 : 0) ?? "").replace(/, record .*$/, ""); }
      get places() { return this.cell[at.places]; }
      get caseId() { return texts[this.cell[at.case]]; }
      get firstLines() { return this.cell[at.first_lines]; }
      get lastLines() { return this.cell[at.last_lines] || []; }
      get event() { return this.cell[at.event] || []; }
    }
    rows = data.findings.map((cell, rank) => new Row(cell, rank));
    return rows;
  };
  const iso = (seconds) => (seconds === null ? "" : new Date(seconds * 1000).toISOString().replace(".000Z", "Z"));
  const hay = (row) => (row.hay ??= [
    row.sort.rule, row.sort.title, row.message, row.severity, row.sort.kind, row.owner, row.fingerprint,
    row.caseId && "case " + row.caseId, ...row.where, ...row.entities, ...row.sort.tags,
  ].join("\n").toLowerCase());
  const FIELDS = {
    rule: (row) => row.sort.rule, owner: (row) => row.owner || "no owner", kind: (row) => row.sort.kind,
    path: (row) => row.where.join("\n"), tag: (row) => row.sort.tags.join("\n"),
    severity: (row) => row.severity, confidence: (row) => row.confidence, message: (row) => row.message,
    entity: (row) => row.entities.join("\n"),
  };

  /* ---- what the reader asked for ---- */
  const asked = { words: "", off: new Set(), group: "", sort: "", page: 0 };
  const terms = (words) => [...words.toLowerCase().matchAll(/(-?)(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/g)].map(([whole, minus, field, quoted, plain]) => {
    const value = quoted ?? plain;
    if (field === "case") return (row) => (row.caseId.toLowerCase() === value) !== Boolean(minus);
    const read = FIELDS[field];
    if (read) return (row) => read(row).toLowerCase().includes(value) !== Boolean(minus);
    const text = whole.slice(minus.length).replaceAll('"', "");
    return (row) => hay(row).includes(text) !== Boolean(minus);
  });
  const ORDERS = {
    "": (a, b) => a.rank - b.rank,
    first: (a, b) => compare(a.first ?? Infinity, b.first ?? Infinity) || a.rank - b.rank,
    last: (a, b) => compare(b.last ?? 0, a.last ?? 0) || a.rank - b.rank,
    count: (a, b) => b.count - a.count || a.rank - b.rank,
  };
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const matching = () => {
    const tests = terms(asked.words);
    const found = load().filter((row) => tests.every((test) => test(row)));
    const by = Object.fromEntries(SEVERITIES.map((name) => [name, 0]));
    for (const row of found) by[row.severity] += 1;
    for (const button of document.querySelectorAll(".toggle")) {
      button.querySelector(".n").textContent = format.format(by[button.dataset.severity]);
      button.classList.toggle("none", !by[button.dataset.severity]);
    }
    const shown = asked.off.size ? found.filter((row) => !asked.off.has(row.severity)) : found;
    return asked.sort ? shown.sort(ORDERS[asked.sort]) : shown;
  };

  /* ---- one row, as the templates draw it ---- */
  const entry = (list, name, ...content) => {
    const value = make("dd");
    value.append(...content);
    list.append(make("dt", "", name), value);
  };
  const codes = (texts, between) => texts.flatMap((text, i) => (i ? [between, make("code", "", text)] : [make("code", "", text)]));
  const raw = (lines) => {
    const block = make("pre", "raw");
    for (const line of lines) block.append(make("code", "", line), "\n");
    return block;
  };
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const day = (text) => `${Number(text.slice(8, 10))} ${MONTHS[Number(text.slice(5, 7)) - 1]} ${Number(text.slice(0, 4))}`;
  const span = (first, last) => { // as show.span writes it
    const [start, end] = [iso(first), iso(last)], clock = (text) => text.slice(11, 19);
    if (last - first < 1) return `${day(start)}, ${clock(start)}`;
    if (day(start) === day(end)) return `${day(start)}, ${clock(start)} to ${clock(end)}`;
    return `${day(start)} ${clock(start)} to ${day(end)} ${clock(end)}`;
  };
  const short = (text, most) => { // as show.short cuts it
    const letters = [...text], head = Math.floor((most - 1) / 3);
    return letters.length <= most ? text : letters.slice(0, head).join("") + "…" + letters.slice(letters.length - (most - 1 - head)).join("");
  };
  const fill = (body, row) => {
    const sort = row.sort, list = make("dl"), where = row.where, more = row.places;
    entry(list, "Rule", make("b", "", sort.title), " ", make("code", "", sort.rule), " ", make("span", "dim", `${sort.kind}, ${row.confidence} confidence`));
    entry(list, "Found", row.message);
    if (sort.remedy) entry(list, "Do", sort.remedy);
    entry(list, "Seen", counted(row.count, "time") + (row.first === null ? "" : `, ${span(row.first, row.last)} UTC`));
    if (where.length) entry(list, "Where", ...codes(where, row.isFlow ? " → " : ", "), more ? ` and ${format.format(more)} more` : "");
    if (row.entities.length) entry(list, "Entities", ...codes(row.entities, " "));
    if (row.owner) entry(list, "Owner", row.owner);
    if (row.caseId) entry(list, "Case", jump("case=" + anchor(row.caseId), "case " + row.caseId));
    if (sort.tags.length) entry(list, "Tags", ...codes(sort.tags, " "));
    if (sort.references.length) {
      entry(list, "Read", ...sort.references.flatMap((reference, i) => {
        const node = /^https?:\/\//.test(reference) ? make("a", "", reference) : reference;
        if (node.tagName) { node.href = reference; node.rel = "noreferrer noopener"; }
        return i ? [", ", node] : [node];
      }));
    }
    entry(list, "Link", jump("f=" + anchor(row.fingerprint), "#f=" + row.fingerprint));
    if (row.event.length) {
      const fields = make("dl", "fields");
      for (const [name, value] of row.event) fields.append(make("dt", "", name), make("dd", "", value));
      entry(list, "Event", fields);
    }
    body.append(list);
    const first = row.firstLines, last = row.lastLines;
    if (first && first.length) {
      body.append(raw(first));
      if (last.length) {
        const between = row.count - first.length - last.length;
        body.append(make("p", "between", between > 0 ? `${format.format(between)} more between` : "and the last"), raw(last));
      }
    } else {
      body.append(make("p", "missing", first ? "No raw lines were kept for this finding." : `Raw lines are left out here to keep the file small: tocsin finding show ${row.fingerprint}`));
    }
  };
  const draw = (row) => {
    const old = standing.get(row.fingerprint);
    if (old) return old;
    const item = make("li"), details = make("details", "row"), summary = make("summary");
    details.dataset.f = row.fingerprint;
    const what = make("span", "what");
    what.append(make("span", "rule", row.sort.rule), " ", make("span", "says", row.message));
    summary.append(
      make("span", "chip " + row.severity, row.severity), what,
      make("span", "at", short(row.place, 28)),
      make("span", "times", row.count > 1 ? "×" + format.format(row.count) : ""),
      make("span", "time", iso(row.first).slice(0, 16).replace("T", " ")),
      make("span", "of", row.caseId ? "case " + row.caseId : ""),
    );
    details.append(summary);
    details.addEventListener("toggle", () => {
      if (details.open && !details.querySelector(".body")) body(details, row);
    });
    item.append(details);
    return item;
  };
  const body = (details, row) => {
    const box = make("div", "body");
    box.id = "f=" + row.fingerprint;
    fill(box, row);
    details.append(box);
  };
  const listOf = (some) => {
    const list = make("ol", "rows");
    list.append(...some.map(draw));
    return list;
  };

  /* ---- the list: pages, or groups ---- */
  const GROUP = {
    rule: (row) => row.sort.rule, case: (row) => (row.caseId ? "case " + row.caseId : "no case"),
    path: (row) => row.path || "no path", owner: (row) => row.owner || "no owner",
  };
  const more = (text, act) => {
    const button = make("button", "more", text);
    button.type = "button";
    button.addEventListener("click", () => { act(); button.remove(); });
    return button;
  };
  const grouped = (found) => {
    const groups = new Map();
    for (const row of found) {
      const name = GROUP[asked.group](row);
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(row);
    }
    const rank = (some) => Math.min(...SEVERITIES.map((name, i) => (some.by[name] ? i : 9)));
    const all = [...groups].map(([name, some]) => {
      const by = {};
      for (const row of some) by[row.severity] = (by[row.severity] || 0) + 1;
      return { name, some, by };
    });
    return all.sort((a, b) => rank(a) - rank(b) || b.some.length - a.some.length || compare(a.name, b.name));
  };
  const drawGroup = ({ name, some, by }) => {
    const details = make("details", "group"), summary = make("summary"), tallies = make("span", "tallies");
    for (const severity of SEVERITIES.filter((one) => by[one])) {
      const tally = make("span", "tally " + severity);
      tally.append(make("b", "", format.format(by[severity])), " " + severity);
      tallies.append(tally);
    }
    summary.append(make("span", "name", name), " ", make("span", "dim", counted(some.length, "finding")), tallies);
    details.append(summary);
    let drawn = 0;
    const list = make("ol", "rows");
    const extend = () => {
      list.append(...some.slice(drawn, drawn ? drawn + PAGE : FEW).map(draw));
      drawn = drawn ? drawn + PAGE : FEW;
      if (drawn < some.length) details.append(more(some.length - drawn > PAGE ? `${PAGE} more of ${format.format(some.length - drawn)}` : `The other ${format.format(some.length - drawn)}`, extend));
    };
    details.append(list);
    details.addEventListener("toggle", () => { if (details.open && !drawn) extend(); });
    return details;
  };
  const show = () => {
    const found = matching(), total = rows.length, hidden = total - found.length;
    byId("shown").textContent = `${format.format(found.length)} of ${format.format(total)}, ${format.format(hidden)} hidden by filter`;
    byId("clear").hidden = !asked.words && !asked.off.size;
    const box = byId("list"), pages = byId("pages");
    pages.hidden = true;
    if (!found.length) {
      box.replaceChildren(make("p", "missing", "No finding passes the filter."));
    } else if (asked.group) {
      const groups = grouped(found);
      let drawn = 0;
      const part = make("div");
      const extend = () => {
        const next = groups.slice(drawn, drawn + GROUPS).map(drawGroup);
        part.append(...next);
        drawn += GROUPS;
        if (drawn < groups.length) part.append(more(`${format.format(groups.length - drawn)} more groups`, extend));
        return next;
      };
      const [firstGroup] = extend();
      box.replaceChildren(part);
      firstGroup.open = true;
    } else {
      const last = Math.ceil(found.length / PAGE) - 1;
      asked.page = Math.min(asked.page, last);
      const from = asked.page * PAGE;
      box.replaceChildren(listOf(found.slice(from, from + PAGE)));
      if (last) paging(pages, from, found.length, last);
    }
  };
  const paging = (pages, from, total, last) => {
    const step = (text, by, off) => {
      const button = make("button", "", text);
      button.type = "button";
      button.disabled = off;
      button.addEventListener("click", () => { asked.page += by; show(); byId("findings").scrollIntoView(); });
      return button;
    };
    const where = make("span", "", `${format.format(from + 1)} to ${format.format(Math.min(from + PAGE, total))} of ${format.format(total)}`);
    pages.replaceChildren(step("Previous", -1, asked.page === 0), where, step("Next", 1, asked.page === last));
    pages.hidden = false;
  };

  /* ---- the address: #f= opens a finding, #q= a filter ---- */
  const controls = () => {
    byId("q").value = asked.words;
    byId("group").value = asked.group;
    byId("sort").value = asked.sort;
    for (const button of document.querySelectorAll(".toggle")) button.setAttribute("aria-pressed", String(!asked.off.has(button.dataset.severity)));
  };
  const remember = () => {
    const parts = [];
    if (asked.words) parts.push("q=" + anchor(asked.words));
    if (asked.off.size) parts.push("off=" + [...asked.off].join(","));
    if (asked.group) parts.push("group=" + asked.group);
    if (asked.sort) parts.push("sort=" + asked.sort);
    try { history.replaceState(null, "", parts.length ? "#" + parts.join("&") : location.pathname + location.search); } catch { /* a sandboxed frame has no history */ }
  };
  const decoded = (text) => { try { return decodeURIComponent(text); } catch { return text; } };
  const reset = () => { asked.words = ""; asked.off.clear(); asked.group = ""; asked.sort = ""; asked.page = 0; };
  const open = (fingerprint) => {
    for (const old of document.querySelectorAll(".row.here")) old.classList.remove("here");
    let details = [...document.querySelectorAll("#list .row")].find((node) => node.dataset.f === fingerprint);
    if (!details) {
      const row = load().find((one) => one.fingerprint === fingerprint);
      if (!row) return;
      reset();
      asked.page = Math.floor(row.rank / PAGE);
      controls();
      show();
      details = [...document.querySelectorAll("#list .row")].find((node) => node.dataset.f === fingerprint);
    }
    if (!details.querySelector(".body")) body(details, rows.find((one) => one.fingerprint === fingerprint));
    details.open = true;
    details.classList.add("here");
    details.scrollIntoView({ block: "center" });
  };
  const follow = () => {
    const hash = location.hash.slice(1);
    if (hash.startsWith("f=")) return open(decoded(hash.slice(2)));
    if (!/^(q|off|group|sort)=/.test(hash)) return;
    reset();
    for (const part of hash.split("&")) {
      const [name, value = ""] = [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)];
      if (name === "q") asked.words = decoded(value);
      if (name === "off") for (const one of value.split(",")) if (SEVERITIES.includes(one)) asked.off.add(one);
      if (name === "group" && value in GROUP) asked.group = value;
      if (name === "sort" && value in ORDERS) asked.sort = value;
    }
    controls();
    show();
    byId("findings").scrollIntoView();
  };

  /* ---- copy as CSV: a cell that a spreadsheet would run as a formula gets a quote in front ---- */
  const cell = (value) => {
    let text = String(value ?? "");
    if (/^[=+\-@\t\r]/.test(text)) text = "'" + text;
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const HEAD = ["severity", "confidence", "rule", "title", "message", "count", "first", "last", "entities", "owner", "where", "case", "tags", "fingerprint"];
  const csv = (some) => [HEAD, ...some.map((row) => [
    row.severity, row.confidence, row.sort.rule, row.sort.title, row.message, row.count, iso(row.first), iso(row.last),
    row.entities.join(" "), row.owner, row.where.join(" "), row.caseId, row.sort.tags.join(" "), row.fingerprint,
  ])].map((cells) => cells.map(cell).join(",")).join("\r\n") + "\r\n";
  const copy = async () => {
    const found = matching(), text = csv(found), button = byId("copy");
    let done = false;
    try {
      await navigator.clipboard.writeText(text);
      done = true;
    } catch {
      const area = make("textarea", "hidden");
      area.value = text;
      document.body.append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
    }
    button.textContent = done ? `Copied ${counted(found.length, "row")}` : "The browser did not allow it";
    setTimeout(() => { button.textContent = "Copy as CSV"; }, 2500);
  };

  /* ---- start ---- */
  const wire = () => {
    for (const item of document.querySelectorAll("#list > .rows > li")) standing.set(item.firstElementChild.dataset.f, item);
    byId("tools").hidden = false;
    byId("nojs").hidden = true;
    let timer = 0;
    const change = () => { asked.page = 0; show(); remember(); };
    byId("q").addEventListener("input", (event) => {
      asked.words = event.target.value;
      clearTimeout(timer);
      timer = setTimeout(change, 90);
    });
    for (const name of ["group", "sort"]) byId(name).addEventListener("change", (event) => { asked[name] = event.target.value; change(); });
    for (const button of document.querySelectorAll(".toggle")) {
      button.addEventListener("click", () => {
        const name = button.dataset.severity;
        if (!asked.off.delete(name)) asked.off.add(name);
        controls();
        change();
      });
    }
    byId("clear").addEventListener("click", () => { const { group, sort } = asked; reset(); asked.group = group; asked.sort = sort; controls(); change(); byId("q").focus(); });
    byId("copy").addEventListener("click", copy);
    addEventListener("hashchange", follow);
    // The worst stand in the page already; the rest is read once the first picture is on the screen.
    requestAnimationFrame(() => setTimeout(() => {
      load();
      if (location.hash) {
        settle();
        follow();
      }
      if (!asked.words && !asked.off.size && !asked.group && !asked.sort && rows.length > PAGE && byId("pages").hidden) {
        paging(byId("pages"), 0, rows.length, Math.ceil(rows.length / PAGE) - 1);
      }
      performance.mark("findings-ready");
      document.documentElement.dataset.ready = "findings";
      (window.requestIdleCallback ?? setTimeout)(settle);
    }));
  };
  // Until then the browser may leave rows that are off the screen without layout (report.css), so that the page opens fast.
  const settle = () => { document.documentElement.dataset.settled = ""; };
  const watch = () => {
    const links = new Map([...document.querySelectorAll(".toc a")].map((link) => [link.hash.slice(1), link]));
    const seen = new Set();
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) seen[isIntersecting ? "add" : "delete"](target.id);
      const now = [...links.keys()].findLast((id) => seen.has(id));
      for (const [id, link] of links) id === now ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
    }, { rootMargin: "-70px 0px -80% 0px" });
    for (const section of document.querySelectorAll("main > section")) observer.observe(section);
  };
  watch();
  if (byId("tools")) wire();
  else {
    document.documentElement.dataset.ready = "findings";
    settle();
  }
})();
