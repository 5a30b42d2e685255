// The page, section by section: what ran, what the cells did, what surrounds them, and whether the run can be trusted.

function header() {
  const s = DATA.summary || {};
  $("name").textContent = s.name || "ngv results";
  document.title = `${s.name || "results"} – ngv`;
  $("status").textContent = s.status || "no summary";
  $("status").className = s.status === "complete" ? "good" : "bad";
  const participants = Object.entries(s.participants || {});
  $("about").textContent = participants.map(([n, p]) => `${n} on ${p.ranks} rank${p.ranks === 1 ? "" : "s"}`).join(", ");
  if (s.reason) $("about").after(element("p", { className: "note" }, s.reason));
  const spikes = DATA.spikes.reduce((n, p) => n + p.count, 0);
  const memory = participants.reduce((m, [, p]) => m + (p.peak_memory_mib || 0), 0);
  const tile = (value, label) => $("tiles").append(element("div", { className: "tile" }, element("b", {}, value), element("span", {}, label)));
  if (s.time_ms !== undefined) tile(`${show(s.time_ms)} ms`, s.duration_ms > s.time_ms ? `of tissue time, of ${show(s.duration_ms)}` : "of tissue time");
  if (s.wall_s) tile(`${show(s.wall_s, 3)} s`, "wall time");
  if (s.wall_s && s.time_ms) tile(`${show((s.wall_s * 1e3) / s.time_ms, 3)} s`, "for a second of tissue");
  if (DATA.spikes.length) tile(show(spikes), "spikes");
  if (memory) tile(memory > 4096 ? `${show(memory / 1024, 3)} GiB` : `${show(memory, 3)} MiB`, "peak memory, all ranks");
  if (s.ledger?.length) tile(show(Math.max(...s.ledger.map((r) => Math.abs(r.drift))), 2), "largest ledger drift");
  for (const p of DATA.problems) $("tiles").after(element("p", { className: "note" }, p));
}

/** Cells in the order in which the raster has them: by population, excitatory first, then by id. */
function rasterRows() {
  const rows = new Map(), groups = [];
  for (const p of DATA.spikes) {
    const known = CELLS[p.population]?.ids || [...new Set(p.ids)].sort((a, b) => a - b);
    for (const kind of ["E", "I", "?"]) {
      const ids = known.filter((id) => kindOf(p.population, id) === kind);
      if (!ids.length) continue;
      const begin = rows.size;
      for (const id of ids) rows.set(p.population + "/" + id, rows.size);
      groups.push({ population: p.population, kind, begin, end: rows.size, colour: KINDS[kind].colour });
    }
  }
  return { rows, groups };
}

function activity() {
  if (!DATA.spikes.length) return void absent.push("neuron/spikes.h5");
  const { rows, groups } = rasterRows(), last = end(), count = Math.max(1, rows.size);
  const name = (k) => (KINDS[k.kind].short ? KINDS[k.kind].label : k.population);
  const about = DATA.spikes.map((p) => `${p.population}: ${p.count} spikes${p.stride > 1 ? `, one in ${p.stride} drawn` : ""}`).join("; ");
  const s = section("activity", "Spikes", about, { wide: true });
  const groupOf = (row) => groups.find((k) => row < k.end);
  picture(s, Math.max(150, Math.min(420, 40 + count * 9)), (g, w, h) => {
    const m = axes(g, w, h, { x: [0, last], y: [count - 0.5, -0.5], unit: "", noY: true, noTime: true, left: 76 });
    const lane = (h - m.top - m.bottom) / count, tall = Math.max(1.5, Math.min(9, lane - 1));
    for (const k of groups) {
      g.fillStyle = k.colour;
      g.textAlign = "left";
      g.fillText(KINDS[k.kind].short || k.population.slice(0, 10), 4, m.py((k.begin + k.end - 1) / 2) + 4);
      g.globalAlpha = 0.07;
      g.fillRect(m.left, m.py(k.begin - 0.5), w - m.left - m.right, lane * (k.end - k.begin));
      g.globalAlpha = 1;
    }
    for (const p of DATA.spikes)
      p.t.forEach((t, i) => {
        const row = rows.get(p.population + "/" + p.ids[i]);
        if (row === undefined) return;
        g.fillStyle = groupOf(row).colour;
        g.fillRect(m.px(t) - 0.75, m.py(row) - tall / 2, 1.5, tall);
      });
  });
  const bins = Math.min(250, Math.max(20, Math.round(last / 4))), bin = last / bins;
  const rates = groups.map((k) => ({ k, y: new Array(bins).fill(0) }));
  for (const p of DATA.spikes)
    p.t.forEach((t, i) => {
      const row = rows.get(p.population + "/" + p.ids[i]), r = rates.find((q) => row < q.k.end);
      if (r) r.y[Math.min(bins - 1, Math.floor(t / bin))] += p.stride / (r.k.end - r.k.begin) / (bin * 1e-3);
    });
  const most = Math.max(1, ...rates.flatMap((r) => r.y)) * 1.08;
  picture(s, 130, (g, w, h) => {
    const m = axes(g, w, h, { x: [0, last], y: [0, most], unit: "Hz a cell", left: 76 });
    for (const { k, y } of rates) {
      g.beginPath();
      g.moveTo(m.px(0), m.py(0));
      y.forEach((r, i) => { g.lineTo(m.px(i * bin), m.py(r)); g.lineTo(m.px((i + 1) * bin), m.py(r)); });
      g.lineTo(m.px(last), m.py(0));
      g.fillStyle = k.colour + "38";
      g.fill();
      g.strokeStyle = k.colour;
      g.lineWidth = 1.2;
      g.stroke();
    }
  });
  const keys = element("div", { className: "keys" });
  for (const k of groups) keys.append(element("span", {}, swatch(k.colour), `${name(k)} (${k.end - k.begin})`));
  s.append(keys);
}

