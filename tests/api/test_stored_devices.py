"""Mediated devices of the test driver's host, which can be defined, made, unmade and forgotten."""

from __future__ import annotations

import corral
import pytest
from conftest import run_until
from test_inside import refused

ACTIVE, INACTIVE = corral.VIR_CONNECT_LIST_NODE_DEVICES_ACTIVE, corral.VIR_CONNECT_LIST_NODE_DEVICES_INACTIVE
CAP_MDEV, CAP_PCI = corral.VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV, corral.VIR_CONNECT_LIST_NODE_DEVICES_CAP_PCI_DEV
CREATED, DELETED, DEFINED, UNDEFINED = range(4)

CARD = """<device><name>pci_0000_00_02_0</name><parent>computer</parent><capability type='pci'><domain>0</domain><bus>0</bus><slot>2</slot>
<function>0</function><product id='1'/><vendor id='2'/><capability type='mdev_types'><type id='small'><deviceAPI>vfio-pci</deviceAPI>
<availableInstances>2</availableInstances></type></capability></capability></device>"""
UUID = "783e6dbb-ea0e-411f-94e2-717eaad438bf"
NAME = "mdev_783e6dbb_ea0e_411f_94e2_717eaad438bf_0000_00_02_0"


def slice_of(uuid: str | None = UUID, parent: str = "pci_0000_00_02_0", kind: str = "small", inside: str = "") -> str:
    known = f"<uuid>{uuid}</uuid>" if uuid else ""
    return f"<device><parent>{parent}</parent><capability type='mdev'><type id='{kind}'/>{known}{inside}</capability></device>"


@pytest.fixture
def host(tmp_path):
    (tmp_path / "node.xml").write_text(f"<node>{CARD}</node>")
    with corral.open(f"test://{tmp_path}/node.xml") as conn:
        yield conn


def names(host: corral.virConnect, flags: int = 0) -> list[str]:
    return [dev.name() for dev in host.listAllDevices(flags)]


def instances(host: corral.virConnect) -> int:
    text = host.nodeDeviceLookupByName("pci_0000_00_02_0").XMLDesc()
    return int(text.split("<availableInstances>")[1].split("<")[0])


def test_a_definition_lives_without_its_device(host) -> None:
    dev = host.nodeDeviceDefineXML(slice_of())
    assert dev.name() == NAME and dev.parent() == "pci_0000_00_02_0" and UUID in dev.XMLDesc()
    assert (dev.isActive(), dev.isPersistent()) == (0, 1)
    assert names(host) == ["pci_0000_00_02_0"] == names(host, ACTIVE) == host.listDevices(None) and host.numOfDevices("mdev") == 0
    assert names(host, INACTIVE) == [NAME] == names(host, CAP_MDEV | INACTIVE) == names(host, CAP_MDEV | ACTIVE | INACTIVE)
    assert names(host, CAP_MDEV) == names(host, CAP_PCI | INACTIVE) == []
    dev.create()
    assert (dev.isActive(), dev.isPersistent(), instances(host)) == (1, 1, 1) and names(host, CAP_MDEV) == [NAME]
    refused(corral.VIR_ERR_OPERATION_INVALID, "is there already", dev.create)
    dev.destroy()
    assert (dev.isActive(), instances(host)) == (0, 2)
    refused(corral.VIR_ERR_OPERATION_INVALID, "only its definition is", dev.destroy)
    dev.undefine()
    refused(corral.VIR_ERR_NO_NODE_DEVICE, NAME, dev.undefine)
    refused(corral.VIR_ERR_NO_NODE_DEVICE, NAME, dev.create)


def test_a_device_lives_without_its_definition(host) -> None:
    dev = host.nodeDeviceCreateXML(slice_of())
    assert (dev.name(), dev.isActive(), dev.isPersistent(), instances(host)) == (NAME, 1, 0, 1)
    for call in (dev.undefine, dev.autostart, lambda: dev.setAutostart(1)):
        refused(corral.VIR_ERR_OPERATION_INVALID, "no definition to", call)
    assert host.nodeDeviceDefineXML(slice_of()).isPersistent() and dev.isActive()
    dev.undefine()
    assert (dev.isActive(), dev.isPersistent()) == (1, 0)
    dev.destroy()
    assert instances(host) == 2
    refused(corral.VIR_ERR_NO_NODE_DEVICE, NAME, dev.isActive)


def test_a_definition_can_be_made_by_itself(host) -> None:
    dev = host.nodeDeviceDefineXML(slice_of())
    assert dev.autostart() == 0
    dev.setAutostart(1)
    assert dev.autostart() == 1
    host.nodeDeviceDefineXML(slice_of(inside="<attr name='a' value='1'/>"))
    assert dev.autostart() == 1
    dev.undefine()
    assert host.nodeDeviceDefineXML(slice_of()).autostart() == 0


