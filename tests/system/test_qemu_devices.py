"""Devices of real guests that come and go while they run."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import corral
import pytest
from qemu_guest import Console, conn, document, loop, raises, root, wait_for  # noqa: F401

LIVE, CONFIG = corral.VIR_DOMAIN_AFFECT_LIVE, corral.VIR_DOMAIN_AFFECT_CONFIG


def disk(path: Path, target: str = "vda", format: str = "raw") -> str:
    return f"""<disk type='file' device='disk'><driver name='qemu' type='{format}'/><source file='{path}'/>
<target dev='{target}' bus='virtio'/></disk>"""


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_a_disk_comes_and_goes(conn: Any, root: Path, machine: str) -> None:
    (root / "disk").write_bytes(bytes(1024 * 1024))
    added: list[str] = []
    removed: list[str] = []
    conn.domainEventRegisterAny(None, corral.VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, lambda _, __, alias, ___: added.append(alias), None)
    conn.domainEventRegisterAny(None, corral.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, lambda _, __, alias, ___: removed.append(alias), None)
    # a place to plug into, where the machine has none
    ports = "<controller type='pci' index='0' model='pcie-root'/>" + "<controller type='pci' model='pcie-root-port'/>" * 4
    ports = ports if machine == "q35" else ""
    domain = conn.defineXML(document(machine=machine, devices=ports))
    domain.create()
    console = Console(domain)
    console.until("guest: ready")
    domain.attachDevice(disk(root / "disk"))
    assert "<target dev='vda' bus='virtio'/>" in domain.XMLDesc()
    assert "<target dev='vda'" not in domain.XMLDesc(corral.VIR_DOMAIN_XML_INACTIVE)

    def disks() -> bool:
        console.say("disks")
        console.until("guest: disks")
        return "vda" in console.until("\n")

    wait_for(disks)
    with raises(corral.VIR_ERR_OPERATION_INVALID, "vda already exists"):
        domain.attachDevice(disk(root / "disk"))
    domain.detachDevice(disk(root / "disk"))
    wait_for(lambda: not disks())
    wait_for(lambda: removed)
    assert added == removed == ["virtio-disk0"]
    assert "<target dev='vda'" not in domain.XMLDesc()
    # nothing of it is left behind, so it can come again
    domain.attachDeviceFlags(disk(root / "disk"), LIVE | CONFIG)
    assert "<target dev='vda'" in domain.XMLDesc(corral.VIR_DOMAIN_XML_INACTIVE)
    domain.destroy()
    assert "<target dev='vda'" in domain.XMLDesc()
    domain.create()
    domain.destroy()


def test_a_device_that_cannot_come_leaves_nothing(conn: Any, root: Path) -> None:
    domain = conn.defineXML(document(kernel=False))
    domain.create()
    before = domain.XMLDesc()
    with raises(corral.VIR_ERR_INTERNAL_ERROR, "nothing"):
        domain.attachDevice(disk(root / "nothing"))
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", str(root / "disk"), "1M"], check=True)
    (root / "text").write_text("no image")
    with raises(corral.VIR_ERR_INTERNAL_ERROR):
        domain.attachDevice(disk(root / "text", format="qcow2"))
    assert domain.XMLDesc() == before
    domain.attachDevice(disk(root / "disk", format="qcow2"))
    with raises(corral.VIR_ERR_OPERATION_UNSUPPORTED):
        domain.attachDevice("<sound model='ich6'/>")
    with raises(corral.VIR_ERR_DEVICE_MISSING):
        domain.detachDevice(disk(root / "disk", "vdb"))
    domain.destroy()


def test_other_devices_come(conn: Any) -> None:
    domain = conn.defineXML(document(kernel=False))
    domain.create()
    for text in ("<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
                 "<interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/></interface>"):
        domain.attachDevice(text)
    text = domain.XMLDesc()
    assert "52:54:00:00:00:01" in text and "/dev/urandom" in text
    domain.destroy()


def test_memory_is_given_back(conn: Any) -> None:
    domain = conn.defineXML(document(memory=128))
    domain.create()
    Console(domain).until("guest: ready")
    domain.setMemory(100 * 1024)
    wait_for(lambda: domain.memoryStats()["actual"] == 100 * 1024)
    assert domain.info()[2] == 100 * 1024
    with raises(corral.VIR_ERR_INVALID_ARG, "higher than max"):
        domain.setMemory(129 * 1024)
    domain.setMemoryFlags(110 * 1024, CONFIG)
    domain.destroy()
    assert domain.info()[1:3] == [128 * 1024, 110 * 1024]
    domain.setMaxMemory(64 * 1024)
    assert domain.info()[1:3] == [64 * 1024, 64 * 1024]


def test_a_guest_is_seen_and_typed_into(conn: Any) -> None:
    domain = conn.defineXML(document(kernel=False, devices="<video><model type='vga'/></video>"))
    domain.create()
    stream = conn.newStream(0)
    kind = domain.screenshot(stream, 0)
    data = b""
    while piece := stream.recv(65536):
        data += piece
    stream.finish()
    assert (kind, data[:4]) in (("image/png", b"\x89PNG"), ("image/x-portable-pixmap", data[:4])) and len(data) > 100
    with raises(corral.VIR_ERR_INVALID_ARG, "no screen 1"):
        domain.screenshot(conn.newStream(0), 1)
    domain.sendKey(corral.VIR_KEYCODE_SET_LINUX, 0, [29, 56, 111], 3, 0)
    with raises(corral.VIR_ERR_INVALID_ARG, "keycode 240"):
        domain.sendKey(corral.VIR_KEYCODE_SET_LINUX, 0, [240], 1, 0)
    with raises(corral.VIR_ERR_NO_SUPPORT, "accepted"):
        domain.sendKey(corral.VIR_KEYCODE_SET_WIN32, 0, [1], 1, 0)
    domain.injectNMI()
    domain.destroy()
