// Draws DATA, which `ngv show` made: series, spikes, the tissue, the summary. No library; every picture is a canvas.
"use strict";

const PALETTE = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a7a2b", "#7b61c9"];
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const $ = (id) => document.getElementById(id);

function element(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes)) k in e ? (e[k] = v) : e.setAttribute(k, v);
  e.append(...children);
  return e;
}

function section(id, title, about, wide) {
  const s = element("section", { id, className: wide ? "wide" : "" }, element("h2", {}, title));
  if (about) s.append(element("p", {}, about));
  $("main").append(s);
  $("nav").append(element("a", { href: "#" + id }, title));
  return s;
}

/** Numbers for people: three significant digits, with powers of ten only where they help. */
function show(x) {
  if (!Number.isFinite(x)) return "-";
  const a = Math.abs(x);
  if (a !== 0 && (a < 1e-3 || a >= 1e6)) return x.toExponential(2);
  return String(+x.toPrecision(a >= 100 ? 5 : 4));
}

// ---------------------------------------------------------------- charts

/** A canvas that is drawn again whenever its width or the colours change. */
function picture(parent, height, draw) {
  const canvas = element("canvas");
  canvas.style.height = height + "px";
  parent.append(canvas);
  const paint = () => {
    const width = canvas.clientWidth, scale = window.devicePixelRatio || 1;
    if (!width) return;
    canvas.width = width * scale;
    canvas.height = height * scale;
    const g = canvas.getContext("2d");
    g.scale(scale, scale);
    g.font = "12px system-ui, sans-serif";
    draw(g, width, height);
  };
  new ResizeObserver(paint).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  return { canvas, paint };
}

