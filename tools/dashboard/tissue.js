// The tissue in three dimensions: cells as lines with a soma, vessels as tubes coloured by flow, the box of the mesh. Drawn from
// the back to the front in layers of depth; what is far is dim. A slider plays the spikes.

const NIGHT = [13, 16, 22];
const FLOW = [[70, 22, 40], [150, 35, 50], [226, 74, 64], [255, 158, 120], [255, 230, 205]];  // slow to fast

function flowColour(f) {
  const x = Math.max(0, Math.min(0.9999, f)) * (FLOW.length - 1), k = Math.floor(x), r = x - k;
  return hex(FLOW[k].map((c, i) => c + r * (FLOW[k + 1][i] - c)));
}

const hex = (rgb) => "#" + rgb.map((c) => Math.round(c).toString(16).padStart(2, "0")).join("");
/** A colour seen through the depth of the tissue: 1 near, 0 lost in the dark. */
const dim = (colour, near) => hex([1, 3, 5].map((i, k) => NIGHT[k] + near * (parseInt(colour.slice(i, i + 2), 16) - NIGHT[k])));

/** What can be drawn, flat: ends (6 a line), the style of each line, and the somas. */
function sceneOf({ cells = [], vessels }) {
  const styles = [], ends = [], style = [], somas = [];
  const styleOf = new Map();
  const add = (key, make) => {
    if (!styleOf.has(key)) { styleOf.set(key, styles.length); styles.push(make()); }
    return styleOf.get(key);
  };
  if (vessels) {
    const flow = vessels.flow?.length ? vessels.flow.map((q) => Math.log10(Math.abs(q) + 1)) : null;
    const sorted = flow ? [...flow].sort((a, b) => a - b) : [0, 1];
    const low = sorted[Math.floor(sorted.length * 0.02)], high = sorted[sorted.length - 1];
    const count = vessels.lines.length / 6;
    for (let i = 0; i < count; ++i) {
      const f = flow ? (flow[i] - low) / Math.max(high - low, 1e-9) : 0.6, shade = Math.round(Math.max(0, f) * 11);
      const um = Math.max(1, Math.round(2 * (vessels.radius?.[i] || 2.5)));
      style.push(add(`v${shade}/${um}`, () => ({ layer: "vessels", colour: flowColour(shade / 11), um, least: 1.2, alpha: 1 })));
      for (let d = 0; d < 6; ++d) ends.push(vessels.lines[6 * i + d]);
    }
    if (flow) somas.flow = [10 ** low - 1, 10 ** high - 1];
  }
  for (const c of cells) {
    const name = populationName(c.population), kind = name ? kindOf(name, c.id) : "?";
    const s = add(kind, () => ({ layer: kind, colour: KINDS[kind].night, um: 1, least: 0.8, alpha: kind === "A" ? 0.8 : 0.62 }));
    for (const path of c.paths)
      for (let i = 3; i < path.length; i += 3) {
        style.push(s);
        for (let d = 0; d < 6; ++d) ends.push(path[i - 3 + d]);
      }
    const p = CELLS[name], place = p?.ids ? p.ids.indexOf(c.id) : -1;
    const at = place >= 0 ? p.position.slice(3 * place, 3 * place + 3) : c.paths[0]?.slice(0, 3);
    if (at) somas.push({ at, kind, name, id: c.id, um: kind === "A" ? 8 : 13 });
  }
  return { styles, ends: Float32Array.from(ends), style, somas };
}

function boxOf(ends, box) {
  if (box) return [box.slice(0, 3), box.slice(3)];
  const low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
  ends.forEach((v, i) => { low[i % 3] = Math.min(low[i % 3], v); high[i % 3] = Math.max(high[i % 3], v); });
  return [low, high];
}

