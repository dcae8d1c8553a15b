// The script of the console. Every page works without it. It refreshes live pages, sends the SQL
// form without leaving the page, completes words, draws charts of results, and asks before
// something is deleted.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);

function element(name, attributes = {}, ...children) {
  const e = document.createElement(name);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  e.append(...children);
  return e;
}

function svg(name, attributes = {}, ...children) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  e.append(...children);
  return e;
}

// fetchPage returns the document of a page of the console.
async function fetchPage(address, options = {}) {
  const response = await fetch(address, { ...options, headers: { "X-Requested-With": "console" }, credentials: "same-origin" });
  const type = response.headers.get("Content-Type") || "";
  if (!type.startsWith("text/html")) throw new Error(await response.text());
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

// ---- live pages ----

function startLive() {
  const live = $("#live"), pause = $("#pause");
  if (!live) return;
  let paused = false;
  if (pause) {
    pause.hidden = false;
    pause.addEventListener("click", () => {
      paused = !paused;
      pause.setAttribute("aria-pressed", paused);
      pause.textContent = paused ? "Go on" : "Pause";
    });
  }
  const every = Number(live.dataset.live) * 1000;
  const refresh = async () => {
    // A page that nobody sees, or in which somebody selects text or uses a control, is left alone.
    const inUse = live.contains(document.activeElement) && document.activeElement.matches("button, input, a, summary");
    if (!paused && !document.hidden && !inUse && document.getSelection().isCollapsed) {
      try {
        const next = $("#live", await fetchPage(location.href));
        if (next) {
          const scrolled = [...live.querySelectorAll(".scroll")].map((s) => [s.scrollLeft, s.scrollTop]);
          const focused = [...live.querySelectorAll(".scroll")].indexOf(document.activeElement);
          live.replaceChildren(...document.adoptNode(next).childNodes);
          live.querySelectorAll(".scroll").forEach((s, i) => {
            if (scrolled[i]) [s.scrollLeft, s.scrollTop] = scrolled[i];
            if (i === focused) s.focus({ preventScroll: true });
          });
          live.classList.remove("busy");
        }
      } catch {
        live.classList.add("busy"); // the console does not answer; it may come back
      }
    }
    setTimeout(refresh, every);
  };
  setTimeout(refresh, every);
}

// ---- SQL ----

const recentKey = "aerosql.recent";

function recentStatements() {
  try {
    return JSON.parse(localStorage.getItem(recentKey)) || [];
  } catch {
    return [];
  }
}

// remember keeps a statement for this browser. Statements that may have a password are not kept.
function remember(text) {
  if (!text.trim() || /\b(password|user)\b/i.test(text)) return;
  const list = [text, ...recentStatements().filter((t) => t !== text)].slice(0, 30);
  try {
    localStorage.setItem(recentKey, JSON.stringify(list));
  } catch { /* the browser keeps nothing */ }
  showRecent();
}

function showRecent() {
  const box = $("#recent"), list = recentStatements();
  if (!box) return;
  box.hidden = list.length === 0;
  $("ol", box).replaceChildren(...list.map((text) => {
    const button = element("button", { type: "button", title: text }, text.replace(/\s+/g, " "));
    button.addEventListener("click", () => {
      const area = $("#text");
      area.value = text;
      area.focus();
    });
    return element("li", {}, button);
  }));
}

function startSQL() {
  const form = $("#sql");
  if (!form) return;
  const area = $("#text"), stop = $("#stop"), result = $("#result");
  let running = null;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (running) return;
    const data = new URLSearchParams({ text: area.value, do: event.submitter ? event.submitter.value : "run" });
    remember(area.value);
    running = new AbortController();
    stop.hidden = false;
    result.classList.add("busy");
    result.setAttribute("aria-busy", "true");
    try {
      const page = await fetchPage("/sql", { method: "POST", body: data, signal: running.signal });
      const next = $("#result", page);
      result.replaceChildren(...document.adoptNode(next || $("main", page)).childNodes);
    } catch (e) {
      const text = e.name === "AbortError" ? "Stopped." : e.message;
      result.replaceChildren(element("pre", { class: "error", role: "alert" }, text));
    }
    running = null;
    stop.hidden = true;
    result.classList.remove("busy");
    result.removeAttribute("aria-busy");
    startResults();
  });
  stop.addEventListener("click", () => running && running.abort());
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit($('button[value="run"]', form));
    }
  });
  showRecent();
  startCompletion(area, $("#words"));
}

