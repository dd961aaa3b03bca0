"""Can everybody read the built site? Opens its pages in chromium and asks axe.

Needs the pages (make docs), pip install selenium, npm install axe-core, and
apt install chromium chromium-driver or their like.
Usage: axe.py FOLDER AXE [PAGE …], where FOLDER holds the pages and AXE is the path of
axe.min.js. Prints what is wrong on each page, the first three places of each kind."""

import shutil
import sys
from pathlib import Path

try:
    from selenium import webdriver
except ImportError as e:
    sys.exit(f"{e.name} is missing: pip install selenium")

RUN = """const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ["violations"] })
  .then(r => done(r.violations.map(v => [v.id, v.impact, v.help,
    v.nodes.slice(0, 3).map(n => n.html.slice(0, 120))])));"""


def browser():
    "A browser without a window."
    for exe in ("chromium", "chromedriver"):
        if not shutil.which(exe):
            sys.exit(f"{exe} is missing: apt install chromium chromium-driver")
    how = webdriver.ChromeOptions()
    how.binary_location = shutil.which("chromium")
    for option in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        how.add_argument(option)
    how.add_argument("--window-size=1280,1000")
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(how, service)
    driver.set_script_timeout(120)
    return driver


def violations(driver, page, axe):
    "What axe finds on a page: (rule, impact, what it asks for, places)."
    driver.get(page.resolve().as_uri())
    driver.execute_script(axe)
    return driver.execute_async_script(RUN)


def main(folder, axe, *names):
    pages = [Path(folder, n) for n in names] or sorted(Path(folder).glob("*.html"))
    if not pages:
        sys.exit(f"There are no pages in {folder}: make docs")
    script, driver, bad = Path(axe).read_text("utf-8"), browser(), 0
    try:
        for page in pages:
            found = violations(driver, page, script)
            bad += bool(found)
            print(f"{page.name}: {'ok' if not found else ''}")
            for rule, impact, words, places in found:
                print(f"  {rule} ({impact}): {words}", *places, sep="\n    ")
    finally:
        driver.quit()
    print(f"{len(pages) - bad} of {len(pages)} pages are as they should be")
    return int(bad > 0)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
