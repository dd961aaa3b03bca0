// What the page of `explore` draws, and how it takes the hand: an ES module for anywidget.
const clamp = (v, lo, hi) => Math.min(hi, Math.max(lo, v));
const nice = s => { const p = 10 ** Math.floor(Math.log10(s)); return p * [1, 2, 5, 10].find(k => k * p >= s); };
const put = (e, attrs, parent) => { for (const k in attrs) e.setAttribute(k, attrs[k]); parent?.append(e); return e; };
const make = (tag, attrs, parent) => put(document.createElementNS("http://www.w3.org/2000/svg", tag), attrs, parent);
const html = (tag, attrs, parent) => put(document.createElement(tag), attrs, parent);

const keyed = { tabindex: 0, role: "application" };

function render({ model, el }) {
  const root = html("div", { class: "nfd-explore" }, el), view = (model.get("dim") == 1 ? signal : image)(model, html("div", { class: `nfd-view nfd-${model.get("dim")}d` }, root));
  const bar = html("div", { class: "nfd-bar" }, root), clear = html("button", { type: "button" }, bar), count = html("span", {}, bar);
  clear.textContent = "Remove all";
  if (view.brush) { const label = html("label", {}, bar); label.append("brush", view.brush); }
  const said = html("span", { role: "status" }, bar), hint = html("span", { class: "hint" }, bar);
  hint.textContent = `Drag moves, click adds, shift-click or double click removes. Keys: arrows move, n and p pick, Enter adds, Delete removes${view.brush ? ", + and − change the value" : ""}.`;
  let points = [], held = null;                                                  // held: a point's number, "brush" or "keys"
  let picked = 0, settled;                                                       // the point that keys move; when they rest

  const draw = () => {
    const marks = view.marks.children;                                           // kept: a click on a mark that is gone is none
    while (marks.length > points.length) view.marks.lastChild.remove();
    picked = clamp(picked, 0, Math.max(0, points.length - 1));
    points.forEach((p, i) => { const [tag, attrs] = view.mark(p); put(marks[i] ?? make(tag, {}, view.marks), { ...attrs, class: i === picked ? "picked" : "" }); });
    tell();
  };
  const tell = () => {
    const { ms } = model.get("reply");
    count.textContent = `${points.length} observation${points.length == 1 ? "" : "s"}${ms ? ` · ${ms.toFixed(0)} ms` : ""}`;
  };
  const send = () => { model.set({ points: points.map(p => [...p]), moving: held !== null }); model.save_changes(); draw(); };
  const take = () => { if (held === null) { points = model.get("points").map(p => [...p]); draw(); } };
  const show = () => {
    const { grid, values: v } = model.get("reply"), all = new Float32Array(v.buffer.slice(v.byteOffset, v.byteOffset + v.byteLength));
    const size = grid.reduce((a, b) => a * b);
    view.show(Array.from({ length: all.length / size }, (_, k) => all.subarray(k * size, (k + 1) * size)), grid);
    tell();
  };
  const where = e => { const p = new DOMPoint(e.clientX, e.clientY).matrixTransform(view.svg.getScreenCTM().inverse()); return [p.x, p.y]; };
  const far = (p, [x, y]) => { const [a, b] = view.at(p); return Math.hypot(a - x, b - y); };
  const near = (at, reach) => {
    const d = points.map(p => far(p, at)), i = d.indexOf(Math.min(...d));
    return d[i] < reach ? i : null;
  };
  const remove = i => { if (i !== null) points.splice(i, 1); held = null; send(); };

  view.svg.addEventListener("pointerdown", e => {
    if (e.button) return;
    clearTimeout(settled);
    view.svg.setPointerCapture(e.pointerId);
    const at = where(e), i = near(at, view.reach());
    if (e.shiftKey) return remove(i);
    if (i === null) points.push(view.read(...at));
    picked = i ?? points.length - 1;
    held = i ?? (view.brush ? "brush" : points.length - 1); send();
  });
  view.svg.addEventListener("pointermove", e => {
    if (held === null || held === "keys") return;
    const at = where(e);
    if (held !== "brush") points[held] = view.read(...at, points[held]);
    else if (near(at, view.W / 28) === null) points.push(view.read(...at));
    else return;
    send();
  });
  for (const kind of ["pointerup", "pointercancel"]) view.svg.addEventListener(kind, () => { if (held !== null) { held = null; send(); } });
  view.svg.addEventListener("dblclick", e => remove(near(where(e), view.reach())));
  const byKey = {                                                                // each changes the points, and says what is left
    n: () => { picked = (picked + 1) % points.length; },
    p: () => { picked = (picked - 1 + points.length) % points.length; },
    Enter: () => { points.push(view.read(...view.middle)); picked = points.length - 1; },
    Delete: () => { points.splice(picked, 1); },
    ArrowLeft: far => shift(-far, 0), ArrowRight: far => shift(far, 0), ArrowUp: far => shift(0, -far), ArrowDown: far => shift(0, far),
    "+": () => { points[picked] = view.more(points[picked], .1); }, "-": () => { points[picked] = view.more(points[picked], -.1); },
  };
  byKey.Backspace = byKey.Delete;
  const shift = (dx, dy) => { const [x, y] = view.at(points[picked]); points[picked] = view.read(x + dx, y + dy, points[picked]); };
  view.svg.addEventListener("keydown", e => {
    const act = byKey[e.key];
    if (!act || e.ctrlKey || e.metaKey || e.altKey || (!points.length && e.key !== "Enter")) return;
    e.preventDefault();
    act(view.step * (e.shiftKey ? .2 : 1));
    held = "keys"; send();
    said.textContent = points.length ? `${picked + 1} of ${points.length}: ${view.say(points[picked])}` : "none";
    clearTimeout(settled);
    settled = setTimeout(() => { held = null; send(); }, 300);
  });
  clear.addEventListener("click", () => { points = []; send(); });
  model.on("change:points", take); model.on("change:reply", show);
  take(); show();
}
function signal(model, root) {
  const W = 720, H = 320, L = 44, R = 10, T = 10, B = 26, [lo, hi] = model.get("span"), pad = .06 * (hi - lo);
  const px = x => L + (x + 1) / 2 * (W - L - R), py = y => T + (hi + pad - y) / (hi - lo + 2 * pad) * (H - T - B);
  const svg = make("svg", { viewBox: `0 0 ${W} ${H}`, class: "nfd-signal", ...keyed, "aria-label": "observed points, mean, spread and draws; keys move the points" }, root);
  for (const x of [-1, -.5, 0, .5, 1]) make("text", { x: px(x), y: H - 8, "text-anchor": "middle" }, svg).textContent = x;
  for (let k = 0, step = nice((hi - lo) / 4); k < 9; k++) {
    const y = Math.ceil(lo / step) * step + k * step;
    if (y > hi) break;
    make("line", { x1: L, x2: W - R, y1: py(y), y2: py(y), class: "rule" }, svg);
    make("text", { x: L - 6, y: py(y) + 4, "text-anchor": "end" }, svg).textContent = +y.toFixed(6);
  }
  const curves = make("g", {}, svg), marks = make("g", {}, svg);
  return {
    svg, marks, W, step: 10, middle: [W / 2, H / 2],
    reach: () => 11 * Math.max(1, W / svg.getBoundingClientRect().width),          // as far on a small screen
    say: p => `at ${p[0].toFixed(2)}, value ${p[1].toFixed(2)}`, more: p => p,
    mark: p => ["circle", { cx: px(p[0]), cy: py(p[1]), r: 6 }],
    at: p => [px(p[0]), py(p[1])],
    read: (x, y) => [clamp((x - L) / (W - L - R) * 2 - 1, -1, 1), clamp(hi + pad - (y - T) / (H - T - B) * (hi - lo + 2 * pad), lo - pad, hi + pad)],
    show(rows, [n]) {
      const path = r => Array.from(r, (y, i) => `${px((i + .5) * 2 / n - 1).toFixed(1)},${py(y).toFixed(1)}`);
      const [mean, low, high, ...draws] = rows.map(path);
      curves.replaceChildren();
      make("path", { d: `M${low.join("L")}L${high.reverse().join("L")}Z`, class: "band" }, curves);
      for (const d of draws) make("path", { d: `M${d.join("L")}`, class: "draw" }, curves);
      make("path", { d: `M${mean.join("L")}`, class: "mean" }, curves);
    },
  };
}
const MAGMA = [[0, 0, 4], [81, 18, 124], [183, 55, 121], [252, 137, 97], [252, 253, 191]];
const magma = u => { const k = Math.min(3, Math.floor(4 * u)), f = 4 * u - k; return MAGMA[k].map((a, i) => a + f * (MAGMA[k + 1][i] - a)); };
const gray = u => [255 * u, 255 * u, 255 * u];