def test_a_definition_is_replaced_and_comes_true_at_the_next_start(host) -> None:
    dev = host.nodeDeviceDefineXML(slice_of())
    dev.create()
    host.nodeDeviceDefineXML(slice_of(inside="<attr name='a' value='1'/>"))
    assert "<attr" not in dev.XMLDesc()
    dev.destroy()
    assert "<attr name='a' value='1'/>" in dev.XMLDesc()


def test_updates_reach_what_they_are_meant_for(host) -> None:
    dev = host.nodeDeviceDefineXML(slice_of())
    live, config = corral.VIR_NODE_DEVICE_UPDATE_AFFECT_LIVE, corral.VIR_NODE_DEVICE_UPDATE_AFFECT_CONFIG
    changed = lambda value: slice_of(inside=f"<attr name='a' value='{value}'/>").replace("<parent>", f"<name>{NAME}</name><parent>")
    refused(corral.VIR_ERR_OPERATION_INVALID, "only its definition is", dev.update, changed(1), live)
    dev.update(changed(1))
    assert "value='1'" in dev.XMLDesc()
    dev.create()
    dev.update(changed(2), live)
    assert "value='2'" in dev.XMLDesc()
    dev.update(changed(3), config)
    assert "value='2'" in dev.XMLDesc()
    dev.destroy()
    assert "value='3'" in dev.XMLDesc()
    dev.create()
    dev.undefine()
    refused(corral.VIR_ERR_OPERATION_INVALID, "no definition to update", dev.update, changed(4), live | config)
    assert "value='3'" in dev.XMLDesc()


def test_a_slice_without_a_uuid_gets_one(host) -> None:
    first, second = host.nodeDeviceDefineXML(slice_of(None)), host.nodeDeviceCreateXML(slice_of(None))
    assert first.name() != second.name() and first.name().startswith("mdev_") and first.name().endswith("_0000_00_02_0")
    assert "<uuid>" in first.XMLDesc()


def test_there_are_as_many_slices_as_there_is_room_for(host) -> None:
    dev = host.nodeDeviceDefineXML(slice_of())
    host.nodeDeviceCreateXML(slice_of(None))
    host.nodeDeviceCreateXML(slice_of(None))
    refused(corral.VIR_ERR_OPERATION_FAILED, "no room for another", dev.create)
    refused(corral.VIR_ERR_OPERATION_FAILED, "no room for another", host.nodeDeviceCreateXML, slice_of(None))
    assert not dev.isActive() and len(names(host)) == 3


def test_what_cannot_be_defined_is_refused(host) -> None:
    dev = host.nodeDeviceCreateXML(slice_of())
    before = names(host, ACTIVE | INACTIVE)
    refused(corral.VIR_ERR_OPERATION_INVALID, "is there already", host.nodeDeviceCreateXML, slice_of())
    for call in (host.nodeDeviceDefineXML, host.nodeDeviceCreateXML):
        refused(corral.VIR_ERR_NO_NODE_DEVICE, "'nowhere'", call, slice_of(parent="nowhere"))
        refused(corral.VIR_ERR_CONFIG_UNSUPPORTED, "no mediated devices of type 'large'", call, slice_of(kind="large"))
        refused(corral.VIR_ERR_CONFIG_UNSUPPORTED, "no mediated devices of type", call, slice_of(parent=dev.name()))
        refused(corral.VIR_ERR_XML_ERROR, "needs a <parent>", call, slice_of().replace("<parent>pci_0000_00_02_0</parent>", ""))
        refused(corral.VIR_ERR_INVALID_ARG, "unsupported flags", call, slice_of(None), 2)
    refused(corral.VIR_ERR_CONFIG_UNSUPPORTED, "only mediated devices", host.nodeDeviceDefineXML, CARD)
    refused(corral.VIR_ERR_XML_INVALID_SCHEMA, "cork", host.nodeDeviceDefineXML, slice_of(None, inside="<cork/>"), corral.VIR_NODE_DEVICE_DEFINE_XML_VALIDATE)
    refused(corral.VIR_ERR_INVALID_ARG, "unsupported flags", dev.create, 1)
    refused(corral.VIR_ERR_INVALID_ARG, "unsupported flags", dev.undefine, 1)
    assert names(host, ACTIVE | INACTIVE) == before and instances(host) == 1


def test_listeners_hear_of_definitions(host) -> None:
    heard: list[tuple[str, int]] = []
    number = host.nodeDeviceEventRegisterAny(None, corral.VIR_NODE_DEVICE_EVENT_ID_LIFECYCLE, lambda c, dev, event, detail, o: heard.append((dev.name(), event)), None)
    dev = host.nodeDeviceDefineXML(slice_of())
    dev.create()
    dev.destroy()
    dev.undefine()
    run_until(lambda: len(heard) == 4)
    host.nodeDeviceEventDeregisterAny(number)
    assert heard == [(NAME, event) for event in (DEFINED, CREATED, DELETED, UNDEFINED)]
