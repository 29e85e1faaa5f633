"""What a connection tells of the host and of what its guests can have, and guests' numbers."""

from __future__ import annotations

import os
import platform
import signal
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import corral
import pytest
from qemu_guest import conn, document, loop, pid_of, raises, root, wait_for  # noqa: F401

AGENT = "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"


def test_capabilities_name_the_host_and_the_binary_s_machines(conn: Any) -> None:
    tree = ET.fromstring(conn.getCapabilities())
    assert tree.findtext("host/cpu/arch") == platform.machine()
    cells = tree.findall("host/topology/cells/cell")
    cpus = [cpu for cell in cells for cpu in cell.findall("cpus/cpu")]
    assert len(cpus) == os.cpu_count()
    assert sum(int(cell.findtext("memory") or 0) for cell in cells) > 0
    guest = next(guest for guest in tree.findall("guest") if guest.find("arch").get("name") == "x86_64")  # type: ignore[union-attr]
    machines = {machine.text: machine for machine in guest.findall("arch/machine")}
    assert machines["pc"].get("canonical") in machines and machines["q35"].get("canonical") in machines
    assert guest.findtext("arch/emulator") == "/usr/bin/qemu-system-x86_64"
    assert "qemu" in [domain.get("type") for domain in guest.findall("arch/domain")]


def test_domain_capabilities_are_those_of_the_machine_asked_for(conn: Any) -> None:
    trees = {machine: ET.fromstring(conn.getDomainCapabilities(None, "x86_64", machine, "qemu", 0)) for machine in ("pc", "q35")}
    for machine, tree in trees.items():
        assert tree.findtext("domain") == "qemu" and tree.findtext("machine").startswith("pc-")  # type: ignore[union-attr]
        buses = [value.text for value in tree.findall("devices/disk/enum[@name='bus']/value")]
        assert ("ide" in buses) == (machine == "pc") and "virtio" in buses
        models = {model.text: model.get("usable") for model in tree.findall("cpu/mode[@name='custom']/model")}
        assert models["qemu64"] == "yes" and len(models) > 40
        assert tree.find("cpu/mode[@name='host-passthrough']").get("supported") == "no"  # type: ignore[union-attr]
    assert int(trees["q35"].find("vcpu").get("max")) >= int(trees["pc"].find("vcpu").get("max"))  # type: ignore[union-attr,arg-type]


@pytest.mark.parametrize("arguments, words", [
    (("/no/such", None, None, None), "Cannot check QEMU binary '/no/such'"),
    ((None, "z80", None, None), "unknown architecture: z80"),
    ((None, "x86_64", "abacus", "qemu"), "the machine 'abacus' is not supported by emulator"),
    ((None, "x86_64", "pc", "xen"), "unknown virttype: xen"),
    (("/usr/bin/qemu-system-x86_64", "aarch64", None, None), "doesn't match given architecture 'aarch64'"),
])
def test_kinds_of_guests_that_there_are_not(conn: Any, arguments: tuple[Any, ...], words: str) -> None:
    with pytest.raises(corral.libvirtError) as caught:
        conn.getDomainCapabilities(*arguments, 0)
    assert words in str(caught.value)


def test_numbers_of_the_node_agree_with_each_other(conn: Any) -> None:
    info = conn.getInfo()
    assert info[0] == platform.machine() and info[2] == os.cpu_count()
    assert info[4] * info[5] * info[6] * info[7] >= info[2]
    count, online, running = conn.getCPUMap()
    assert running == sum(online) and count == len(online)
    assert set(conn.getCPUStats(-1)) == {"kernel", "user", "idle", "iowait"}
    memory = conn.getMemoryStats(-1)
    assert 0 < memory["free"] < memory["total"]
    assert len(conn.getCellsFreeMemory(0, 1)) == 1
    with raises(corral.VIR_ERR_INVALID_ARG):
        conn.getCPUStats(100000)
    with raises(corral.VIR_ERR_INVALID_ARG):
        conn.getMemoryStats(100000)


def test_processors_are_compared_with_the_host(conn: Any) -> None:
    assert "qemu64" in conn.getCPUModelNames("x86_64")
    assert conn.compareCPU("<cpu><arch>x86_64</arch><model>qemu32</model></cpu>", 0) in (
        corral.VIR_CPU_COMPARE_INCOMPATIBLE, corral.VIR_CPU_COMPARE_SUPERSET)
    result = conn.compareHypervisorCPU(None, "x86_64", None, "qemu", "<cpu><arch>x86_64</arch><model>qemu64</model></cpu>", 0)
    assert result in (corral.VIR_CPU_COMPARE_IDENTICAL, corral.VIR_CPU_COMPARE_SUPERSET, corral.VIR_CPU_COMPARE_INCOMPATIBLE)


def test_statistics_of_a_guest_and_of_one_whose_process_stands_still(conn: Any, root: Path, tmp_path: Path) -> None:
    image = tmp_path / "disk"
    image.write_bytes(bytes(1 << 20))
    disk = f"<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{image}'/><target dev='vda' bus='virtio'/></disk>"
    domain = conn.createXML(document(devices=disk, kernel=False), 0)
    [(told, numbers)] = conn.getAllDomainStats(0, 0)
    assert told.name() == domain.name() and numbers["state.state"] == corral.VIR_DOMAIN_RUNNING
    assert numbers["block.count"] == 1 and numbers["block.0.name"] == "vda"
    assert numbers["block.0.capacity"] == numbers["block.0.physical"] == 1 << 20
    assert numbers["vcpu.current"] == 1 and numbers["balloon.current"] == 96 * 1024 and numbers["balloon.rss"] > 0
    assert domain.blockInfo("vda")[0] == 1 << 20
    assert domain.blockStats("vda")[0] >= 0 and domain.memoryStats()["actual"] == 96 * 1024
    assert len(domain.vcpus()[0]) == 1 and domain.getCPUStats(True)[0]["cpu_time"] > 0
    with raises(corral.VIR_ERR_INVALID_ARG):
        domain.blockInfo("vdz")
    os.kill(pid_of(root, domain.name()), signal.SIGSTOP)
    # the first one waits for a moment; from then on what was said last is told
    conn.getAllDomainStats(0, 0)
    [(_, still)] = conn.getAllDomainStats(0, 0)
    assert set(numbers) == set(still)
    os.kill(pid_of(root, domain.name()), signal.SIGCONT)
    domain.destroy()


def test_guests_without_an_agent_or_with_a_silent_one(conn: Any) -> None:
    plain = conn.createXML(document("plain", kernel=False), 0)
    with raises(corral.VIR_ERR_ARGUMENT_UNSUPPORTED):
        plain.hostname(0)
    plain.destroy()
    silent = conn.createXML(document("silent", devices=AGENT, kernel=False), 0)
    silent.agentSetResponseTimeout(1, 0)
    with raises(corral.VIR_ERR_AGENT_UNRESPONSIVE):
        silent.hostname(0)
    with raises(corral.VIR_ERR_AGENT_UNRESPONSIVE):
        silent.getTime(0)
    silent.destroy()
