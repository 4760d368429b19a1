"""What browsers fetch: locked by hash, trimmed, and complete."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lbf_portal.look.icons import ICONS
from lbf_portal.workbench import assets
from lbf_portal.workbench.trouble import Trouble

MUNICIPALITIES = assets.ROOT / "areas" / "data" / "municipalities.csv"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A build of our own: the shared one is being served to the browser tests."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("build")
        patch.setattr(assets, "BUILT", folder / "assets")
        patch.setattr(assets, "RECORD", folder / "assets.json")
        assert assets.build()
        yield folder / "assets"


def test_every_npm_package_is_locked_by_hash_and_without_an_address() -> None:
    lock = (assets.ROOT / "package-lock.json").read_text()
    packages = assets.locked_packages()
    assert "node_modules/dkfds" in packages
    assert all(integrity.startswith("sha512-") for integrity in packages.values())
    assert '"resolved"' not in lock


def test_what_lies_in_the_folder_is_what_was_built(built: Path) -> None:
    assert json.loads(assets.RECORD.read_text())["files"] == assets.file_hashes(built)


def test_a_second_build_finds_nothing_to_do(built: Path) -> None:
    assert not assets.build()


def test_a_missing_file_is_built_again(built: Path) -> None:
    (built / "css" / "portal.css").unlink()
    assert assets.build()
    assert (built / "css" / "portal.css").is_file()


def test_the_stylesheet_names_only_files_that_are_there(built: Path) -> None:
    styles = (built / "css" / "portal.css").read_text()
    named = set(re.findall(r"url\(\"?([^)\"]+)\"?\)", styles))
    assert named
    for address in named:
        assert (built / "css" / address).resolve().is_file(), address
    assert "sourceMappingURL" not in styles


def test_fonts_are_woff2_and_nothing_unused_is_served(built: Path) -> None:
    kinds = {Path(name).suffix for name in assets.file_hashes(built)}
    assert kinds == {".css", ".js", ".json", ".woff2", ".svg", ".md", ".txt"}
    assert sum(path.stat().st_size for path in built.rglob("*") if path.is_file()) < 1_000_000


def test_no_script_points_to_a_source_map(built: Path) -> None:
    assert not [path.name for path in built.glob("js/*.js") if "sourceMappingURL" in path.read_text()]


def test_the_sprite_holds_the_icons_in_use(built: Path) -> None:
    sprite = (built / "img" / "icons.svg").read_text()
    assert set(re.findall(r'<symbol id="([^"]+)"', sprite)) == ICONS
    templates = assets.ROOT / "templates"
    used = {name for path in templates.rglob("*.html") for name in re.findall(r'\{% icon "([^"]+)"', path.read_text())}
    assert used <= ICONS


def test_the_map_draws_the_98_municipalities_of_the_register(built: Path) -> None:
    drawn = json.loads((built / "map" / "municipalities.json").read_text())
    register = {row["municipality_code"] for row in csv.DictReader(MUNICIPALITIES.read_text(encoding="utf-8").splitlines())}

    assert len(register) == 98
    assert set(drawn["municipalities"]) == register
    assert sum(len(one["path"]) for one in drawn["municipalities"].values()) < 40_000


def test_the_licences_travel_with_the_files(built: Path) -> None:
    texts = {path.name: path.read_text() for path in (built / "licences").iterdir()}
    assert "MIT license" in texts["dkfds-mit.md"]
    assert "MIT License" in texts["react-denmark-map-mit.md"]
    assert "SIL OPEN FONT LICENSE" in texts["ibm-plex-sans-ofl.txt"].upper()
    assert "Apache License" in texts["icons-apache-2.0.txt"]


def test_a_source_that_does_not_compile_is_told_and_the_old_result_stays(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scss").mkdir()
    (tmp_path / "scss" / "portal.scss").write_text("a { color: $nothing }")
    monkeypatch.setattr(assets, "SOURCES", tmp_path)
    with pytest.raises(Trouble, match="static/scss does not compile"):
        assets.build()
    assert (built / "css" / "portal.css").is_file()


def test_our_own_scripts_stay_small() -> None:
    lines = {path.name: len(path.read_text().splitlines()) for path in (assets.SOURCES / "js").glob("*.js")}
    assert max(lines.values()) < 230, lines
