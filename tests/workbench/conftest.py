"""What tests of the workbench share: a data folder of their own, and a cluster in it."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lbf_portal.workbench.cluster import Cluster
from lbf_portal.workbench.places import Places


@pytest.fixture(scope="module")
def places() -> Iterator[Places]:
    """Not below pytest's own folder: as root the database's user may not go there."""
    folder = Path(tempfile.mkdtemp(prefix="lbf-workbench-"))
    folder.chmod(0o755)
    places = Places(folder)
    places.make()
    yield places
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def cluster(places: Places) -> Iterator[Cluster]:
    """As the demo has it, made once for each test file; each test starts it as it likes."""
    cluster = Cluster(places.data / "postgresql", places.log("postgresql"), places.run)
    yield cluster
    cluster.remove()
