"""Does `explore` work in a real browser? Opens JupyterLab in chromium, or the site's
Explore page, moves points by mouse and keys, and looks at what happens.

Needs: pip install selenium, apt install chromium chromium-driver or their like, and
JupyterLab (make lab) or the page's files (tools/live_page.py).
Usage: browser_check.py lab|page [FOLDER]: with a folder, pictures are written into it.
Prints round trips from the mouse's move to the new picture."""

import io
import json
import os
import re
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

try:
    import nbformat
    from PIL import Image
    from selenium import webdriver
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError as e:
    sys.exit(f"{e.name} is missing: pip install {e.name}")
for exe in ("chromium", "chromedriver"):
    if not shutil.which(exe):
        sys.exit(f"{exe} is missing: apt install chromium chromium-driver")

root = Path(__file__).resolve().parents[1]
CELLS = [
    """\
import json, torch
from nfdiffusion.data import Observations, observe, mnist_slice
from nfdiffusion.training import load
from nfdiffusion.explore import explore""",
    """\
obs = Observations([[[-.8], [-.4], [-.1], [.55]]], [[[.15], [.69], [-.72], [-.17]]])
w = explore(load('approach1-sine'), obs)
w""",
    """\
digit = Observations.from_grid(mnist_slice(False)[0][4:5])
g = torch.Generator().manual_seed(0)
d = explore(load('approach5-mnist'), observe(digit, 40, generator=g))
d""",
    'print("POINTS" + json.dumps([w.points, d.points]))',
]
# Which point is dragged, by how many pixels.
DRAGS = dict(signal=(1, 0, 112), digit=(11, 45, -39))

# How long from a move of the mouse until the picture is new; the observer sees curves
# replaced, or a canvas resized.
WATCH = """window.trips = []; window.moved = null;
document.addEventListener("pointermove", () => moved ??= performance.now(), true);
new MutationObserver(() => {
  if (moved !== null) trips.push(performance.now() - moved);
  moved = null;
}).observe(arguments[0], { childList: true, attributes: true });"""


def until(what, condition, seconds=120):
    "The first true answer of `condition`"
    end = time.time() + seconds
    while time.time() < end:
        try:
            if answer := condition():
                return answer
        except Exception:
            pass
        time.sleep(0.05)
    sys.exit(f"FAILED: {what} did not happen within {seconds} s")


def spent():
    """Milliseconds of processor time that all descendants of this process have used:
    browser, server, kernel (Linux)."""
    parent, used, total = {}, {}, 0
    for p in Path("/proc").glob("[0-9]*/stat"):
        try:
            f = p.read_text().rsplit(") ", 1)[1].split()
        except OSError:
            continue  # gone meanwhile
        process = int(p.parent.name)
        parent[process], used[process] = int(f[1]), int(f[11]) + int(f[12])
    for p, u in used.items():
        while p not in (0, os.getpid()):
            p = parent.get(p, 0)
        total += u * (p != 0)
    return (total - used[os.getpid()]) * 1000 / os.sysconf("SC_CLK_TCK")


def serve(folder):
    "JupyterLab on `folder`: its process and address"
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    token = secrets.token_hex(16)
    home = os.environ | {
        "JUPYTER_CONFIG_DIR": f"{folder}/.config",
        "JUPYTER_DATA_DIR": f"{folder}/.data",
        "OMP_NUM_THREADS": "1",
    }
    page = Path(folder, ".config/labconfig/page_config.json")
    page.parent.mkdir(parents=True)
    page.write_text(
        '{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}'
    )
    options = ["--no-browser", "--allow-root", "--expose-app-in-browser"]
    options.append(f"--port={port}")
    options.append(f"--IdentityProvider.token={token}")
    options.append(f"--ServerApp.root_dir={folder}")
    with open(f"{folder}/.log", "w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env=home,
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    status = f"http://127.0.0.1:{port}/api?token={token}"
    until(
        "the start of JupyterLab", lambda: urllib.request.urlopen(status).status == 200
    )
    return server, f"http://127.0.0.1:{port}/doc/tree/explore.ipynb?token={token}"


def browser():
    how = webdriver.ChromeOptions()
    how.binary_location = shutil.which("chromium")
    for o in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--window-size=1000,1300",
        "--hide-scrollbars",
    ):
        how.add_argument(o)
    return webdriver.Chrome(how, webdriver.ChromeService(shutil.which("chromedriver")))


