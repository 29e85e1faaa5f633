"""Documents of ours, built by the installed QEMU and asked about over its monitor: what it has is what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import corral
import pytest
from qemu_build import check
from qemu_guest import conn, root  # noqa: F401

DOCUMENTS = sorted((Path(__file__).parent / "qemu_documents").glob("*.xml"))


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.stem)
def test_built_as_defined(conn: Any, file: Path) -> None:  # noqa: F811
    assert check(conn.domainXMLToNative("qemu-argv", file.read_text(), 0)) == []


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.stem)
def test_complete_after_the_first_reading(conn: Any, file: Path) -> None:  # noqa: F811
    domain = conn.defineXML(file.read_text())
    first = domain.XMLDesc(corral.VIR_DOMAIN_XML_INACTIVE | corral.VIR_DOMAIN_XML_SECURE)
    again = conn.defineXML(first)
    # controllers that were added stand behind the others once, and in their order afterwards
    second = again.XMLDesc(corral.VIR_DOMAIN_XML_INACTIVE | corral.VIR_DOMAIN_XML_SECURE)
    assert sorted(second.splitlines()) == sorted(first.splitlines())
    domain.undefineFlags(corral.VIR_DOMAIN_UNDEFINE_NVRAM)


def test_there_are_documents() -> None:
    assert len(DOCUMENTS) >= 6


def test_only_command_lines(conn: Any) -> None:  # noqa: F811
    with pytest.raises(corral.libvirtError) as raised:
        conn.domainXMLToNative("no-such", "<domain/>", 0)
    assert "no-such" in str(raised.value)


def test_told_before_it_runs(conn: Any, tmp_path: Path) -> None:  # noqa: F811
    """What no command line says is accepted by the monitor: a start fails with the first refusal."""
    for name in ("one", "two"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(1 << 20)
    domain = conn.defineXML(f"""<domain type='qemu'><name>told</name><memory unit='MiB'>64</memory><currentMemory unit='MiB'>48</currentMemory>
<os><type arch='x86_64' machine='q35'>hvm</type></os><devices>
<disk type='file'><source file='{tmp_path}/one'/><target dev='vda'/><iotune><total_bytes_sec>100000</total_bytes_sec></iotune></disk>
<disk type='file'><source file='{tmp_path}/two'/><target dev='sda' bus='sata'/><iotune><read_iops_sec>9</read_iops_sec></iotune></disk>
<interface type='user'><model type='virtio'/><link state='down'/></interface>
<graphics type='vnc' port='-1' passwd='secret' passwdValidTo='2030-01-01T00:00:00'/>
<memballoon model='virtio'><stats period='5'/></memballoon></devices></domain>""")
    domain.create()
    assert domain.state()[0] == corral.VIR_DOMAIN_RUNNING
    domain.destroy()
