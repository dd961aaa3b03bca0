// The page of `explore` without Python. The front end is the Jupyter widget's own; its
// `model` is answered here, by ONNX Runtime, from files that tools/live_page.py made.
const beside = name => new URL(`./files/${name}`, import.meta.url).href;
const SORRY = "This browser could not run the model, which takes WebAssembly and JavaScript modules; "
  + "the pictures below show what it does, and make lab runs the same in Jupyter.";

async function file(name) {
  const answer = await fetch(beside(name));
  if (!answer.ok) throw new Error(`${name} is not here (${answer.status})`);
  return answer;
}

let starting; // ONNX Runtime, once for all models
async function runtime() {
  const ort = await import(beside("ort.wasm.min.mjs"));
  ort.env.wasm.wasmPaths = beside("");
  ort.env.wasm.proxy = true; // in a worker, so that the hand never waits
  ort.env.wasm.numThreads = 1; // more need headers that a plain host of files does not send
  return ort;
}

// The numbers between which a share of a column of draws lies, as torch.quantile has them.
function quantile(sorted, share) {
  const at = share * (sorted.length - 1), below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

// Rows of the picture: mean, spread (5 % and 95 %; of images two deviations), some draws.
function rows({ posterior_mean: mean, posterior_std: std, draws }, dim, shown) {
  const M = mean.data.length, n = draws.data.length / M;
  const spread = new Float32Array(dim == 1 ? 2 * M : M);
  for (let i = 0; i < M; i++) {
    if (dim > 1) { spread[i] = 2 * std.data[i]; continue; }
    const column = Float32Array.from({ length: n }, (_, k) => draws.data[k * M + i]).sort();
    spread[i] = quantile(column, .05);
    spread[M + i] = quantile(column, .95);
  }
  const all = new Float32Array(M + spread.length + shown * M);
  all.set(mean.data);
  all.set(spread, M);
  all.set(draws.data.subarray(0, shown * M), M + spread.length);
  return all;
}

// Centres of the cells of a grid, the last axis fastest.
function centres(shape) {
  const count = shape.reduce((a, b) => a * b), x = new Float32Array(count * shape.length);
  for (let i = 0; i < count; i++) {
    for (let a = shape.length - 1, rest = i; a >= 0; rest = Math.floor(rest / shape[a--]))
      x[i * shape.length + a] = (rest % shape[a] + .5) * 2 / shape[a] - 1;
  }
  return x;
}

// What ipywidgets gives to a front end, without a kernel.
class Model {
  constructor(ort, session, state) {
    Object.assign(this, { ort, session, state, listeners: {}, asked: false, running: false, answered: null });
    this.noise = Float32Array.from(state.noise.values);
  }
  // A copy: what goes to the worker is gone here.
  floats(values, shape) { return new this.ort.Tensor("float32", values.slice(), shape); }
  get(name) { return this.state[name]; }
  set(changes) { Object.assign(this.state, changes); }
  on(event, f) { (this.listeners[event] ??= []).push(f); }
  async save_changes() { // only the newest of what the hand did meanwhile is answered
    this.asked = true;
    if (this.running) return;
    this.running = true;
    try { while (this.asked) { this.asked = false; await this.follow(); } } finally { this.running = false; }
  }
  async follow() {
    const { points, moving, dim, grids, noise } = this.state, grid = grids[moving ? "moving" : "rest"];
    const seen = JSON.stringify(points), key = `${seen} ${grid}`;
    if (key === this.answered || (moving && this.answered?.startsWith(`${seen} `))) return; // taking hold changes nothing yet
    const start = performance.now(), x = centres(grid), N = Math.max(1, points.length); // padded where nothing is seen
    const coords = new Float32Array(N * dim), values = new Float32Array(N), mask = new Uint8Array(N);
    points.forEach((p, i) => { coords.set(p.slice(0, dim), i * dim); values[i] = p[dim]; mask[i] = 1; });
    const out = await this.session.run({
      coords: this.floats(coords, [N, dim]), values: this.floats(values, [N, 1]), mask: new this.ort.Tensor("bool", mask, [N]),
      noise: this.floats(this.noise, noise.shape), x: this.floats(x, [x.length / dim, dim]),
    });
    this.answered = key;
    this.state.reply = { grid, values: rows(out, dim, this.state.draws), ms: performance.now() - start };
    for (const f of this.listeners["change:reply"] ?? []) f();
  }
}

async function start(el) {
  const name = el.dataset.model;
  el.textContent = "The model is on its way …";
  try {
    const [ort, page, state, graph] = await Promise.all([
      starting ??= runtime(), import(beside("explore.js")),
      file(`${name}.json`).then(a => a.json()), file(`${name}.onnx`).then(a => a.arrayBuffer()),
    ]);
    const model = new Model(ort, await ort.InferenceSession.create(graph), state);
    await model.save_changes();
    delete state.reply.ms; // the first answer is slower: the browser is still compiling
    el.textContent = "";
    page.default.render({ model, el });
    el.field = model; // for whoever wants to look at its numbers
  } catch (error) {
    el.textContent = SORRY;
    console.warn(error);
  }
}

// Nothing is fetched before a reader comes near.
const near = new IntersectionObserver(entries => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) { near.unobserve(target); start(target); }
}, { rootMargin: "300px" });
document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: beside("explore.css") }));
for (const el of document.querySelectorAll(".nfd-live")) near.observe(el);