function image(model, root) {
  const W = 280, [lo, hi] = model.get("span"), unit = v => clamp((v - lo) / (hi - lo), 0, 1), side = W / 28;
  const figure = (name, of) => { const f = html("figure", { class: of }, root); html("figcaption", {}, f).textContent = name; return f; };
  const svg = make("svg", { viewBox: `0 0 ${W} ${W}`, class: "nfd-seen", ...keyed, "aria-label": "observed pixels; keys move them" }, figure("seen", "nfd-at"));
  const marks = make("g", {}, svg), brush = html("input", { type: "range", min: 0, max: 1, step: .01, value: 1, title: "value of a new pixel" });
  const canvases = [], place = x => (x + 1) / 2 * W;
  return {
    svg, marks, W, brush, step: side, middle: [W / 2, W / 2], reach: () => 11,
    say: p => `row ${((p[0] + 1) * 14).toFixed(1)}, column ${((p[1] + 1) * 14).toFixed(1)}, value ${p[2].toFixed(2)}`,
    more: (p, share) => [p[0], p[1], clamp(p[2] + share * (hi - lo), lo, hi)],
    mark: p => ["rect", { x: place(p[1]) - side / 2, y: place(p[0]) - side / 2, width: side, height: side, fill: `rgb(${gray(unit(p[2]))})` }],
    at: p => [place(p[1]), place(p[0])],
    read: (x, y, old) => [clamp(y / W * 2 - 1, -1, 1), clamp(x / W * 2 - 1, -1, 1), old ? old[2] : lo + (hi - lo) * brush.value],
    show(rows, [h, w]) {
      rows.forEach((row, k) => {
        canvases[k] ??= html("canvas", { role: "img", "aria-label": ["mean", "spread"][k] ?? `draw ${k - 1}` }, k < 2 ? figure(["mean", "2 standard deviations"][k], "nfd-field") : figure(`draw ${k - 1}`, "nfd-one"));
        const data = new ImageData(w, h), of = k == 1 ? v => magma(clamp(v / (hi - lo), 0, 1)) : v => gray(unit(v));
        row.forEach((v, i) => data.data.set([...of(v), 255], 4 * i));
        Object.assign(canvases[k], { width: w, height: h }).getContext("2d").putImageData(data, 0, 0);
      });
    },
  };
}

export default { render };