// ---- completion ----

// candidates returns what can follow a text: the part of the text that is the beginning of each,
// and the list.
async function candidates(text) {
  try {
    const response = await fetch("/complete", { method: "POST", body: new URLSearchParams({ text }), headers: { "X-Requested-With": "console" } });
    if (response.ok) return await response.json();
  } catch { /* the console does not answer */ }
  return { prefix: "", list: [] };
}

// textBefore returns the text in front of the caret.
const textBefore = (area) => area.value.slice(0, area.selectionStart);

// caretPlace returns where the caret is, by a copy of the text up to it.
function caretPlace(area) {
  const copy = element("div"), style = getComputedStyle(area);
  for (const p of ["font", "padding", "border", "width", "lineHeight", "boxSizing"]) copy.style[p] = style[p];
  Object.assign(copy.style, { position: "absolute", visibility: "hidden", whiteSpace: "pre-wrap", overflowWrap: "break-word" });
  copy.textContent = area.value.slice(0, area.selectionStart);
  const mark = element("span", {}, "|");
  copy.append(mark);
  area.parentElement.append(copy);
  const place = { x: mark.offsetLeft, y: mark.offsetTop + mark.offsetHeight - area.scrollTop };
  copy.remove();
  return place;
}

function startCompletion(area, box) {
  let shown = [], chosen = 0, prefix = "";
  area.setAttribute("aria-controls", box.id);
  const close = () => {
    box.hidden = true;
    area.removeAttribute("aria-activedescendant");
  };
  const choose = (i) => {
    chosen = (i + shown.length) % shown.length;
    [...box.children].forEach((li, n) => li.setAttribute("aria-selected", n === chosen));
    area.setAttribute("aria-activedescendant", box.children[chosen].id);
    box.children[chosen].scrollIntoView({ block: "nearest" });
  };
  const accept = () => {
    area.setRangeText(shown[chosen].text, area.selectionStart - prefix.length, area.selectionStart, "end");
    close();
  };
  const open = async (asked) => {
    const text = textBefore(area);
    if (!asked && !/[\w$`.]{2}$/.test(text)) return close();
    const answer = await candidates(text);
    if (textBefore(area) !== text) return; // more was typed meanwhile
    prefix = answer.prefix;
    shown = answer.list.filter((c) => c.text !== prefix);
    if (shown.length === 0) return close();
    box.replaceChildren(...shown.map((c, i) => {
      const li = element("li", { role: "option", id: "word" + i }, c.text, element("small", {}, c.what === "keyword" ? "" : c.what));
      li.addEventListener("mousedown", (event) => {
        event.preventDefault();
        chosen = i;
        accept();
      });
      return li;
    }));
    box.hidden = false;
    const place = caretPlace(area);
    box.style.left = Math.max(0, Math.min(place.x, area.clientWidth - box.offsetWidth)) + "px";
    box.style.top = place.y + 2 + "px";
    choose(0);
  };
  area.addEventListener("input", () => open(false));
  area.addEventListener("blur", close);
  area.addEventListener("click", close);
  area.addEventListener("keydown", (event) => {
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      open(true);
    } else if (!box.hidden) {
      const keys = { ArrowDown: () => choose(chosen + 1), ArrowUp: () => choose(chosen - 1), Escape: close, Tab: accept };
      if (!event.ctrlKey && !event.metaKey) keys.Enter = accept;
      if (keys[event.key]) {
        event.preventDefault();
        keys[event.key]();
      }
    }
  });
}

// ---- results ----

function startResults() {
  for (const section of document.querySelectorAll("[data-result]")) {
    const tabs = $(".tabs", section);
    if (!tabs || !tabs.hidden) continue;
    const chart = $(".view-chart", section), table = $(".view-table", section);
    const columns = readColumns($("table", table));
    if (!columns.some((c) => c.numeric)) continue;
    tabs.hidden = false;
    const buttons = [...tabs.children];
    const select = (i) => {
      buttons.forEach((b, n) => {
        b.setAttribute("aria-selected", n === i);
        b.tabIndex = n === i ? 0 : -1;
      });
      table.hidden = i === 1;
      chart.hidden = i === 0;
      if (i === 1 && !chart.firstChild) fillChart(chart, columns);
    };
    buttons.forEach((b, i) => b.addEventListener("click", () => select(i)));
    tabs.addEventListener("keydown", (event) => {
      if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
        const i = 1 - buttons.findIndex((b) => b.getAttribute("aria-selected") === "true");
        select(i);
        buttons[i].focus();
      }
    });
  }
}

// readColumns returns the columns of a table of results with their texts and numbers.
function readColumns(table) {
  const rows = [...table.tBodies[0].rows].filter((r) => r.cells.length === table.tHead.rows[0].cells.length);
  return [...table.tHead.rows[0].cells].map((head, i) => {
    const texts = rows.map((r) => (r.cells[i].querySelector("summary") || r.cells[i]).textContent.trim());
    const times = texts.map((t) => /^\d{4}-\d\d-\d\dT/.test(t) ? Date.parse(t) : NaN);
    const numeric = rows.length > 0 && rows.some((r) => r.cells[i].classList.contains("n")) &&
      rows.every((r) => r.cells[i].classList.contains("n") || r.cells[i].textContent.trim() === "NULL");
    const isTime = rows.length > 0 && times.every((t) => !Number.isNaN(t));
    return { name: head.firstChild.textContent.trim(), texts, numeric, isTime, numbers: isTime ? times : texts.map((t) => t === "NULL" ? NaN : Number(t)) };
  });
}

function options(select, columns, chosen) {
  columns.forEach((c) => select.append(element("option", c === chosen ? { value: c.name, selected: "" } : { value: c.name }, c.name)));
}

// fillChart draws a chart with fields for what it shows.
function fillChart(box, columns) {
  const numeric = columns.filter((c) => c.numeric);
  const labels = columns.find((c) => !c.numeric) || columns[0];
  const values = numeric.find((c) => c !== labels) || numeric[0];
  const id = "c" + Math.random().toString(36).slice(2);
  const form = element("div", { class: "row" });
  const field = (label, name) => {
    const select = element("select", { id: id + name });
    form.append(element("label", { for: id + name }, label), select);
    return select;
  };
  const kind = field("Chart", "k"), x = field("Across", "x"), y = field("Up", "y");
  for (const name of ["bars", "line", "points"]) kind.append(element("option", {}, name));
  options(x, columns, labels);
  options(y, numeric, values);
  if (labels.isTime || labels.numeric) kind.value = "line";
  const place = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Chart" });
  const draw = () => {
    const cx = columns[x.selectedIndex], cy = numeric[y.selectedIndex];
    place.replaceChildren(kind.value === "bars" ? drawBars(cx, cy) : drawLine(cx, cy, kind.value));
  };
  form.addEventListener("change", draw);
  box.append(form, place);
  draw();
}

function niceStep(span) {
  const raw = span / 4 || 1, power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].find((m) => m * power >= raw) * power;
}

const tidy = (n) => Number(n.toPrecision(6)).toLocaleString("en-US");

function scale(numbers, withZero) {
  let low = Math.min(...numbers), high = Math.max(...numbers);
  if (withZero) [low, high] = [Math.min(0, low), Math.max(0, high)];
  if (low === high) high = low + 1;
  const step = niceStep(high - low);
  low = Math.floor(low / step) * step;
  high = Math.ceil(high / step) * step;
  const ticks = [];
  for (let t = low; t <= high + step / 2; t += step) ticks.push(t);
  return { low, high, ticks };
}

const maxBars = 40;

// drawBars draws a horizontal bar for each row.
function drawBars(cx, cy) {
  const rows = cx.texts.map((t, i) => [t, cy.numbers[i]]).filter(([, n]) => Number.isFinite(n)).slice(0, maxBars);
  const all = cx.texts.length, width = 760, left = 170, right = 80, height = rows.length * 26 + 34;
  const s = scale(rows.length ? rows.map(([, n]) => n) : [0], true);
  const at = (n) => left + (n - s.low) / (s.high - s.low) * (width - left - right);
  const picture = svg("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${cy.name} by ${cx.name}, ${rows.length} bars` });
  for (const t of s.ticks) picture.append(svg("line", { class: "grid", x1: at(t), x2: at(t), y1: 0, y2: height - 26 }), svg("text", { class: "tick mid", x: at(t), y: height - 8 }, tidy(t)));
  rows.forEach(([text, n], i) => {
    const y = i * 26 + 4, from = Math.min(at(0), at(n));
    picture.append(
      svg("text", { class: "end", x: left - 10, y: y + 14 }, text.length > 22 ? text.slice(0, 21) + "…" : text),
      svg("rect", { class: "bar", x: from, y, width: Math.max(1, Math.abs(at(n) - at(0))), height: 19, rx: 2 }, svg("title", {}, `${text}: ${n}`)),
      svg("text", { class: "tick", x: Math.max(at(n), at(0)) + 6, y: y + 14 }, tidy(n)));
  });
  const figure = element("div", {}, picture);
  if (all > rows.length) figure.append(element("p", { class: "small" }, `The first ${rows.length} of ${all} rows.`));
  return figure;
}

// drawLine draws a line, or points, over numbers or times.
function drawLine(cx, cy, kind) {
  const numberedX = cx.numeric || cx.isTime;
  const points = cy.numbers.map((n, i) => [numberedX ? cx.numbers[i] : i, n, cx.texts[i]]).filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b));
  if (numberedX) points.sort((a, b) => a[0] - b[0]);
  const width = 760, height = 300, left = 76, bottom = 34, top = 10, right = 20;
  const sx = cx.isTime || !numberedX ? { low: Math.min(...points.map((p) => p[0])), high: Math.max(...points.map((p) => p[0])), ticks: [] } : scale(points.map((p) => p[0]), false);
  const sy = scale(points.map((p) => p[1]), false);
  const x = (n) => left + (n - sx.low) / (sx.high - sx.low || 1) * (width - left - right);
  const y = (n) => top + (1 - (n - sy.low) / (sy.high - sy.low)) * (height - top - bottom);
  const picture = svg("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${cy.name} over ${cx.name}, ${points.length} points` });
  for (const t of sy.ticks) picture.append(svg("line", { class: "grid", x1: left, x2: width - right, y1: y(t), y2: y(t) }), svg("text", { class: "tick end", x: left - 8, y: y(t) + 4 }, tidy(t)));
  for (const t of sx.ticks) picture.append(svg("text", { class: "tick mid", x: x(t), y: height - 12 }, tidy(t)));
  if (sx.ticks.length === 0 && points.length)
    picture.append(svg("text", { class: "tick", x: left, y: height - 12 }, points[0][2]), svg("text", { class: "tick end", x: width - right, y: height - 12 }, points[points.length - 1][2]));
  if (kind === "line") picture.append(svg("polyline", { class: "series", points: points.map((p) => `${x(p[0])},${y(p[1])}`).join(" ") }));
  if (kind === "points" || points.length <= 60)
    for (const p of points) picture.append(svg("circle", { class: "spot", cx: x(p[0]), cy: y(p[1]), r: 3 }, svg("title", {}, `${p[2]}: ${p[1]}`)));
  return picture;
}

// ---- all pages ----

// The address that the console prints has the token after "#", which browsers do not send.
function startLogin() {
  const form = $("#login"), token = /^#token=(.+)$/.exec(location.hash);
  if (!form || !token) return;
  history.replaceState(null, "", location.pathname + location.search);
  $("#token").value = decodeURIComponent(token[1]);
  form.submit();
}

document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

window.addEventListener("hashchange", startLogin);
startLogin();
startLive();
startSQL();
startResults();
