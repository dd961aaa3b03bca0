"""Files for the fields that move in the site's Explore page: models as ONNX, what they
start from, the widget's front end, and ONNX Runtime for browsers.

Usage: live_page.py [FOLDER], by default nbs/live/files. `make docs` calls it;
nothing of it is committed. ONNX Runtime comes from npm, or from the cache."""

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import torch

from nfdiffusion.data import Observations, observe
from nfdiffusion.datasets import fetch, mnist_slice
from nfdiffusion.explore import SHOWN, page, span
from nfdiffusion.onnx_export import answer_graph, export_onnx
from nfdiffusion.training import load

root = Path(__file__).resolve().parents[1]
RUNTIME = "onnxruntime-web@1.30.0"
SHA256 = "d2228df7e4616bc3348bf504ee888f3bec43789a273f0a63f3e68d203ce3bf71"
PARTS = (
    "ort.wasm.min.mjs",
    "ort-wasm-simd-threaded.mjs",
    "ort-wasm-simd-threaded.wasm",
)
MODELS = dict(signal="approach1-sine", digit="approach1-mnist")


def from_npm():
    "npm pack onnxruntime-web"
    command = ["npm", "pack", RUNTIME]
    with tempfile.TemporaryDirectory() as d:
        subprocess.run(command, cwd=d, check=True, capture_output=True, timeout=300)
        return next(Path(d).glob("*.tgz")).read_bytes()


def runtime(folder):
    "ONNX Runtime's three files for browsers, out of a package whose hash is known."
    name = f"{RUNTIME.replace('@', '-')}.tgz"
    archive = fetch(name, SHA256, [from_npm], gunzip=False)
    with tarfile.open(archive) as t:
        for part in PARTS:
            data = t.extractfile(f"package/dist/{part}").read()
            (folder / part).write_bytes(data)


def observations(kind):
    "What is seen at first."
    if kind == "signal":
        x, y = [-0.8, -0.4, -0.1, 0.55], [0.15, 0.69, -0.72, -0.17]
        return Observations([[[v] for v in x]], [[[v] for v in y]])
    digit = Observations.from_grid(mnist_slice(False)[0][4:5])
    return observe(digit, 40, generator=torch.Generator().manual_seed(0))


def state(model, obs):
    "What the page knows of a model: as the widget's traits, and how to ask the graph."
    how = SHOWN[model.dim]
    # the widget's own random numbers, so that both show the same draws
    noise = answer_graph(model, how.n).noise(torch.Generator().manual_seed(0))
    values = [float(f"{v:.8g}") for v in noise.flatten().tolist()]
    return dict(
        dim=model.dim,
        span=span(model, obs),
        points=torch.cat([obs.coords, obs.values], -1)[obs.mask].tolist(),
        moving=False,
        draws=how.draws,
        grids=dict(moving=how.moving, rest=how.moving),
        noise=dict(shape=list(noise.shape), values=values),
    )


def main(folder=root / "nbs/live/files"):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("explore.js", "explore.css"):
        (folder / name).write_text(page(name), encoding="utf-8")
    for kind, name in MODELS.items():
        model = load(name)
        export_onnx(model, folder / f"{kind}.onnx", SHOWN[model.dim].n)
        text = json.dumps(state(model, observations(kind)))
        (folder / f"{kind}.json").write_text(text, encoding="utf-8")
    runtime(folder)
    for path in sorted(folder.iterdir()):
        print(f"{path.name:30s} {path.stat().st_size / 1e6:7.3f} MB")


if __name__ == "__main__":
    main(*sys.argv[1:])
