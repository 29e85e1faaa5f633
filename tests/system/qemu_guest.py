"""Real guests for tests: Debian's kernel, a busybox initramfs that answers on its console, and QEMU's own emulation."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Callable, Iterator

import corral
import pytest

from support import BUILD, SOURCE

IMAGE = BUILD / "guest-image"


def image() -> Path:
    """The kernel and the initramfs, made once a build folder."""
    if not (IMAGE / "initrd").exists():
        IMAGE.mkdir(exist_ok=True)
        subprocess.run([str(SOURCE / "examples" / "guest_image.sh"), str(IMAGE)], check=True)
    return IMAGE


def document(name: str = "guest", machine: str = "pc", memory: int = 96, devices: str = "", more: str = "", kernel: bool = True) -> str:
    """A small guest with a console; without the kernel it has nothing to start from, and starts faster."""
    boot = ""
    if kernel:
        boot = f"<kernel>{image()}/kernel</kernel><initrd>{image()}/initrd</initrd><cmdline>console=ttyS0 panic=-1 quiet</cmdline>"
    return f"""<domain type='qemu'><name>{name}</name><memory unit='MiB'>{memory}</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='{machine}'>hvm</type>{boot}</os><features><acpi/></features>{more}
<devices><emulator>/usr/bin/qemu-system-x86_64</emulator><serial type='pty'/><console type='pty'/>
<memballoon model='virtio'/>{devices}</devices></domain>"""


def wait_for(what: Callable[[], Any]) -> Any:
    """No limit: a test that hangs is ended by who runs the tests."""
    while not (found := what()):
        time.sleep(0.01)
    return found


class Console:
    """A guest's console, a word at a time."""

    def __init__(self, domain: Any, flags: int = 0) -> None:
        self.stream = domain.connect().newStream(0)
        domain.openConsole(None, self.stream, flags)
        self.text = b""

    def until(self, word: str) -> str:
        while word.encode() not in self.text:
            data = self.stream.recv(4096)
            assert data, f"the console has ended: {self.text!r}"
            self.text += data
        found, word_, self.text = self.text.partition(word.encode())
        return (found + word_).decode(errors="replace")

    def say(self, word: str) -> None:
        self.stream.send(word.encode() + b"\n")

    def close(self) -> None:
        self.stream.abort()


def pid_of(root: Path, name: str) -> int:
    """The process of a guest that runs, from its status file."""
    text = (root / "run" / "qemu" / f"{name}.xml").read_text()
    return int(text.split("pid='", 1)[1].split("'", 1)[0])


def processes(root: Path) -> list[int]:
    """Every QEMU that works below that folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes()
            home = f"HOME={root}/lib/qemu/".encode() in (entry / "environ").read_bytes()
        except OSError:
            continue
        if b"qemu-system" in words and home:
            found.append(int(entry.name))
    return found


def end_all(root: Path) -> None:
    for pid in processes(root):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder of a host's own; nothing that runs below it survives the test."""
    with tempfile.TemporaryDirectory(prefix="corral-qemu-", ignore_cleanup_errors=True) as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path
        end_all(path)


@pytest.fixture
def conn(root: Path) -> Iterator[Any]:
    """A connection to that host within this process."""
    conn = corral.open(f"qemu:///embed?root={root}")
    yield conn
    conn.close()


@pytest.fixture(scope="module", autouse=True)
def loop() -> Iterator[None]:
    corral.virEventRegisterDefaultImpl()
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            corral.virEventRunDefaultImpl()

    timer = corral.virEventAddTimeout(50, lambda *_: None, None)
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join()
    corral.virEventRemoveTimeout(timer)


def raises(code: int, text: str = "") -> Any:
    class Check:
        def __enter__(self) -> None:
            self.raised = pytest.raises(corral.libvirtError)
            self.info = self.raised.__enter__()

        def __exit__(self, *args: Any) -> bool:
            done = bool(self.raised.__exit__(*args))
            assert self.info.value.get_error_code() == code, self.info.value
            assert text in str(self.info.value)
            return done

    return Check()
