"""Packaging from settings.ini: nbdev's own setup.py needs pkg_resources, which
setuptools no longer has."""

import re
from configparser import ConfigParser
from pathlib import Path

from setuptools import setup

here = Path(__file__).parent
ini = ConfigParser()
ini.read(here / "settings.ini", encoding="utf-8")
cfg = ini["DEFAULT"]
lib = cfg["lib_path"]


def absolute(readme):
    "The README with links that lead somewhere from other places, too."
    for before, kind in ((r"!\[[^\]]*\]\(", "raw"), (r"\]\(", "blob")):
        home = f"{cfg['git_url']}/{kind}/{cfg['branch']}/"
        readme = re.sub(rf"({before})(?=nbs/)", lambda m, h=home: m[1] + h, readme)
    return readme


setup(
    name=cfg["lib_name"],
    version=cfg["version"],
    description=cfg["description"],
    author=cfg["author"],
    url=cfg["git_url"],
    keywords=cfg["keywords"].split(),
    license="Apache-2.0",
    long_description=absolute((here / "README.md").read_text(encoding="utf-8")),
    long_description_content_type="text/markdown",
    packages=[lib],
    package_data={
        lib: [
            "assets/*.npz",
            "assets/*.safetensors",
            "assets/*.js",
            "assets/*.css",
            "weights/*.safetensors",
            "weights/*.json",
        ]
    },
    include_package_data=False,
    zip_safe=False,
    python_requires=">=" + cfg["min_python"],
    install_requires=cfg["requirements"].split(),
    extras_require={
        "dev": cfg["dev_requirements"].split(),
        "peers": cfg["peers_requirements"].split(),
        "data": cfg["data_requirements"].split(),
        "onnx": cfg["onnx_requirements"].split(),
    },
    entry_points={
        "console_scripts": cfg["console_scripts"].split(),
        "nbdev": [f"{lib}={lib}._modidx:d"],
    },
)  # lets nbdev link `names` in prose to their docs