class Page:
    "One of the widgets in the page, and the mouse over it"

    def __init__(self, driver, k):
        self.driver = driver
        self.root = until(
            "the widget",
            lambda: driver.find_elements(By.CSS_SELECTOR, ".nfd-explore")[k],
        )
        self.answer = until(
            "its answer",
            lambda: self.root.find_elements(By.CSS_SELECTOR, ".nfd-signal > g, canvas")[
                0
            ],
        )
        self.svg = self.root.find_element(By.TAG_NAME, "svg")

    cell = property(
        lambda self: self.root.find_element(
            By.XPATH, './ancestor::div[contains(@class, "jp-CodeCell")]'
        )
    )
    marks = property(
        lambda self: self.root.find_elements(By.CSS_SELECTOR, "circle, rect")
    )

    def mouse(self):
        return ActionChains(self.driver, duration=0)

    def look(self):
        "What the answer looks like: its pixels, or its curves"
        return self.driver.execute_script(
            "const e = arguments[0];"
            'return e.tagName == "CANVAS" ? e.toDataURL() : e.innerHTML',
            self.answer,
        )

    def picture(self, code=True):
        time.sleep(1)
        whole = Image.open(io.BytesIO(self.cell.screenshot_as_png)).convert("RGB")
        return (
            whole
            if code
            else whole.crop((0, self.root.rect["y"] - self.cell.rect["y"], *whole.size))
        )

    def points(self, k):
        "The observations as Python has them: the last cell prints them"
        time.sleep(1)
        cell = self.driver.find_elements(By.CSS_SELECTOR, ".jp-CodeCell")[-1]
        scroll = 'arguments[0].scrollIntoView({block: "center"})'
        self.driver.execute_script(scroll, cell)
        self.mouse().click(cell.find_element(By.CSS_SELECTOR, ".cm-content")).key_down(
            Keys.CONTROL
        ).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()
        time.sleep(1)
        printed = until(
            "a cell run",
            lambda: re.search(
                "POINTS(.*)",
                cell.find_element(
                    By.CSS_SELECTOR, ".jp-OutputArea-output"
                ).text.replace("\n", ""),
            ),
        )[1]
        self.driver.execute_script(scroll, self.svg)
        time.sleep(0.3)
        return json.loads(printed)[k]

    def drag(self, mark, dx, dy, steps):
        """One step after the other, each when the last is answered: milliseconds
        of each on the clock, and of processor time."""
        before = self.look()
        self.driver.execute_script(WATCH, self.answer)
        self.mouse().move_to_element(mark).click_and_hold().perform()
        time.sleep(0.5)
        self.driver.execute_script("trips.length = 0; moved = null")
        work = spent()
        for k in range(steps):
            step = [round(d * (k + 1) / steps) - round(d * k / steps) for d in (dx, dy)]
            self.mouse().move_by_offset(*step).perform()
            until(
                "an answer to a move",
                lambda k=k: self.driver.execute_script("return trips.length") > k,
                20,
            )
        work = (spent() - work) / steps
        self.mouse().release().perform()
        time.sleep(1)
        assert self.look() != before, "the answer did not change"
        return self.driver.execute_script("return trips")[:steps], work

    def rush(self, mark, moves):
        "There and back, faster than anyone answers: how many answers came"
        self.driver.execute_script(WATCH, self.answer)
        hand = self.mouse().move_to_element(mark).click_and_hold()
        for k in range(moves):
            hand = hand.move_by_offset(2 if k < moves // 2 else -2, 0)
        hand.release().perform()
        time.sleep(2)
        return len(self.driver.execute_script("return trips"))


def remove_and_add(p, k, which, name):
    "Shift, a press or a brush, a double click, and the button."
    before = p.points(k)
    on = p.mouse().move_to_element(p.marks[which])
    on.key_down(Keys.SHIFT).click().key_up(Keys.SHIFT).perform()
    left = [q for i, q in enumerate(before) if i != which]
    assert p.points(k) == left, "shift and a click did not remove"
    hand = p.mouse().move_to_element_with_offset(p.svg, -95, 90).click_and_hold()
    hand.move_by_offset(20, 0).move_by_offset(20, 0).release().perform()
    more = len(p.points(k)) - len(left)
    added = more == 1 if name == "signal" else more > 1
    assert added, "a press did not add one point, or paint some"
    p.mouse().move_to_element(p.marks[-1]).double_click().perform()
    assert len(p.points(k)) == len(left) + more - 1, "a double click did not remove"
    p.root.find_element(By.TAG_NAME, "button").click()
    assert p.points(k) == [], "the button did not remove all"


def check_lab(driver):
    until(
        "a kernel",
        lambda: driver.execute_script(
            "const s = jupyterapp.shell.currentWidget.sessionContext.session.kernel;"
            'return s.connectionStatus == "connected" && s.status == "idle"'
        ),
    )
    driver.execute_script('jupyterapp.commands.execute("notebook:run-all-cells")')
    pictures = {}
    for k, (name, (which, dx, dy)) in enumerate(DRAGS.items()):
        p = Page(driver, k)
        start, first = p.points(k), p.picture()
        trips, work = p.drag(p.marks[which], dx, dy, 30)
        pictures[name] = first, p.picture(code=False)
        moved = p.points(k)
        changed = [a != b for a, b in zip(start, moved, strict=True)]
        expected = [i == which for i in range(len(start))]
        assert changed == expected, "Python has other points than were moved"
        came = p.rush(p.marks[which], 60)
        after = p.points(k)
        off = max(abs(a - b) for a, b in zip(after[which], moved[which], strict=True))
        assert off < 0.02, "the last of many moves is not where it ended"
        remove_and_add(p, k, which, name)
        print(
            f"{name}: moved, removed, added. From a move of the mouse to the new "
            f"picture {statistics.median(trips):.0f} ms on the clock "
            f"(median of {len(trips)}), "
            f"{work:.0f} ms of work by browser, server and kernel; "
            f"{came} answers to 60 moves in a rush"
        )
    return pictures


def lab(out=None):
    "The widget in JupyterLab."
    try:
        import jupyterlab
    except ImportError:
        sys.exit("jupyterlab is missing: make lab")
    folder = tempfile.mkdtemp()
    nb = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(c) for c in CELLS],
        metadata=dict(
            kernelspec=dict(name="python3", display_name="Python 3", language="python")
        ),
    )
    nbformat.write(nb, f"{folder}/explore.ipynb")
    server = driver = None
    try:
        server, address = serve(folder)
        driver = browser()
        driver.get(address)
        print(f"JupyterLab {jupyterlab.__version__}, {about(driver)}")
        for name, two in check_lab(driver).items():
            if not out:
                continue
            both = Image.new("RGB", (two[0].width, sum(t.height for t in two)), "white")
            both.paste(two[0], (0, 0))
            both.paste(two[1], (0, two[0].height))
            store(both, Path(out) / f"{name}.png")
    finally:
        if driver:
            driver.quit()
        if server:
            server.terminate()
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def about(driver):
    "Which browser, and how busy the machine is."
    is_ = driver.capabilities
    return (
        f"{is_['browserName']} {is_['browserVersion'].split('.')[0]}, "
        f"{os.getloadavg()[0]:.1f} processes at work on "
        f"{len(os.sched_getaffinity(0))} core(s) of {os.cpu_count()}"
    )