function tissue() {
  const scene = sceneOf(DATA.tissue);
  if (!scene.style.length) return void absent.push("neuron/fields.h5, flow/vessels.h5");
  const [low, high] = boxOf(scene.ends, DATA.tissue.box);
  const centre = low.map((a, i) => (a + high[i]) / 2), size = Math.hypot(...low.map((a, i) => high[i] - a));
  const s = section("tissue", "The tissue", "drag to turn, ctrl + wheel to come nearer", { wide: true, short: "Tissue" });
  const on = { box: true };
  for (const st of scene.styles) on[st.layer] = true;
  const spikes = spikeTimes();
  let turn = 0.62, tilt = 0.3, zoom = 1, now = null;

  const layers = 20, n = scene.style.length;
  const screen = new Float32Array(4 * n), buckets = Array.from({ length: layers }, () => new Map());
  const p = picture(s, 600, (g, w, h) => {
    g.fillStyle = `rgb(${NIGHT.join(" ")})`;
    g.fillRect(0, 0, w, h);
    const glow = g.createRadialGradient(w / 2, h / 2, 0, w / 2, h / 2, Math.max(w, h) * 0.6);
    glow.addColorStop(0, "#1b2230"); glow.addColorStop(1, "#0b0d12");
    g.fillStyle = glow;
    g.fillRect(0, 0, w, h);

    const scale = (zoom * Math.min(w, h) * 1.05) / size, far = 2.4 * size;
    const [ct, st, cp, sp] = [Math.cos(turn), Math.sin(turn), Math.cos(tilt), Math.sin(tilt)];
    const project = (x, y, z) => {
      x -= centre[0]; y -= centre[1]; z -= centre[2];
      const u = ct * x + st * z, d = -st * x + ct * z, v = cp * y - sp * d, depth = sp * y + cp * d;
      const f = (scale * far) / (far + depth);
      return [w / 2 + f * u, h / 2 - f * v, depth, f];
    };
    const layerOf = (depth) => Math.max(0, Math.min(layers - 1, Math.floor((0.5 - depth / size) * layers)));
    for (const b of buckets) b.clear();
    for (let i = 0; i < n; ++i) {
      if (!on[scene.styles[scene.style[i]].layer]) continue;
      const e = scene.ends, k = 6 * i, a = project(e[k], e[k + 1], e[k + 2]), b = project(e[k + 3], e[k + 4], e[k + 5]);
      screen[4 * i] = a[0]; screen[4 * i + 1] = a[1]; screen[4 * i + 2] = b[0]; screen[4 * i + 3] = b[1];
      const bucket = buckets[layerOf((a[2] + b[2]) / 2)];
      bucket.has(scene.style[i]) ? bucket.get(scene.style[i]).push(i) : bucket.set(scene.style[i], [i]);
    }
    const balls = Array.from({ length: layers }, () => []);
    for (const soma of scene.somas) if (on[soma.kind]) { const q = project(...soma.at); balls[layerOf(q[2])].push([soma, q]); }

    if (on.box) {
      g.strokeStyle = "#ffffff2c";
      g.lineWidth = 1;
      g.beginPath();
      for (let i = 0; i < 8; ++i)
        for (const bit of [1, 2, 4]) {
          if (i & bit) continue;
          const corner = (k) => project(...[0, 1, 2].map((d) => (k & (1 << d) ? high[d] : low[d])));
          const a = corner(i), b = corner(i | bit);
          g.moveTo(a[0], a[1]); g.lineTo(b[0], b[1]);
        }
      g.stroke();
    }
    g.lineCap = "round";
    for (let k = 0; k < layers; ++k) {
      const near = 0.25 + (0.75 * k) / (layers - 1);
      for (const [style, items] of buckets[k]) {
        const look = scene.styles[style];
        g.strokeStyle = dim(look.colour, near);
        g.globalAlpha = look.alpha;
        g.lineWidth = Math.max(look.least, look.um * scale);
        g.beginPath();
        for (const i of items) { g.moveTo(screen[4 * i], screen[4 * i + 1]); g.lineTo(screen[4 * i + 2], screen[4 * i + 3]); }
        g.stroke();
      }
      for (const [soma, q] of balls[k]) ball(g, soma, q, near);
    }
    g.globalAlpha = 1;
    legend(g, w, h, scale);
  });
  p.canvas.classList.add("scene");

  /** A soma; just after a spike it shines. */
  function ball(g, soma, [x, y, , f], near) {
    const r = Math.max(2.5, (soma.um / 2) * f), colour = KINDS[soma.kind].night;
    g.globalAlpha = Math.min(1, near + 0.2);
    const shade = g.createRadialGradient(x - r * 0.35, y - r * 0.35, r * 0.1, x, y, r);
    shade.addColorStop(0, "#ffffffcc"); shade.addColorStop(0.35, colour); shade.addColorStop(1, colour + "99");
    g.fillStyle = shade;
    g.beginPath(); g.arc(x, y, r, 0, 7); g.fill();
    const times = now === null ? null : spikes.get(soma.name + "/" + soma.id);
    if (!times) return;
    let k = -1;
    for (let a = 0, b = times.length - 1; a <= b;) { const m = (a + b) >> 1; if (times[m] <= now) { k = m; a = m + 1; } else b = m - 1; }
    const age = k < 0 ? 1 : (now - times[k]) / (end() * 0.02);
    if (age >= 1) return;
    const halo = g.createRadialGradient(x, y, 0, x, y, 4.5 * r);
    halo.addColorStop(0, "#ffffff"); halo.addColorStop(0.25, colour + "cc"); halo.addColorStop(1, colour + "00");
    g.globalAlpha = 1 - age;
    g.fillStyle = halo;
    g.beginPath(); g.arc(x, y, 4.5 * r, 0, 7); g.fill();
  }

  function legend(g, w, h, scale) {
    const bar = [10, 20, 50, 100, 200, 500, 1000, 5000].filter((b) => b * scale < w / 4).pop() || 10;
    g.strokeStyle = g.fillStyle = "#ffffffcc";
    g.lineWidth = 2;
    g.textAlign = "left";
    g.beginPath(); g.moveTo(18, h - 18); g.lineTo(18 + bar * scale, h - 18); g.stroke();
    g.fillText(`${bar} µm`, 18, h - 26);
    if (!scene.somas.flow || !on.vessels) return;
    const colours = g.createLinearGradient(w - 178, 0, w - 18, 0);
    for (let k = 0; k <= 8; ++k) colours.addColorStop(k / 8, flowColour(k / 8));
    g.fillStyle = colours;
    g.fillRect(w - 178, h - 38, 160, 7);
    g.fillStyle = "#ffffffb0";
    g.fillText("blood flow, µm³/s", w - 178, h - 45);
    g.fillText(show(scene.somas.flow[0], 2), w - 178, h - 16);
    g.textAlign = "right"; g.fillText(show(scene.somas.flow[1], 2), w - 18, h - 16);
  }

  const names = [...new Set(scene.styles.map((st) => st.layer))].map((layer) => ({
    layer, name: KINDS[layer]?.label || layer, colour: KINDS[layer]?.night || flowColour(0.5), on: true }));
  const row = switches(s, [...names, { layer: "box", name: "box of the mesh", colour: "#8a919c", on: true }], (item) => { on[item.layer] = item.on; p.paint(); });
  if (spikes.size) player(row, (t) => { now = t; p.paint(); });
  turnable(p, (dx, dy) => { turn += dx * 0.007; tilt = Math.max(-1.57, Math.min(1.57, tilt + dy * 0.007)); }, (f) => (zoom = Math.max(0.4, Math.min(15, zoom * f))));
}

