"""What the tests of jobs share: a guest with layered disks, worlds of their own, and the events that come."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Iterator

import contextlib

import corral
import pytest
from conftest import run_until

DISKS = """<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/pool/top'/>
<backingStore type='file'><format type='qcow2'/><source file='/pool/middle'/>
<backingStore type='file'><format type='raw'/><source file='/pool/base'/><backingStore/></backingStore></backingStore>
<target dev='vda' bus='virtio'/></disk>
<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/pool/data'/><target dev='vdb' bus='virtio'/></disk>
<disk type='file' device='cdrom'><target dev='hda' bus='ide'/><readonly/></disk>"""
UUID = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"
GUEST = f"""<domain type='test'><name>worker</name><uuid>{UUID}</uuid><memory unit='MiB'>256</memory><vcpu>2</vcpu>
<os><type>hvm</type></os><devices>{DISKS}</devices></domain>"""
NODE = "<node xmlns:corral='https://corral.dev/xmlns/test/1.0'>{}</node>"

EVENTS = {
    "LIFECYCLE": "lifecycle",
    "BLOCK_JOB": "image",
    "BLOCK_JOB_2": "disk",
    "BLOCK_THRESHOLD": "threshold",
    "JOB_COMPLETED": "completed",
    "MIGRATION_ITERATION": "iteration",
}


class Heard:
    """The events of a connection, as (kind, argument...)."""

    def __init__(self, conn: corral.virConnect, *kinds: str) -> None:
        self.conn, self.list = conn, []
        self.numbers = [
            conn.domainEventRegisterAny(None, getattr(corral, f"VIR_DOMAIN_EVENT_ID_{name}"), self.hear, kind)
            for name, kind in EVENTS.items()
            if kind in kinds
        ]

    def hear(self, conn: Any, dom: Any, *rest: Any) -> None:
        self.list.append((rest[-1], *rest[:-1]))

    def wait(self, *expected: tuple) -> None:
        """Waits for as many as are expected, and compares."""
        run_until(lambda: len(self.list) >= len(expected))
        assert self.list == list(expected)
        self.list.clear()


def open_world(folder: Path, content: str = "", name: str = "node.xml") -> corral.virConnect:
    """A world of its own, with what a node description says of it."""
    path = folder / name
    path.write_text(NODE.format(content))
    return corral.open(f"test://{path}")


@contextlib.contextmanager
def refused(code: int, text: str = "") -> Iterator[None]:
    with pytest.raises(corral.libvirtError) as caught:
        yield
    assert caught.value.get_error_code() == code, caught.value
    assert text in caught.value.get_error_message()


def poll(done: Callable[[], object]) -> None:
    """Asks again and again: what a script without events does."""
    while not done():
        pass