function voltage() {
  const all = need("neuron/soma_v", "neuron/v") && DATA.series.filter((s) => /^neuron\/(soma_v|v)(_|$)/.test(s.name));
  if (!all) return;
  all.forEach((s) => drawn.add(s.name));
  const s = section("voltage", "Voltage at the soma", "choose cells below; all have the same scale", { wide: true, short: "Voltage" });
  const holder = element("div");
  s.append(holder);
  const items = all.flatMap((v) => v.ids.map((id, i) => ({ v, i, id, kind: kindOf(v.population, id), name: String(id), on: false })));
  items.sort((a, b) => "EI?A".indexOf(a.kind) - "EI?A".indexOf(b.kind));
  items.forEach((item) => (item.colour = KINDS[item.kind].colour));
  // To begin with: the liveliest of each kind.
  const swing = (item) => { const [low, high] = range([item.v.columns[item.i]], 0); return high - low; };
  for (const [kind, count] of [["E", 4], ["I", 2], ["?", 5]])
    items.filter((i) => i.kind === kind).sort((a, b) => swing(b) - swing(a)).slice(0, count).forEach((i) => (i.on = true));
  const draw = () => {
    holder.replaceChildren();
    const traces = items.filter((i) => i.on).map((i) => ({ t: i.v.t, y: i.v.columns[i.i], colour: i.colour, label: `${KINDS[i.kind].short || "cell"} ${i.id}` }));
    if (traces.length) lanes(holder, traces, all[0].unit);
  };
  switches(s, items, draw);
  draw();
}

function potassium() {
  const tissue = need("rd/K_o"), mean = need("rd/K_o_mean"), cells = need("neuron/K_o_cells");
  if (tissue || mean) {
    const volume = mean ? { t: mean.t, y: mean.columns[0], colour: PALETTE[1], width: 2.4, label: "mean" } : null;
    const s = section("potassium", "Potassium outside the cells", tissue ? "volume mean of the tissue, and the range over all tetrahedra" : "volume mean of the tissue", { short: "K⁺ in the tissue" });
    const band = tissue && tissue.total > 1 ? { t: tissue.t, low: tissue.all.low, high: tissue.all.high, colour: PALETTE[1] } : undefined;
    chart(s, { curves: [volume || { t: tissue.t, y: tissue.all.mean, colour: PALETTE[1], width: 2.4, label: "mean" }], band, unit: (mean || tissue).unit });
  }
  if (cells) byKind(section("potassium-cells", "Potassium as each neuron feels it", "mean over its membrane", { short: "K⁺ at the neurons" }), cells);
}

/** A curve a cell in the colour of its kind, and the mean. */
function byKind(parent, s) {
  const curves = s.columns.map((y, i) => ({ t: s.t, y, colour: KINDS[kindOf(s.population, s.ids[i])].colour, alpha: 0.4, width: 1 }));
  if (s.total > 1) curves.push({ t: s.t, y: s.all.mean, colour: "ink", width: 2.2, label: "mean" });
  chart(parent, { curves, unit: s.unit });
}

function energy() {
  for (const [name, title, about] of [["metabolism/ATP", "ATP", "in each neuron; the thick line is the mean"], ["metabolism/ADP", "ADP", "in each neuron; the thick line is the mean"]]) {
    const s = need(name);
    if (s) byKind(section(title, title, about), s);
  }
}

function blood() {
  const endfeet = need("neuron/endfoot_radius"), radius = need("flow/radius"), perfusion = need("flow/perfusion"), flow = need("flow/flow");
  if (endfeet) family(section("endfeet", "Endfeet", `change of the radius since the start: ${endfeet.total} endfeet and their mean`), endfeet, PALETTE[2], { change: true });
  if (radius) family(section("vessels", "Vessel radius", `change since the start: mean of ${radius.total} vessels, and where 90 % of them lie`), radius, PALETTE[5], { change: true, thin: false });
  if (perfusion) family(section("perfusion", "Perfusion", `change since the start: mean of ${perfusion.total} vessels, and where 90 % of them lie`), perfusion, PALETTE[0], { change: true, thin: false });
  if (flow) family(section("flow", "Blood flow", `change since the start: mean of ${flow.total} vessels, and where 90 % of them lie`), flow, PALETTE[3], { change: true, thin: false });
}

