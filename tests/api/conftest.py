"""What tests of the Python module share."""

from __future__ import annotations

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
    assert daemon.end() == 0


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
