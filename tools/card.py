"""The picture that others show beside a link to the site: nbs/images/card.png.

Pixels of two digits, and the fields that go through them."""

from pathlib import Path

import torch
from matplotlib.figure import Figure
from PIL import Image

from nfdiffusion.data import Observations, mnist_slice, observe
from nfdiffusion.training import load

path = Path(__file__).resolve().parents[1] / "nbs/images/card.png"
blue = "#173f6b"

digits = Observations.from_grid(mnist_slice(train=False)[0][[3, 61]])
seen = observe(digits, 0.1, generator=torch.Generator().manual_seed(2))
fields = load("approach5-mnist").reconstruct(seen).grid(256, 256)

fig = Figure(figsize=(12, 6.3), dpi=100, facecolor=blue)
for b in range(2):
    pixels, field = (
        fig.add_axes((0.05 + 0.46 * b + x, 0.34, 0.21, 0.4)) for x in (0, 0.22)
    )
    y, x = seen[b].coords[0, seen[b].mask[0]].unbind(-1)
    values = seen[b].values[0, seen[b].mask[0], 0]
    pixels.set(facecolor="#2b5c91", xlim=(-1, 1), ylim=(1, -1), xticks=[], yticks=[])
    pixels.scatter(x, y, c=values, s=45, marker="s", cmap="gray", vmin=0, vmax=1)
    field.imshow(fields[b, ..., 0], cmap="gray", vmin=0, vmax=1)
    field.axis("off")
fig.text(0.05, 0.83, "nfdiffusion", color="w", size=52, weight="bold")
words = "A few observations in, a continuous field out, with honest uncertainty"
fig.text(0.05, 0.16, words, color="w", size=22)
fig.savefig(path)
Image.open(path).convert("RGB").quantize(64).save(path, optimize=True)