def store(picture, path):
    picture.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


# The site's page: the HTML of the notebook's cell in a page of its own.

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Explore</title>
<link rel="icon" href="data:,"></head>
<body class="quarto-light"><main>{}</main></body></html>"""


class Files(SimpleHTTPRequestHandler):
    "The files of nbs/, and the page at /; at /bare the same on a host without wasm."

    def __init__(self, *args):
        super().__init__(*args, directory=root / "nbs")

    def do_GET(self):
        if self.path.endswith("/page"):
            cells = nbformat.read(root / "nbs/explore.ipynb", 4).cells
            html = next(c.source for c in cells if c.source.startswith("<div"))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(PAGE.format(html).encode())
            return
        bare, self.path = (
            self.path.startswith("/bare/"),
            self.path.removeprefix("/bare"),
        )
        if bare and self.path.endswith(".wasm"):
            self.send_error(404)
        else:
            super().do_GET()

    def log_message(self, *args):
        pass


class LivePage(Page):
    "One of the fields that the page itself answers."

    def __init__(self, driver, k):
        super().__init__(driver, k)
        self.host = self.root.find_element(By.XPATH, "./parent::div")

    def points(self, k=None):
        time.sleep(0.5)
        return self.driver.execute_script(
            "return arguments[0].field.get('points')", self.host
        )

    def rows(self):
        "What the page shows: (rows, *grid)."
        script = "const r = arguments[0].field.get('reply');"
        script += "return [r.grid, Array.from(r.values)]"
        grid, values = self.driver.execute_script(script, self.host)
        return torch.tensor(values).view(-1, *grid)

    def keys(self, *keys):
        self.driver.execute_script("arguments[0].focus()", self.svg)
        for key in keys:
            self.mouse().send_keys(key).perform()
        time.sleep(1)


def expected(model, points):
    "What PyTorch shows for the same points: rows as `answer` gives them."
    obs = points_observed(points, model.dim)
    rows = answer(model, obs, True)
    if model.dim > 1:  # the page's mean is that of the draws that it shows
        same = torch.Generator().manual_seed(0)
        codes = draw_codes(model, obs, SHOWN[2].n, 10, same)
        rows[0] = model.field(codes, obs).grid(*SHOWN[2].moving).mean(0)[0, ..., 0]
    return rows


def check_live(p, name, model):
    "Mouse and keys on one field; after each, page and PyTorch have the same numbers."
    gaps = []

    def same():
        points = p.points()
        gaps.append((p.rows() - expected(model, points)).abs().max().item())
        assert gaps[-1] < 1e-3, f"{name}: page and PyTorch differ by {gaps[-1]:.1e}"
        return points

    first = same()
    which, dx, dy = DRAGS[name]
    trips, work = p.drag(p.marks[which], dx, dy, 30)
    changed = [a != b for a, b in zip(first, same(), strict=True)]
    assert changed == [i == which for i in range(len(first))], "others were moved"
    p.keys("n", Keys.ARROW_UP, Keys.ARROW_LEFT)
    assert same() != first, "keys did not move a point"
    p.keys(Keys.DELETE)
    assert len(same()) == len(first) - 1, "a key did not remove a point"
    p.keys(Keys.ENTER)
    assert len(same()) == len(first), "a key did not add a point"
    came = p.rush(p.marks[which], 60)
    same()
    remove_and_add(p, None, which, name)
    same()  # nothing is seen: the prior
    print(
        f"{name}: page and PyTorch within {max(gaps):.0e}. From a move of the mouse to "
        f"the new picture {min(trips):.0f} ms at best, {statistics.median(trips):.0f} "
        f"ms at the median of {len(trips)} moves, {work:.0f} ms of work by the "
        f"browser; {came} answers to 60 moves in a rush"
    )


def check_looks(driver, out):
    "No page scrolls sideways on a phone; pictures in both themes."
    for width, theme in ((760, "light"), (760, "dark"), (390, "light")):
        how = dict(width=width, height=1000, deviceScaleFactor=1.5, mobile=False)
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", how)
        ground = "#222" if theme == "dark" else "#fff"
        driver.execute_script(
            f"document.body.className = 'quarto-{theme}';"
            f"document.body.style.background = '{ground}'; scrollTo(0, 0)"
        )
        time.sleep(0.5)
        wide = driver.execute_script("return document.documentElement.scrollWidth")
        assert wide <= width, f"the page is {wide} wide in a window of {width}"
        if out:
            picture = Image.open(io.BytesIO(driver.get_screenshot_as_png()))
            name = f"live-{theme}" if width > 400 else "live-phone"
            store(picture.convert("RGB"), Path(out) / f"{name}.png")


def page(out=None):
    "The fields of the site's Explore page, answered without Python."
    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    driver = browser()
    torch.set_num_threads(1)
    try:
        driver.get(f"{address}/page")
        print(about(driver))
        hosts = driver.find_elements(By.CSS_SELECTOR, ".nfd-live")
        kinds = [host.get_attribute("data-model") for host in hosts]
        pages = [LivePage(driver, k) for k in range(len(kinds))]
        check_looks(driver, out)
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        for p, kind in zip(pages, kinds, strict=True):
            driver.execute_script("arguments[0].scrollIntoView()", p.root)
            check_live(p, kind, load(MODELS[kind]))
        driver.get(f"{address}/bare/page")
        host = driver.find_element(By.CSS_SELECTOR, ".nfd-live")
        until("an apology", lambda: "could not run" in host.text)
        print("without WebAssembly:", host.text)
    finally:
        driver.quit()
        server.shutdown()


if __name__ == "__main__":
    what, *out = sys.argv[1:] or [""]
    if what not in ("lab", "page"):
        sys.exit(__doc__)
    for folder in out:
        Path(folder).mkdir(parents=True, exist_ok=True)
    if what == "page":
        import torch
        from live_page import MODELS

        from nfdiffusion.explore import SHOWN, answer, points_observed
        from nfdiffusion.training import draw_codes, load
    (lab if what == "lab" else page)(*out)
