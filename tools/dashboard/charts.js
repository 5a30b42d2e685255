// Curves over time on a canvas.

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
    g.font = "12px system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif";
    g.lineJoin = "round";
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

/** Time and value axes; returns the maps from data to pixels. */
function axes(g, width, height, { x, y, unit, noY, noTime, left = 54 }) {
  const right = 14, top = 18, bottom = noTime ? 6 : 22;
  const px = (v) => left + ((v - x[0]) / (x[1] - x[0])) * (width - left - right);
  const py = (v) => height - bottom - ((v - y[0]) / (y[1] - y[0])) * (height - top - bottom);
  g.strokeStyle = css("--grid");
  g.fillStyle = css("--soft");
  g.lineWidth = 1;
  const seconds = x[1] - x[0] >= 5000, unitX = seconds ? "s" : "ms", factor = seconds ? 1e-3 : 1;
  const tx = ticks(x[0] * factor, x[1] * factor, width / 120), ty = ticks(y[0], y[1], (height - 40) / 36);
  g.textAlign = "center";
  for (const t of tx.all) {
    const at = px(t / factor), isLast = t === tx.all[tx.all.length - 1];
    g.beginPath(); g.moveTo(at, top); g.lineTo(at, height - bottom); g.stroke();
    if (noTime) continue;
    const label = t.toFixed(tx.digits).replace("-", "−") + (isLast ? " " + unitX : "");
    g.fillText(label, Math.min(at, width - 4 - g.measureText(label).width / 2), height - 6);
  }
  g.textAlign = "right";
  if (!noY)
    for (const t of ty.all) {
      g.beginPath(); g.moveTo(left, py(t)); g.lineTo(width - right, py(t)); g.stroke();
      const odd = Math.abs(t) >= 1e5 || ty.digits > 4;
      g.fillText(odd ? show(t, 2) : t.toFixed(ty.digits).replace("-", "−"), left - 7, py(t) + 4);
    }
  g.textAlign = "left";
  g.fillText(pretty(unit), 4, 11);
  return { px, py, left, right, top, bottom, unitX, factor };
}

function range(arrays, pad) {
  let low = Infinity, high = -Infinity;
  for (const a of arrays)
    for (const v of a)
      if (v !== null) { if (v < low) low = v; if (v > high) high = v; }
  if (!(high > low)) {
    if (!Number.isFinite(low)) return [0, 1];
    const d = Math.abs(low) * 0.01 || 1;
    return [low - d, low + d];
  }
  const d = (high - low) * pad;
  return [low - d, high + d];
}

function line(g, m, t, y) {
  g.beginPath();
  for (let i = 0; i < t.length; ++i) if (y[i] !== null) g.lineTo(m.px(t[i]), m.py(y[i]));
  g.stroke();
}

/** The value of a curve at a time: the last sample that is not later. */
function valueAt(t, y, time) {
  let low = 0, high = t.length - 1;
  while (low < high) { const k = (low + high + 1) >> 1; t[k] <= time ? (low = k) : (high = k - 1); }
  return y[low];
}

/** Calls `move(time)` (null outside) as the pointer goes over a chart. */
function follow(p, map, x, move) {
  p.canvas.addEventListener("pointermove", (e) => {
    const m = map();
    if (!m) return;
    const f = (e.offsetX - m.left) / (p.canvas.clientWidth - m.left - m.right);
    move(f < 0 || f > 1 ? null : x[0] + f * (x[1] - x[0]));
    p.paint();
  });
  p.canvas.addEventListener("pointerleave", () => { move(null); p.paint(); });
}

/** Curves over time. curves: {t, y, colour, width, alpha, label}; band: {t, low, high, colour}. Pointing at it shows the values. The
 * value axis spans at least `least`, so that rounding does not look like an event. */