const end = () => DATA.summary?.time_ms || Math.max(1, ...DATA.spikes.map((p) => p.t[p.t.length - 1] || 0));

function spikeTimes() {
  const times = new Map();
  for (const p of DATA.spikes)
    p.ids.forEach((id, i) => {
      const key = p.population + "/" + id;
      times.has(key) ? times.get(key).push(p.t[i]) : times.set(key, [p.t[i]]);
    });
  return times;
}

/** Play and a slider over the run's time: twelve seconds from begin to end. */
function player(row, set) {
  const button = element("button", { type: "button", className: "play" }, "▶ play the spikes"), slider = element("input", { type: "range", min: 0, max: 1000, value: 0 });
  slider.setAttribute("aria-label", "time");
  const label = element("span", { className: "time" });
  let running = false, last = 0, t = 0;
  const put = () => { slider.value = (1000 * t) / end(); label.textContent = `${show(Math.round(t))} ms`; set(t); };
  const step = (stamp) => {
    if (!running) return;
    t += ((stamp - last) / 12000) * end();
    last = stamp;
    if (t > end()) t = 0;
    put();
    requestAnimationFrame(step);
  };
  button.addEventListener("click", () => {
    running = !running;
    button.textContent = running ? "❚❚ pause" : "▶ play the spikes";
    requestAnimationFrame((stamp) => { last = stamp; step(stamp); });
  });
  slider.addEventListener("input", () => { t = (slider.value / 1000) * end(); put(); });
  row.append(button, slider, label);
}

/** Drag turns, ctrl + wheel (or pinch on a touchpad) zooms; the plain wheel stays with the page. */
function turnable(p, turn, zoom) {
  let from = null;
  p.canvas.addEventListener("pointerdown", (e) => { from = [e.clientX, e.clientY]; p.canvas.setPointerCapture(e.pointerId); });
  p.canvas.addEventListener("pointerup", () => (from = null));
  p.canvas.addEventListener("pointermove", (e) => {
    if (!from) return;
    turn(e.clientX - from[0], e.clientY - from[1]);
    from = [e.clientX, e.clientY];
    p.paint();
  });
  p.canvas.addEventListener("wheel", (e) => {
    if (!e.ctrlKey && !e.metaKey) return;
    e.preventDefault();
    zoom(Math.exp(-e.deltaY * 0.004));
    p.paint();
  }, { passive: false });
}
