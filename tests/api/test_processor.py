"""Processor calls through the Python module, on the test driver."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import corral
import pytest

HOST = "<cpu><arch>x86_64</arch><model>{}</model>{}</cpu>"
GUEST = "<cpu match='exact'><model>{}</model></cpu>"
EXPAND = corral.VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES
MIGRATABLE = corral.VIR_CONNECT_BASELINE_CPU_MIGRATABLE
FAIL = corral.VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE


@pytest.fixture
def pentium(tmp_path: Path) -> Iterator[corral.virConnect]:
    """A node whose description names a model that is known."""
    node = tmp_path / "node.xml"
    node.write_text("<node><cpu><model>pentium</model></cpu></node>")
    conn = corral.open(f"test://{node}")
    yield conn
    conn.close()


def refused(code: int, text: str, call, *arguments) -> None:
    with pytest.raises(corral.libvirtError) as caught:
        call(*arguments)
    assert caught.value.get_error_code() == code
    assert text in caught.value.get_error_message()


def test_baseline_of_two_hosts(conn: corral.virConnect) -> None:
    hosts = [HOST.format("Westmere", ""), HOST.format("Nehalem", "<feature name='invtsc'/>")]
    expected = "<cpu mode='custom' match='exact'>\n  <model fallback='allow'>Nehalem</model>\n</cpu>\n"
    assert conn.baselineCPU(hosts) == expected
    assert conn.baselineHypervisorCPU(None, None, None, None, hosts) == expected
    assert conn.baselineHypervisorCPU("/usr/bin/test-hv", "i686", "test", "test", hosts) == expected


def test_flags_of_a_baseline(conn: corral.virConnect) -> None:
    hosts = [HOST.format("486", "<feature name='invtsc'/>")]
    assert "fpu" not in conn.baselineCPU(hosts)
    assert "fpu" in conn.baselineCPU(hosts, EXPAND)
    assert "invtsc" in conn.baselineCPU(hosts)
    assert "invtsc" not in conn.baselineCPU(hosts, EXPAND | MIGRATABLE)
    refused(corral.VIR_ERR_INVALID_ARG, "0x4", conn.baselineCPU, hosts, 4)


def test_baseline_refuses(conn: corral.virConnect) -> None:
    refused(corral.VIR_ERR_XML_ERROR, "Missing CPU architecture", conn.baselineCPU, ["<cpu/>"])
    refused(corral.VIR_ERR_INTERNAL_ERROR, "Unknown CPU model 586", conn.baselineCPU, [HOST.format("586", "")])
    refused(corral.VIR_ERR_INVALID_ARG, "'kvm'", conn.baselineHypervisorCPU, None, None, None, "kvm", [HOST.format("486", "")])


def test_names_of_models(conn: corral.virConnect) -> None:
    assert "Haswell" in conn.getCPUModelNames("x86_64")
    assert conn.getCPUModelNames("aarch64") == []
    refused(corral.VIR_ERR_INVALID_ARG, "cannot find architecture z80", conn.getCPUModelNames, "z80")
    refused(corral.VIR_ERR_NO_SUPPORT, "riscv64", conn.getCPUModelNames, "riscv64")
    refused(corral.VIR_ERR_INVALID_ARG, "0x1", conn.getCPUModelNames, "x86_64", 1)


def test_compare_with_a_known_host(pentium: corral.virConnect) -> None:
    assert pentium.compareCPU(GUEST.format("pentium")) == corral.VIR_CPU_COMPARE_IDENTICAL
    assert pentium.compareCPU(GUEST.format("486")) == corral.VIR_CPU_COMPARE_SUPERSET
    assert pentium.compareCPU(GUEST.format("Haswell")) == corral.VIR_CPU_COMPARE_INCOMPATIBLE
    refused(corral.VIR_ERR_CPU_INCOMPATIBLE, "required features: pae", pentium.compareCPU, GUEST.format("pentium2"), FAIL)
    for kind in ((None, None, None, None), ("/usr/bin/test-hv", "i686", "test", "test")):
        assert pentium.compareHypervisorCPU(*kind, GUEST.format("486")) == corral.VIR_CPU_COMPARE_SUPERSET


def test_compare_with_an_unknown_host(conn: corral.virConnect) -> None:
    assert conn.compareCPU(GUEST.format("486")) == corral.VIR_CPU_COMPARE_INCOMPATIBLE
    refused(corral.VIR_ERR_CPU_INCOMPATIBLE, "cannot get host CPU", conn.compareCPU, GUEST.format("486"), FAIL)


def test_compare_refuses(pentium: corral.virConnect) -> None:
    refused(corral.VIR_ERR_INTERNAL_ERROR, "Unknown CPU model 586", pentium.compareCPU, GUEST.format("586"))
    refused(corral.VIR_ERR_XML_ERROR, "'cpu'", pentium.compareCPU, "<chip/>")
    refused(corral.VIR_ERR_INVALID_ARG, "0x4", pentium.compareCPU, GUEST.format("486"), 4)
    refused(corral.VIR_ERR_INVALID_ARG, "'x86_64'", pentium.compareHypervisorCPU, None, "x86_64", None, None, GUEST.format("486"))
