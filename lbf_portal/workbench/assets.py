"""Build what browsers fetch, from our sources in `static/` and locked npm packages, into the ignored `build/assets/`.

Nothing of a package is committed. The result is trimmed to what pages use: one stylesheet, the fonts and icons it
names, a sprite of the icons in `lbf_portal.look.icons`, the scripts, the outlines of the municipalities for the map
of housing areas, and the licence texts of all of it.
"""

import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import django_htmx

from lbf_portal.look.icons import ICONS
from lbf_portal.workbench import map_paths
from lbf_portal.workbench.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "static"
NODE_MODULES = ROOT / "node_modules"
DESIGN_SYSTEM = NODE_MODULES / "dkfds"
DENMARK = NODE_MODULES / "react-denmark-map"
BUILT = ROOT / "build" / "assets"
# Beside the folder, not in it: what lies in it is served.
RECORD = ROOT / "build" / "assets.json"
OLDEST_NODE = (20, 19)  # what the Sass compiler in package-lock.json asks for

HTMX = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
URL = re.compile(r"url\(\"?(\.\./[^)\"]+)\"?\)")
SOURCE_MAP = re.compile(rb"\n?(?://|/\*)# sourceMappingURL=[^\n]*")
DRAWING = re.compile(r"<svg\b[^>]*\bviewBox=\"([^\"]+)\"[^>]*>(.*)</svg>", re.DOTALL)


class AssetsNotBuilt(Trouble):
    """Says what is missing and what to do."""


