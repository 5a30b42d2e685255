// Draws DATA, which `ngv show` made: series, spikes, the tissue, the summary. No library; every picture is a canvas.
"use strict";

const PALETTE = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a7a2b", "#7b61c9"];
/** Colours of kinds of cells, the same in every picture. */
const KINDS = {
  E: { label: "excitatory neurons", short: "E", colour: "#e8832a", night: "#ffb057" },
  I: { label: "inhibitory neurons", short: "I", colour: "#2a7fc9", night: "#4fc3f7" },
  "?": { label: "neurons", short: "", colour: "#7b61c9", night: "#c5a3ff" },
  A: { label: "astrocytes", short: "astro", colour: "#2e9e73", night: "#63d6a4" },
};

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const $ = (id) => document.getElementById(id);

function element(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes)) k in e ? (e[k] = v) : e.setAttribute(k, v);
  e.append(...children);
  return e;
}

function swatch(colour) {
  const s = element("span", { className: "swatch" });
  s.style.background = colour;
  return s;
}

function section(id, title, about, { wide = false, short = title } = {}) {
  const s = element("section", { id, className: wide ? "wide" : "" }, element("h2", {}, title));
  if (about) s.append(element("p", {}, about));
  $("main").append(s);
  $("nav").append(element("a", { href: "#" + id }, short));
  return s;
}

/** A row of names that can be switched on and off. items: [{name, colour, on}]; toggle(name, on). */
function switches(parent, items, toggle) {
  const row = element("div", { className: "switches" });
  for (const item of items) {
    const button = element("button", { type: "button" }, swatch(item.colour), item.name);
    const mark = () => button.setAttribute("aria-pressed", item.on);
    mark();
    button.addEventListener("click", () => { item.on = !item.on; mark(); toggle(item); });
    row.append(button);
  }
  parent.append(row);
  return row;
}

const SUPER = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/** Numbers for people: four significant digits, with powers of ten only where they help. */
function show(x, digits = 4) {
  if (x === null || !Number.isFinite(x)) return "–";
  const a = Math.abs(x);
  if (a !== 0 && (a < 1e-3 || a >= 1e6)) {
    const [m, e] = x.toExponential(Math.min(2, digits - 1)).split("e");
    return `${m.replace("-", "−")}·10${String(+e).replace(/./g, (c) => SUPER[c])}`;
  }
  return (a >= 1000 ? x.toFixed(0) : String(+x.toPrecision(digits))).replace("-", "−");
}

/** UDUNITS text as people write it. */
const pretty = (unit) => (unit || "").replace(/\bum/g, "µm").replace(/(m|s)(\d)\b/g, (_, u, d) => u + SUPER[d]).replace(/^1$/, "");

/** Kind of a cell of a population: E, I, ? or A. */
function kindOf(population, id) {
  const p = CELLS[population];
  if (!p) return "?";
  if (p.type === "astrocyte") return "A";
  return p.kindById?.get(id) ?? "?";
}

const CELLS = DATA.cells || {};
for (const p of Object.values(CELLS)) {
  if (!p.ids) continue;
  p.kindById = new Map(p.ids.map((id, i) => [id, p.kind[i]]));
}
const populationName = (index) => Object.keys(CELLS).find((name) => CELLS[name].index === index);

const series = (name) => DATA.series.filter((s) => s.name === name);
const first = (...names) => names.map(series).find((s) => s.length)?.[0];
const drawn = new Set(), absent = [];
/** The first of the named series; what is not there is listed at the foot of the page. */
function need(...names) {
  names.forEach((n) => drawn.add(n));
  const s = first(...names);
  if (!s) absent.push(names[0] + ".h5");
  return s;
}
