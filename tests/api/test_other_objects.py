"""Filters, ports, checkpoints, secrets and interfaces from beginning to end: what they are made of comes back."""

from __future__ import annotations

import pytest

import corral

OWNER = "<owner><name>test</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid></owner>"
UUID = "1f0e4ba8-8f3b-4e0e-a3bc-2ef6b5c3b7a9"


def test_filters_and_their_bindings(conn: corral.virConnect) -> None:
    text = f"<filter name='mine' chain='root'><uuid>{UUID}</uuid></filter>"
    made = conn.nwfilterDefineXML(text)
    assert made == conn.nwfilterLookupByName("mine") == conn.nwfilterLookupByUUIDString(UUID)
    assert UUID in made.XMLDesc()
    assert conn.nwfilterDefineXMLFlags(text) == made
    binding = conn.nwfilterBindingCreateXML(
        f"<filterbinding>{OWNER}<portdev name='vnet0'/><mac address='52:54:00:00:00:01'/><filterref filter='mine'/></filterbinding>")
    assert conn.nwfilterBindingLookupByPortDev("vnet0") == binding
    assert "filter='mine'" in binding.XMLDesc()
    binding.delete()
    made.undefine()
    with pytest.raises(corral.libvirtError):
        conn.nwfilterLookupByName("mine")


def test_ports_of_a_network(conn: corral.virConnect) -> None:
    net = conn.networkLookupByName("default")
    port = net.portCreateXML(f"<networkport><uuid>{UUID}</uuid>{OWNER}<mac address='52:54:00:7b:35:93'/></networkport>")
    assert port == net.portLookupByUUIDString(UUID)
    assert UUID in port.XMLDesc()
    port.setParameters({corral.VIR_NETWORK_PORT_BANDWIDTH_IN_AVERAGE: 100})
    assert port.parameters()[corral.VIR_NETWORK_PORT_BANDWIDTH_IN_AVERAGE] == 100
    port.delete()
    with pytest.raises(corral.libvirtError):
        net.portLookupByUUIDString(UUID)


def test_checkpoints_and_their_children(conn: corral.virConnect) -> None:
    dom = conn.lookupByName("test")
    first = dom.checkpointCreateXML("<domaincheckpoint><name>first</name></domaincheckpoint>")
    second = dom.checkpointCreateXML("<domaincheckpoint><name>second</name></domaincheckpoint>")
    assert dom.checkpointLookupByName("first") == first
    assert [each.getName() for each in first.listAllChildren()] == ["second"]
    assert second.getParent().getName() == "first"
    assert "<name>first</name>" in first.getXMLDesc()
    second.delete()
    first.delete()
    assert dom.listAllCheckpoints() == []


def test_secrets_and_their_values(conn: corral.virConnect) -> None:
    made = conn.secretDefineXML(f"<secret><uuid>{UUID}</uuid><usage type='ceph'><name>store</name></usage></secret>")
    made.setValue(b"\0key\xff")
    assert made.value() == b"\0key\xff"
    assert conn.secretLookupByUUIDString(UUID) == conn.secretLookupByUsage(corral.VIR_SECRET_USAGE_TYPE_CEPH, "store") == made
    made.undefine()


def test_interfaces_of_the_host(conn: corral.virConnect) -> None:
    made = conn.interfaceDefineXML("<interface type='ethernet' name='eth9'><mac address='52:54:00:00:00:09'/></interface>")
    assert conn.interfaceLookupByMACString("52:54:00:00:00:09").name() == "eth9"
    made.create()
    assert made.isActive()
    conn.changeBegin()
    made.destroy()
    made.undefine()
    conn.changeRollback()
    assert conn.interfaceLookupByName("eth9")


def test_networks_made_with_flags(conn: corral.virConnect) -> None:
    for make in (conn.networkCreateXMLFlags, conn.networkDefineXMLFlags):
        net = make("<network><name>lab</name></network>", corral.VIR_NETWORK_CREATE_VALIDATE)
        assert net.name() == "lab"
        net.destroy() if net.isActive() else net.undefine()


def test_a_link_says_whether_others_can_listen(conn: corral.virConnect) -> None:
    assert conn.isSecure()