def build() -> bool:
    """Make `build/assets/` fit its sources; says whether there was anything to do.

    Errors: AssetsNotBuilt when npm is out of reach or a source does not compile; the previous result then stays.
    """
    wanted = _fingerprint()
    if _is_current(wanted):
        return False
    _install_packages()
    fresh = BUILT.with_name("assets.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    _compile_styles(fresh)
    _copy_what_styles_name(fresh)
    _write_sprite(fresh)
    _copy_scripts_and_images(fresh)
    _write_map(fresh)
    _copy_licences(fresh)
    shutil.rmtree(BUILT, ignore_errors=True)
    fresh.rename(BUILT)
    RECORD.write_text(json.dumps({"sources": wanted, "files": file_hashes(BUILT)}, indent=1, sort_keys=True))
    return True


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below the folder, by its path in it."""
    return {path.relative_to(folder).as_posix(): _sha256(path.read_bytes()) for path in _files(folder)}


def locked_packages() -> dict[str, str]:
    """Integrity hash of every npm package, as `package-lock.json` records it."""
    lock = json.loads((ROOT / "package-lock.json").read_text())
    return {path: entry["integrity"] for path, entry in lock["packages"].items() if path}


def _is_current(wanted: str) -> bool:
    try:
        record = json.loads(RECORD.read_text())
    except (OSError, ValueError):
        return False
    return record["sources"] == wanted and all((BUILT / name).is_file() for name in record["files"])


def _fingerprint() -> str:
    """One hash over everything the result depends on."""
    digest = hashlib.sha256()
    inputs = [ROOT / "package-lock.json", Path(__file__), Path(map_paths.__file__), HTMX, *_files(SOURCES)]
    for path in inputs:
        digest.update(f"{path.name} {_sha256(path.read_bytes())}\n".encode())
    digest.update(" ".join(sorted(ICONS)).encode())
    return digest.hexdigest()


def _install_packages() -> None:
    """`npm ci`, when what is installed is not what the lock file says."""
    stamp = NODE_MODULES / ".installed"
    wanted = _sha256((ROOT / "package-lock.json").read_bytes())
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    _run("npm", "ci", hint="npm could not fetch the packages of package-lock.json. Is the network reachable?")
    stamp.write_text(wanted)


def _compile_styles(target: Path) -> None:
    styles = target / "css" / "portal.css"
    _run(
        "node",
        str(NODE_MODULES / "sass" / "sass.js"),
        "--style=compressed",
        "--no-source-map",
        "--no-error-css",
        "--quiet",
        f"--load-path={DESIGN_SYSTEM / 'dist' / 'scss'}",
        f"{SOURCES / 'scss' / 'portal.scss'}:{styles}",
        hint="static/scss does not compile.",
    )


def _copy_what_styles_name(target: Path) -> None:
    """Fonts and drawings, and only those that the compiled stylesheet refers to."""
    drawn = SOURCES / "img"
    homes = {
        "fonts": DESIGN_SYSTEM / "dist" / "fonts" / "IBMPlexSans" / "complete" / "woff2",
        "svg-icons": DESIGN_SYSTEM / "dist" / "img" / "svg-icons",
        "img": drawn,
    }
    for address in sorted(set(URL.findall((target / "css" / "portal.css").read_text()))):
        copy = target / address.removeprefix("../")
        original = homes[copy.parent.name] / copy.name
        if not original.is_file():
            raise AssetsNotBuilt(f"The stylesheet names {address}, which neither dkfds nor static/ contains.")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(original, copy)


def _write_sprite(target: Path) -> None:
    """One file with the icons in use; pages point into it, so that browsers keep it."""
    symbols = []
    for name in sorted(ICONS):
        drawing = DRAWING.search((DESIGN_SYSTEM / "dist" / "img" / "svg-icons" / f"{name}.svg").read_text())
        if drawing is None:
            raise AssetsNotBuilt(f"The icon {name} of dkfds cannot be read.")
        symbols.append(f'<symbol id="{name}" viewBox="{drawing[1]}">{drawing[2].strip()}</symbol>')
    sprite = target / "img" / "icons.svg"
    sprite.parent.mkdir(parents=True, exist_ok=True)
    sprite.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>')


def _copy_scripts_and_images(target: Path) -> None:
    scripts = target / "js"
    scripts.mkdir()
    for script in [HTMX, DESIGN_SYSTEM / "dist" / "js" / "dkfds.min.js", *(SOURCES / "js").glob("*.js")]:
        # A reference to a source map that is not served would fail the manifest and fill the console.
        (scripts / script.name).write_bytes(SOURCE_MAP.sub(b"", script.read_bytes()))
    for image in (SOURCES / "img").iterdir():
        shutil.copyfile(image, target / "img" / image.name)


def _write_map(target: Path) -> None:
    """The outlines of the municipalities, which `areas.outlines` reads and puts into the page."""
    script = (DENMARK / "dist" / "esm" / "index.js").read_text(encoding="utf-8")
    drawing = target / "map" / "municipalities.json"
    drawing.parent.mkdir()
    drawing.write_text(json.dumps(map_paths.municipality_paths(script), separators=(",", ":")))


def _copy_licences(target: Path) -> None:
    """Code of the design system and the map MIT, IBM Plex Sans OFL, icons Apache-2.0; htmx is 0BSD, which asks for nothing."""
    licences = target / "licences"
    licences.mkdir()
    shutil.copyfile(DESIGN_SYSTEM / "LICENSE.md", licences / "dkfds-mit.md")
    shutil.copyfile(DENMARK / "LICENSE.md", licences / "react-denmark-map-mit.md")
    fonts = DESIGN_SYSTEM / "dist" / "fonts" / "IBMPlexSans" / "complete" / "woff2" / "license.txt"
    shutil.copyfile(fonts, licences / "ibm-plex-sans-ofl.txt")
    # The npm package names the icons' licence without its text; the wheel of `packaging` carries the same text.
    for file in importlib.metadata.files("packaging") or ():
        if file.name == "LICENSE.APACHE":
            shutil.copyfile(str(file.locate()), licences / "icons-apache-2.0.txt")
            return
    raise AssetsNotBuilt("The text of the Apache licence is missing from the installed package 'packaging'.")


def _run(tool: str, *arguments: str, hint: str) -> None:
    environment = _environment_with_node()
    program = shutil.which(tool, path=environment["PATH"])
    if program is None:
        raise AssetsNotBuilt(f"{tool} was not found although node was: reinstall Node.js, or take its folder off PATH.")
    try:
        subprocess.run([program, *arguments], cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as failure:
        said = "\n".join((failure.stdout + failure.stderr).strip().splitlines()[-15:])
        raise AssetsNotBuilt(f"{hint}\n{said}") from failure


def _environment_with_node() -> dict[str, str]:
    """The machine's Node.js where it is new enough, else the one in the wheel of `locks/node.txt`."""
    environment = dict(os.environ)
    if _is_new_enough(shutil.which("node")) and shutil.which("npm"):
        return environment
    beside_python = Path(sys.executable).parent
    environment["PATH"] = os.pathsep.join([str(beside_python), environment.get("PATH", "")])
    if not (beside_python / "npm").exists():
        lock = str(ROOT / "locks" / "node.txt")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            raise AssetsNotBuilt(f"Node.js could not be installed from locks/node.txt.\n{done.stderr.strip()}")
    return environment


def _is_new_enough(node: str | None) -> bool:
    if node is None:
        return False
    answer = subprocess.run([node, "--version"], check=False, capture_output=True, text=True)
    found = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    return found is not None and (int(found[1]), int(found[2])) >= OLDEST_NODE


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