/** Everything that no other section draws, so that nothing recorded is hidden. */
function others() {
  const rest = DATA.series.filter((s) => !drawn.has(s.name));
  if (!rest.length) return;
  const box = element("details", { className: "wide" }, element("summary", {}, `Everything else that was recorded (${rest.length})`));
  const grid = element("div", { className: "grid" });
  box.append(grid);
  $("main").append(box);
  for (const s of rest) {
    const card = element("section", {}, element("h2", {}, s.name), element("p", {}, `${s.population}, ${s.total} element${s.total === 1 ? "" : "s"}`));
    grid.append(card);
    family(card, s, PALETTE[7], { height: 160 });
  }
}

const percent = (f) => (f > 0 && f < 0.01 ? "<1 %" : `${Math.round(100 * f)} %`);

function waiting() {
  const all = Object.entries(DATA.summary?.participants || {}).filter(([, p]) => p.compute_s !== undefined);
  if (!all.length) return;
  const s = section("waiting", "Who waited for whom", "wall time of each participant, mean over its ranks", { wide: true, short: "Waiting" });
  const parts = [["compute_s", "computing", PALETTE[2]], ["exchange_s", "exchanging", PALETTE[4]], ["wait_s", "waiting", "#8a919c80"]];
  const total = (p) => parts.reduce((sum, [k]) => sum + (p[k] || 0), 0), most = Math.max(...all.map(([, p]) => total(p)), 1e-9);
  const bars = element("div", { className: "bars" });
  all.sort(([, a], [, b]) => b.compute_s - a.compute_s);
  for (const [name, p] of all) {
    const bar = element("div", { className: "bar" });
    for (const [key, label, colour] of parts) {
      const piece = element("i", { title: `${label} ${show(p[key], 3)} s` });
      piece.style.cssText = `width:${(100 * (p[key] || 0)) / most}%;background:${colour}`;
      bar.append(piece);
    }
    const waits = Object.entries(DATA.waits?.[name] || {}).sort(([, a], [, b]) => b - a)[0];
    const busy = `${percent(p.compute_s / Math.max(total(p), 1e-9))} busy`;
    bars.append(element("span", {}, `${name} × ${p.ranks}`), bar, element("span", {}, waits && waits[1] > 0.05 ? `${busy}, ${percent(waits[1])} waiting for ${waits[0]}` : busy));
  }
  s.append(bars);
  const keys = element("div", { className: "keys" });
  for (const [, label, colour] of parts) keys.append(element("span", {}, swatch(colour), label));
  s.append(keys);
  if (DATA.summary.advice) s.append(element("p", { className: "advice" }, DATA.summary.advice + "."));
}

function ledger() {
  const rows = DATA.summary?.ledger || [];
  if (!rows.length) return;
  const s = section("ledger", "Ledger", "what one solver emitted the other received: nothing is lost or invented on the way", { wide: true });
  const table = element("table"), head = table.createTHead().insertRow();
  const columns = [["field", (r) => r.field], ["from", (r) => r.from], ["to", (r) => r.to], ["emitted", (r) => show(r.emitted, 3)], ["received", (r) => show(r.received, 3)], ["carried over", (r) => show(r.carried ?? 0, 3)], ["unseen", (r) => show(r.unseen ?? 0, 3)], ["unit", (r) => r.unit], ["drift", (r) => show(r.drift, 2)]];
  const number = (i) => i > 2 && i !== 7;
  columns.forEach(([name], i) => head.append(element("th", { className: number(i) ? "n" : "" }, name)));
  const body = table.createTBody();
  for (const r of rows) {
    const row = body.insertRow();
    columns.forEach(([name, value], i) => row.append(element("td", { className: (number(i) ? "n" : "") + (name === "drift" ? (Math.abs(r.drift) <= 1e-12 ? " good" : " bad") : "") }, String(value(r) ?? ""))));
  }
  s.append(element("div", { className: "scroll" }, table));
}

function footer() {
  const s = DATA.summary || {};
  const facts = Object.entries(s.versions || {}).map(([k, x]) => `${k} ${x}`);
  if (s.seed !== undefined) facts.push(`seed ${s.seed}`);
  if (s.scenario?.file) facts.push(s.scenario.file);
  $("footer").append(element("p", {}, facts.join(" · ")));
  const broken = [...new Set(DATA.series.filter((x) => !x.complete).map((x) => x.name))], all = new Set(DATA.series.map((x) => x.name)).size;
  if (broken.length) $("tiles").after(element("p", { className: "note" }, `The run did not end; incomplete: ${broken.length === all ? "all reports" : broken.join(", ")}. What is shown is what was on disk.`));
  if (absent.length) $("footer").append(element("p", {}, `Not in this folder: ${absent.join(", ")}.`));
}

header();
tissue();
activity();
voltage();
potassium();
energy();
blood();
waiting();
ledger();
others();
footer();