function chart(parent, { curves, band, unit, height = 210, least = 0 }) {
  const x = range([...curves.map((c) => c.t), ...(band ? [band.t] : [])], 0);
  const y = range([...curves.map((c) => c.y), ...(band ? [band.low, band.high] : [])], 0.06);
  const lacks = (least - (y[1] - y[0])) / 2;
  if (lacks > 0) { y[0] -= lacks; y[1] += lacks; }
  let at = null, last = null;
  const p = picture(parent, height, (g, width, h) => {
    const m = (last = axes(g, width, h, { x, y, unit }));
    if (band) {
      g.fillStyle = band.colour + "2e";
      g.beginPath();
      band.t.forEach((t, i) => g.lineTo(m.px(t), m.py(band.high[i])));
      for (let i = band.t.length - 1; i >= 0; --i) g.lineTo(m.px(band.t[i]), m.py(band.low[i]));
      g.fill();
    }
    for (const c of curves) {
      g.strokeStyle = c.colour === "ink" ? css("--ink") : c.colour;
      g.lineWidth = c.width || 1.2;
      g.globalAlpha = c.alpha || 1;
      line(g, m, c.t, c.y);
      g.globalAlpha = 1;
    }
    if (at === null) return;
    g.strokeStyle = css("--soft");
    g.lineWidth = 1;
    g.beginPath(); g.moveTo(m.px(at), m.top); g.lineTo(m.px(at), h - m.bottom); g.stroke();
    const named = curves.filter((c) => c.label).slice(0, 4).map((c) => `${c.label} ${show(valueAt(c.t, c.y, at))}`);
    if (band) named.push(`${band.label || "range"} ${show(valueAt(band.t, band.low, at), 3)} to ${show(valueAt(band.t, band.high, at), 3)}`);
    g.fillStyle = css("--ink");
    g.textAlign = "right";
    g.fillText(`${show(at * m.factor)} ${m.unitX}:  ${named.join(",  ")} ${pretty(unit)}`, width - m.right, 11);
  });
  follow(p, () => last, x, (t) => (at = t));
}

/** Traces below each other, as on an oscilloscope with many channels: the same scale for all. traces: {t, y, colour, label}. */
function lanes(parent, traces, unit, lane = 46) {
  const x = range(traces.map((c) => c.t), 0), y = range(traces.map((c) => c.y), 0.02);
  let at = null, last = null;
  const p = picture(parent, traces.length * lane + 44, (g, width, h) => {
    const m = (last = axes(g, width, h, { x, y: [0, 1], unit: "", noY: true, left: 76 }));
    const tall = (lane * 1.1) / (y[1] - y[0]);
    traces.forEach((c, k) => {
      const base = m.top + (k + 1) * lane - 4;
      g.fillStyle = c.colour;
      g.textAlign = "left";
      g.fillText(at === null ? c.label : `${c.label}`, 4, base - 6);
      if (at !== null) { g.fillStyle = css("--soft"); g.textAlign = "right"; g.fillText(show(valueAt(c.t, c.y, at), 3), m.left - 6, base + 7); }
      g.strokeStyle = c.colour === "ink" ? css("--ink") : c.colour;
      g.lineWidth = 1.1;
      g.beginPath();
      for (let i = 0; i < c.t.length; ++i) g.lineTo(m.px(c.t[i]), base - (c.y[i] - y[0]) * tall);
      g.stroke();
    });
    // A scale bar instead of axes.
    const most = (y[1] - y[0]) / 1.5, power = 10 ** Math.floor(Math.log10(most)), bar = power * [5, 2, 1].find((k) => k * power <= most);
    g.strokeStyle = g.fillStyle = css("--soft");
    g.lineWidth = 1.5;
    g.beginPath(); g.moveTo(width - 8, m.top + lane - 4); g.lineTo(width - 8, m.top + lane - 4 - bar * tall); g.stroke();
    g.textAlign = "right";
    g.fillText(`${show(bar)} ${pretty(unit)}`, width - 12, m.top + 8);
    if (at === null) return;
    g.lineWidth = 1;
    g.beginPath(); g.moveTo(m.px(at), m.top); g.lineTo(m.px(at), h - m.bottom); g.stroke();
    g.textAlign = "center";
    g.fillStyle = css("--ink");
    g.fillText(`${show(at * m.factor)} ${m.unitX}`, m.px(at), 11);
  });
  follow(p, () => last, x, (t) => (at = t));
}

/** Mean and range over all elements, and thin curves of the ones that were kept. */
function family(parent, s, colour, { change, height, thin = true } = {}) {
  const relative = change && s.change, band = relative ? s.change : s.all;
  const columns = relative ? s.columns.map((c) => c.map((v) => 100 * (v / c[0] - 1))) : s.columns;
  const many = s.total > columns.length;
  const curves = thin ? columns.map((y) => ({ t: s.t, y, colour, alpha: columns.length > 8 ? 0.28 : 0.5, width: 1 })) : [];
  if (s.total > 1) curves.push({ t: s.t, y: band.mean, colour, width: 2.4, label: "mean" });
  else curves.forEach((c) => Object.assign(c, { width: 2.2, alpha: 1, label: "value" }));
  const label = relative ? "5–95 %" : "range";
  const shade = many || !thin ? { t: s.t, low: band.low, high: band.high, colour, label } : undefined;
  chart(parent, { curves: many ? curves.slice(-1) : curves, band: shade, unit: relative ? "% change" : s.unit, height, least: relative ? 0.02 : 0 });
}
