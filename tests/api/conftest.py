"""What tests of the Python module share."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Callable, Iterator

import pytest

SOURCE = Path(os.environ.get("CORRAL_SOURCE", Path(__file__).parents[2]))
sys.path.insert(0, str(SOURCE))

import corral  # noqa: E402
import through_daemon  # noqa: E402

# event callbacks want a loop from the start, and a process has one for good
corral.virEventRegisterDefaultImpl()

#: for programs that tests start: this one's leaks are looked for, theirs are the same calls
ENVIRONMENT = os.environ | {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}

GUEST = """<domain type='test'><name>{name}</name><memory unit='MiB'>256</memory><vcpu>2</vcpu>
<os><type>hvm</type></os></domain>"""


@pytest.fixture(scope="session", autouse=True)
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[through_daemon.Daemon | None]:
    """The one that everything goes through, when that is wanted."""
    if not os.environ.get("CORRAL_THROUGH"):
        yield None
        return
    daemon = through_daemon.Daemon(tmp_path_factory.mktemp("daemon"))
    through_daemon.redirect(corral, daemon)
    yield daemon
    gc.collect()  # what was raised holds on to frames, and they to connections, whose calls would be waited for
    assert daemon.end() == 0


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "direct(reason): there is no such thing through a daemon")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("CORRAL_THROUGH"):
        direct = [item for item in items if item.get_closest_marker("direct")]
        config.hook.pytest_deselected(items=direct)
        items[:] = [item for item in items if item not in direct]


@pytest.fixture
def reach(daemon: through_daemon.Daemon | None) -> Callable[[str], str]:
    """How a script in a process of its own names what it opens."""
    return lambda uri: str(daemon.uri(uri)) if daemon else uri


@pytest.fixture(autouse=True)
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a call writes by a relative name goes to waste."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def conn() -> Iterator[corral.virConnect]:
    conn = corral.open("test:///default")
    yield conn
    if conn.c_pointer():
        conn.close()


@pytest.fixture
def guest(conn: corral.virConnect) -> Iterator[corral.virDomain]:
    """A guest of the test's own, running."""
    name = f"guest-{os.getpid()}"
    dom = conn.createXML(GUEST.format(name=name))
    yield dom
    try:
        dom.destroy()
    except corral.libvirtError:
        pass


def run_until(done: Callable[[], object]) -> None:
    """Runs the event loop until a condition holds."""
    timer = corral.virEventAddTimeout(10, lambda *args: None, None)
    try:
        while not done():
            corral.virEventRunDefaultImpl()
    finally:
        corral.virEventRemoveTimeout(timer)