function ticks(low, high, count) {
  const raw = (high - low) / Math.max(count, 1), power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= raw) || 10);
  const all = [];
  for (let x = Math.ceil(low / step - 1e-9) * step; x <= high + step * 1e-9; x += step) all.push(Math.abs(x) < step * 1e-9 ? 0 : x);
  return { all, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

/** Axes of a chart; returns the maps from data to pixels. */
function axes(g, width, height, { x, y, unit, noY }) {
  const left = noY ? 34 : 58, right = 10, top = 16, bottom = 24;
  const px = (v) => left + ((v - x[0]) / (x[1] - x[0])) * (width - left - right);
  const py = (v) => height - bottom - ((v - y[0]) / (y[1] - y[0])) * (height - top - bottom);
  g.strokeStyle = css("--grid");
  g.fillStyle = css("--soft");
  g.lineWidth = 1;
  const tx = ticks(x[0], x[1], width / 110), ty = ticks(y[0], y[1], (height - 40) / 34);
  g.textAlign = "center";
  for (const t of tx.all) {
    g.beginPath(); g.moveTo(px(t), top); g.lineTo(px(t), height - bottom); g.stroke();
    g.fillText(t.toFixed(tx.digits), px(t), height - 8);
  }
  g.textAlign = "right";
  if (!noY)
    for (const t of ty.all) {
      g.beginPath(); g.moveTo(left, py(t)); g.lineTo(width - right, py(t)); g.stroke();
      const large = Math.abs(t) >= 1e5 || ty.digits > 5;
      g.fillText(large ? t.toExponential(1) : t.toFixed(ty.digits), left - 6, py(t) + 4);
    }
  g.textAlign = "left";
  g.fillText(unit || "", noY ? left : 4, 11);
  g.textAlign = "right";
  g.fillText("ms", width - right, height - 8);
  return { px, py, left, right, top, bottom };
}

const span = (arrays, pad) => {
  let low = Infinity, high = -Infinity;
  for (const a of arrays) for (const v of a) if (v < low) low = v; else if (v > high) high = v;
  for (const a of arrays) for (const v of a) if (v > high) high = v;
  if (!(high > low)) { const d = Math.abs(low) * 0.01 || 1; return [low - d, low + d]; }
  const d = (high - low) * pad;
  return [low - d, high + d];
};

/** Curves over time. curves: {t, y, colour, width, label}; band: {t, low, high, colour}. Pointing at it shows the values. */
function chart(parent, { curves, band, unit, height = 210 }) {
  const x = span([...curves.map((c) => c.t), ...(band ? [band.t] : [])], 0);
  const y = span([...curves.map((c) => c.y), ...(band ? [band.low, band.high] : [])], 0.06);
  let at = null, last = null;
  const p = picture(parent, height, (g, width, h) => {
    const m = (last = axes(g, width, h, { x, y, unit }));
    if (band) {
      g.fillStyle = band.colour + "33";
      g.beginPath();
      band.t.forEach((t, i) => g.lineTo(m.px(t), m.py(band.high[i])));
      for (let i = band.t.length - 1; i >= 0; --i) g.lineTo(m.px(band.t[i]), m.py(band.low[i]));
      g.fill();
    }
    for (const c of curves) {
      g.strokeStyle = c.colour;
      g.lineWidth = c.width || 1.2;
      g.globalAlpha = c.alpha || 1;
      g.beginPath();
      c.t.forEach((t, i) => g.lineTo(m.px(t), m.py(c.y[i])));
      g.stroke();
      g.globalAlpha = 1;
    }
    if (at !== null) {
      g.strokeStyle = css("--soft");
      g.beginPath(); g.moveTo(m.px(at), m.top); g.lineTo(m.px(at), h - m.bottom); g.stroke();
      const named = curves.filter((c) => c.label).slice(0, 4).map((c) => `${c.label} ${show(value(c, at))}`);
      g.fillStyle = css("--ink");
      g.textAlign = "center";
      g.fillText(`${show(at)} ms   ${named.join("   ")} ${unit || ""}`, width / 2 + 20, 11);
    }
  });
  const value = (c, t) => {
    let i = c.t.findIndex((u) => u >= t);
    if (i < 0) i = c.t.length - 1;
    return c.y[i];
  };
  p.canvas.addEventListener("pointermove", (e) => {
    if (!last) return;
    const f = (e.offsetX - last.left) / (p.canvas.clientWidth - last.left - last.right);
    at = f < 0 || f > 1 ? null : x[0] + f * (x[1] - x[0]);
    p.paint();
  });
  p.canvas.addEventListener("pointerleave", () => { at = null; p.paint(); });
}

const series = (name) => DATA.series.filter((s) => s.name === name);
const first = (...names) => names.map(series).find((s) => s.length)?.[0];

/** Thin curves of every column and a thick mean; the shape of most pictures. */
function family(parent, s, colour, options = {}) {
  if (options.relative) s = { ...s, unit: "%", columns: s.columns.map((c) => c.map((v) => 100 * (v / c[0] - 1))) };
  const mean = s.t.map((_, i) => s.columns.reduce((sum, c) => sum + c[i], 0) / s.columns.length);
  const thin = s.columns.map((y) => ({ t: s.t, y, colour, alpha: s.columns.length > 8 ? 0.3 : 0.55, width: 1 }));
  chart(parent, { curves: [...thin, { t: s.t, y: mean, colour, width: 2.4, label: "mean" }], unit: s.unit, height: options.height });
}

// ---------------------------------------------------------------- sections

function header() {
  const s = DATA.summary || {};
  $("name").textContent = s.name || "ngv results";
  document.title = `${s.name || "results"} - ngv`;
  const complete = s.status === "complete";
  $("status").textContent = s.status || "no summary";
  $("status").className = complete ? "good" : "bad";
  const spikes = DATA.spikes.reduce((n, p) => n + p.count, 0);
  const participants = Object.entries(s.participants || {});
  $("about").textContent = participants.map(([n, p]) => `${n} on ${p.ranks} rank${p.ranks === 1 ? "" : "s"}`).join(", ") + (s.reason ? `. ${s.reason}` : "");
  const memory = participants.reduce((m, [, p]) => m + (p.peak_memory_mib || 0), 0);
  const tile = (value, label) => value !== undefined && $("tiles").append(element("div", { className: "tile" }, element("b", {}, value), element("span", {}, label)));
  if (s.time_ms !== undefined) tile(`${show(s.time_ms)} ms`, "of tissue time");
  if (s.wall_s !== undefined) tile(`${show(s.wall_s)} s`, "wall time");
  if (s.wall_s) tile(`${show(s.time_ms / 1e3 / s.wall_s)} x`, "real time");
  tile(String(spikes), "spikes");
  if (memory) tile(`${show(memory)} MiB`, "peak memory, all ranks");
  if (s.ledger?.length) tile(Math.max(...s.ledger.map((r) => Math.abs(r.drift))).toExponential(1), "largest ledger drift");
  for (const p of DATA.problems) $("tiles").append(element("p", { className: "note" }, p));
}

function activity() {
  const pops = DATA.spikes.filter((p) => p.count);
  if (!pops.length) return;
  const end = DATA.summary?.time_ms || Math.max(...pops.map((p) => p.t[p.t.length - 1]));
  const about = pops.map((p) => `${p.population}: ${p.count} spikes${p.stride > 1 ? `, one in ${p.stride} drawn` : ""}`).join("; ");
  const s = section("activity", "Spikes", about, true);
  const ids = pops.flatMap((p) => p.ids), cells = [Math.min(...ids) - 0.5, Math.max(...ids) + 0.5];
  picture(s, 190, (g, w, h) => {
    const m = axes(g, w, h, { x: [0, end], y: cells, unit: "cell" });
    const tall = Math.max(2, Math.min(9, (h - 40) / (cells[1] - cells[0]) - 1));
    pops.forEach((p, k) => {
      g.fillStyle = PALETTE[k];
      p.t.forEach((t, i) => g.fillRect(m.px(t) - 0.7, m.py(p.ids[i]) - tall / 2, 1.4, tall));
    });
  });
  const bin = Math.max(1, end / 200), counts = new Array(Math.ceil(end / bin)).fill(0), n = new Set(ids).size;
  for (const p of pops) for (const t of p.t) counts[Math.min(counts.length - 1, Math.floor(t / bin))] += p.stride;
  picture(s, 110, (g, w, h) => {
    const rate = counts.map((c) => c / n / (bin * 1e-3));
    const m = axes(g, w, h, { x: [0, end], y: [0, Math.max(1, ...rate) * 1.05], unit: "Hz a cell" });
    g.fillStyle = PALETTE[0] + "aa";
    rate.forEach((r, i) => g.fillRect(m.px(i * bin), m.py(r), Math.max(1, m.px(bin) - m.px(0) - 0.5), m.py(0) - m.py(r)));
  });
}

function voltage() {
  const v = first("neuron/soma_v");
  if (!v) return;
  const s = section("voltage", "Membrane voltage at the soma", `${v.population}; choose cells below`, true);
  const chosen = new Set(v.ids.map((_, i) => i).slice(0, 4));
  const holder = element("div"), keys = element("div", { className: "keys" });
  s.append(holder, keys);
  const draw = () => {
    holder.replaceChildren();
    const curves = [...chosen].sort((a, b) => a - b).map((i) => ({ t: v.t, y: v.columns[i], colour: PALETTE[i % PALETTE.length], label: `cell ${v.ids[i]}`, width: 1 }));
    if (curves.length) chart(holder, { curves, unit: v.unit, height: 240 });
  };
  v.ids.forEach((id, i) => {
    const box = element("input", { type: "checkbox", checked: chosen.has(i) });
    box.addEventListener("change", () => { box.checked ? chosen.add(i) : chosen.delete(i); draw(); });
    const swatch = element("span", { className: "swatch" });
    swatch.style.background = PALETTE[i % PALETTE.length];
    keys.append(element("label", {}, box, swatch, `cell ${id}`));
  });
  draw();
}

function potassium() {
  const mean = first("rd/K_o_mean"), cells = first("neuron/K_o_cells");
  if (mean) {
    const s = section("potassium", "Potassium outside the cells", "mean of the tissue, and the range over all tetrahedra");
    const [y, low, high] = mean.columns;
    chart(s, { curves: [{ t: mean.t, y, colour: PALETTE[1], width: 2, label: "mean" }], band: low && high ? { t: mean.t, low, high, colour: PALETTE[1] } : undefined, unit: mean.unit });
  }
  if (cells) family(section("potassium-cells", "Potassium as the cells feel it", "mean over the membrane of each cell"), cells, PALETTE[5]);
}

function energy() {
  for (const [name, title, colour] of [["metabolism/ATP", "ATP", PALETTE[2]], ["metabolism/ADP", "ADP", PALETTE[3]]]) {
    const s = first(name);
    if (s) family(section(title, title, "in the cytosol of each neuron, as metabolism has it; the thick line is the mean"), s, colour);
  }
}

function blood() {
  const radius = first("neuron/endfoot_radius"), perfusion = first("flow/perfusion"), envelope = first("flow/perfusion:envelope");
  if (radius) family(section("endfeet", "Endfoot radius", "change since the start, each endfoot and their mean"), radius, PALETTE[5], { relative: true });
  if (!perfusion) return;
  const s = section("perfusion", "Perfusion", envelope ? "mean over the vessels, and the range" : "each vessel and their mean");
  if (!envelope) return family(s, perfusion, PALETTE[0]);
  const [y, low, high] = envelope.columns;
  chart(s, { curves: [{ t: envelope.t, y, colour: PALETTE[0], width: 2, label: "mean" }], band: { t: envelope.t, low, high, colour: PALETTE[0] }, unit: envelope.unit });
}

/** Everything that no other section draws, so that nothing recorded is hidden. */
function others() {
  const drawn = /^(neuron\/soma_v|rd\/K_o_mean|neuron\/K_o_cells|metabolism\/A[TD]P|neuron\/endfoot_radius|flow\/perfusion)/;
  for (const s of DATA.series) {
    if (drawn.test(s.name) || s.name.endsWith(":envelope")) continue;
    family(section(s.name.replace(/\W/g, "-"), s.name, `${s.population}, ${s.ids.length} shown`), s, PALETTE[7], { height: 160 });
  }
}

// ---------------------------------------------------------------- the tissue in 3-D

function tissue() {
  const { cells = [], vessels, box } = DATA.tissue;
  if (!cells.length && !vessels) return;
  const s = section("tissue", "The tissue", "drag to turn, wheel to come nearer", true);
  const populations = [...new Set(cells.map((c) => c.population))];
  const layers = [];
  for (const c of cells) layers.push({ kind: "population " + c.population, colour: () => PALETTE[(populations.indexOf(c.population) * 2 + (c.id % 2) * 4 + 2) % PALETTE.length], lines: c.lines, width: 0.9 });
  const few = populations.length < 2;
  for (const l of layers) l.label = few ? "cells" : l.kind;
  let low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
  for (const lines of [...cells.map((c) => c.lines), vessels?.lines || []])
    for (let i = 0; i < lines.length; ++i) { low[i % 3] = Math.min(low[i % 3], lines[i]); high[i % 3] = Math.max(high[i % 3], lines[i]); }
  if (box) { low = box.slice(0, 3); high = box.slice(3); }
  const centre = low.map((a, i) => (a + high[i]) / 2), size = Math.hypot(...low.map((a, i) => high[i] - a));
  const shown = { cells: true, vessels: true, box: true };
  let turn = 0.6, tilt = 0.35, zoom = 1;
  const fast = vessels?.flow?.length ? vessels.flow.map((q) => Math.log10(q + 1)) : null, most = fast ? Math.max(...fast, 1e-9) : 1;
  const p = picture(s, 520, (g, w, h) => {
    const scale = (zoom * Math.min(w, h) * 1.25) / size, [ct, st, cp, sp] = [Math.cos(turn), Math.sin(turn), Math.cos(tilt), Math.sin(tilt)];
    const at = (a, i) => {
      const x = a[i] - centre[0], y = a[i + 1] - centre[1], z = a[i + 2] - centre[2];
      const u = ct * x + st * z, d = -st * x + ct * z;
      return [w / 2 + scale * u, h / 2 - scale * (cp * y - sp * d)];
    };
    const stroke = (a, i) => { const [x0, y0] = at(a, i), [x1, y1] = at(a, i + 3); g.moveTo(x0, y0); g.lineTo(x1, y1); };
    if (shown.box) {
      g.strokeStyle = css("--line");
      g.lineWidth = 1;
      g.beginPath();
      for (let i = 0; i < 8; ++i)
        for (const bit of [1, 2, 4])
          if (!(i & bit)) { const corner = (k) => [0, 1, 2].map((d) => (k & (1 << d) ? high[d] : low[d])); stroke([...corner(i), ...corner(i | bit)], 0); }
      g.stroke();
    }
    if (shown.vessels && vessels)
      for (let i = 0; i * 6 < vessels.lines.length; ++i) {
        const f = fast ? fast[i] / most : 1;
        g.strokeStyle = `hsl(${240 - 240 * f} 75% 52%)`;
        g.lineWidth = Math.max(1, 2 * scale * (vessels.radius[i] || 2.5));
        g.globalAlpha = 0.75;
        g.beginPath(); stroke(vessels.lines, 6 * i); g.stroke();
      }
    g.globalAlpha = 0.9;
    if (shown.cells)
      for (const l of layers) {
        g.strokeStyle = l.colour();
        g.lineWidth = l.width * Math.max(1, scale * 0.6);
        g.beginPath();
        for (let i = 0; i < l.lines.length; i += 6) stroke(l.lines, i);
        g.stroke();
      }
    g.globalAlpha = 1;
    const bar = 10 ** Math.floor(Math.log10(size / 3)), px = bar * scale;
    g.strokeStyle = g.fillStyle = css("--ink");
    g.lineWidth = 2;
    g.beginPath(); g.moveTo(16, h - 16); g.lineTo(16 + px, h - 16); g.stroke();
    g.fillText(`${bar} um`, 18, h - 22);
    if (fast && shown.vessels) {
      const grad = g.createLinearGradient(w - 176, 0, w - 16, 0);
      for (let k = 0; k <= 6; ++k) grad.addColorStop(k / 6, `hsl(${240 - 40 * k} 75% 52%)`);
      g.fillStyle = grad;
      g.fillRect(w - 176, h - 20, 160, 7);
      g.fillStyle = css("--soft");
      g.textAlign = "left"; g.fillText("flow 0", w - 176, h - 25);
      g.textAlign = "right"; g.fillText(`${show(10 ** most)} um3/s`, w - 16, h - 25);
    }
  });
  const keys = element("div", { className: "keys" });
  for (const name of ["cells", "vessels", "box"]) {
    const input = element("input", { type: "checkbox", checked: true });
    input.addEventListener("change", () => { shown[name] = input.checked; p.paint(); });
    keys.append(element("label", {}, input, name));
  }
  s.append(keys);
  p.canvas.addEventListener("pointerdown", (e) => p.canvas.setPointerCapture(e.pointerId));
  p.canvas.addEventListener("pointermove", (e) => {
    if (!e.buttons) return;
    turn += e.movementX * 0.008;
    tilt = Math.max(-1.57, Math.min(1.57, tilt + e.movementY * 0.008));
    p.paint();
  });
  p.canvas.addEventListener("wheel", (e) => { e.preventDefault(); zoom = Math.max(0.3, Math.min(12, zoom * Math.exp(-e.deltaY * 0.001))); p.paint(); }, { passive: false });
}

// ---------------------------------------------------------------- who waited, and the ledger

function waiting() {
  const all = Object.entries(DATA.summary?.participants || {}).filter(([, p]) => p.compute_s !== undefined);
  if (!all.length) return;
  const s = section("waiting", "Who waited for whom", "wall time of each participant, mean over its ranks");
  const parts = [["compute_s", "computing", PALETTE[2]], ["exchange_s", "exchanging", PALETTE[4]], ["wait_s", "waiting", PALETTE[1]]];
  const total = (p) => parts.reduce((sum, [k]) => sum + (p[k] || 0), 0), most = Math.max(...all.map(([, p]) => total(p)), 1e-9);
  const bars = element("div", { className: "bars" });
  for (const [name, p] of all) {
    const bar = element("div", { className: "bar" });
    for (const [key, label, colour] of parts) {
      const piece = element("i", { title: `${label} ${show(p[key])} s` });
      piece.style.cssText = `width:${(100 * (p[key] || 0)) / most}%;background:${colour}`;
      bar.append(piece);
    }
    bars.append(element("span", {}, name), bar, element("span", {}, `${show(p.compute_s)} s busy`));
  }
  s.append(bars);
  const keys = element("div", { className: "keys" });
  for (const [, label, colour] of parts) {
    const swatch = element("span", { className: "swatch" });
    swatch.style.background = colour;
    keys.append(element("span", {}, swatch, " " + label));
  }
  s.append(keys);
  if (DATA.summary.advice) s.append(element("p", {}, DATA.summary.advice));
}

function ledger() {
  const rows = DATA.summary?.ledger || [];
  if (!rows.length) return;
  const s = section("ledger", "Ledger", "what was emitted arrived: nothing is lost or invented between the solvers", true);
  const table = element("table"), head = table.createTHead().insertRow();
  const columns = [["field", (r) => r.field], ["from", (r) => r.from], ["to", (r) => r.to], ["emitted", (r) => show(r.emitted)], ["received", (r) => show(r.received)], ["carried over", (r) => show(r.carried ?? r.carried_over ?? 0)], ["unseen", (r) => show(r.unseen ?? 0)], ["unit", (r) => r.unit], ["drift", (r) => r.drift.toExponential(1)]];
  columns.forEach(([name], i) => head.append(element("th", { className: i > 2 && name !== "unit" ? "n" : "" }, name)));
  const body = table.createTBody();
  for (const r of rows) {
    const row = body.insertRow();
    columns.forEach(([name, value], i) => row.append(element("td", { className: (i > 2 && name !== "unit" ? "n" : "") + (name === "drift" ? (Math.abs(r.drift) <= 1e-12 ? " good" : " bad") : "") }, String(value(r) ?? ""))));
  }
  s.append(element("div", { className: "scroll" }, table));
}

header();
activity();
voltage();
potassium();
energy();
blood();
tissue();
waiting();
ledger();
others();
const v = DATA.summary?.versions || {};
$("footer").textContent = Object.entries(v).map(([k, x]) => `${k} ${x}`).join(", ");
