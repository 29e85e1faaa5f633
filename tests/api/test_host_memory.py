"""Memory of the test driver's host, what seals guests, and what networks have lent."""

from __future__ import annotations

import corral
import corral.documents
import pytest
from conftest import GUEST
from test_inside import refused, write


def test_memory_of_cells_and_host(conn) -> None:
    assert conn.getMemoryStats(-1) == {"total": 3145728, "free": 1572864, "buffers": 196608, "cached": 393216}
    assert conn.getMemoryStats(1) == {"total": 4194304, "free": 2097152}
    for cell in (2, -2):
        refused(corral.VIR_ERR_INVALID_ARG, "the host has 2", conn.getMemoryStats, cell)
    refused(corral.VIR_ERR_INVALID_ARG, "unsupported flags", conn.getMemoryStats, -1, 1)


def test_merging_is_tuned(conn) -> None:
    before = conn.getMemoryParameters()
    conn.setMemoryParameters({"shm_pages_to_scan": 7, "shm_merge_across_nodes": 0})
    try:
        assert conn.getMemoryParameters() == before | {"shm_pages_to_scan": 7, "shm_merge_across_nodes": 0}
        for wrong in ({"shm_full_scans": 1}, {"shm_sleep_millisecs": 1, "shm_merge_across_nodes": 2}, {"unknown": 1}):
            with pytest.raises(corral.libvirtError) as caught:
                conn.setMemoryParameters(wrong)
            assert caught.value.get_error_code() in (corral.VIR_ERR_INVALID_ARG, corral.VIR_ERR_ARGUMENT_UNSUPPORTED)
        assert conn.getMemoryParameters()["shm_sleep_millisecs"] == before["shm_sleep_millisecs"]
    finally:
        conn.setMemoryParameters({name: before[name] for name in ("shm_pages_to_scan", "shm_merge_across_nodes")})


def test_huge_pages_are_reserved(conn) -> None:
    assert conn.allocPages({2048: 10, 1048576: 1}, 0, 2) == 4
    assert conn.getFreePages([4, 2048, 1048576], 0, 2)[1] == {4: 0, 2048: 10, 1048576: 1}
    assert "<pages unit='KiB' size='2048'>10</pages>" in conn.getCapabilities()
    conn.allocPages({2048: 5}, 1, 1)
    assert conn.getFreePages([2048], 0, 2) == {0: {2048: 10}, 1: {2048: 15}}
    conn.allocPages({2048: 10**9, 1048576: 0}, 0, 1, corral.VIR_NODE_ALLOC_PAGES_SET)
    assert conn.getFreePages([2048], 0, 1) == {0: {2048: 0}} or conn.getFreePages([2048], 0, 1)[0][2048] <= 512
    assert conn.allocPages({2048: 0, 1048576: 0}, -1, 1, corral.VIR_NODE_ALLOC_PAGES_SET) == 4
    assert conn.getFreePages([2048, 1048576], 1, 1) == {1: {2048: 0, 1048576: 0}}
    refused(corral.VIR_ERR_OPERATION_FAILED, "pages of 3 KiB", conn.allocPages, {2048: 5, 3: 1}, 0, 1)
    refused(corral.VIR_ERR_INVALID_ARG, "the host has 2", conn.allocPages, {2048: 1}, 1, 2)
    refused(corral.VIR_ERR_INVALID_ARG, "the host has 2", conn.allocPages, {2048: 1}, -2, 1)
    refused(corral.VIR_ERR_INVALID_ARG, "must not be zero", conn.allocPages, {2048: 1})
    assert conn.getFreePages([2048], 0, 2) == {0: {2048: 0}, 1: {2048: 0}}


def test_the_host_does_not_sleep(conn) -> None:
    refused(corral.VIR_ERR_INVALID_ARG, "target: 3", conn.suspendForDuration, 3, 60)
    refused(corral.VIR_ERR_INVALID_ARG, "60 are wanted", conn.suspendForDuration, 0, 59)
    refused(corral.VIR_ERR_ARGUMENT_UNSUPPORTED, "Suspend-to-Disk", conn.suspendForDuration, 1, 60)


def test_what_guests_can_have(conn) -> None:
    text = conn.getDomainCapabilities("/usr/bin/test-hv", "i686", "test", "test")
    assert text == conn.getDomainCapabilities() and "<vcpu max='32'/>" in text
    assert corral.documents.domaincapabilities.parse(text)["arch"] == "i686"
    for arguments in (("/bin/sh",), (None, "x86_64"), (None, None, "q35"), (None, None, None, "kvm")):
        refused(corral.VIR_ERR_INVALID_ARG, "is not supported", conn.getDomainCapabilities, *arguments)


SEALED = GUEST.format(name="sealed").replace("</domain>", "<launchSecurity type='sev'><policy>0x0001</policy></launchSecurity></domain>")


def test_sealed_guests_are_measured_and_told_a_secret(conn) -> None:
    assert conn.getSEVInfo()["cbitpos"] == 47
    dom = conn.defineXML(SEALED)
    secret = {"sev-secret": "c2VjcmV0", "sev-secret-header": "aGVhZGVy"}
    try:
        refused(corral.VIR_ERR_OPERATION_INVALID, "not running", dom.launchSecurityInfo)
        refused(corral.VIR_ERR_OPERATION_INVALID, "paused state", dom.setLaunchSecurityState, secret)
        dom.create()
        info = dom.launchSecurityInfo()
        assert info["sev-policy"] == 1 and len(info["sev-measurement"]) == 64 and info == dom.launchSecurityInfo()
        refused(corral.VIR_ERR_OPERATION_INVALID, "paused state", dom.setLaunchSecurityState, secret)
        dom.suspend()
        refused(corral.VIR_ERR_INVALID_ARG, "'sev-secret-header' is missing", dom.setLaunchSecurityState, {"sev-secret": "x"})
        dom.setLaunchSecurityState(secret)
        dom.destroy()
    finally:
        dom.undefine()


def test_guests_without_a_seal(guest) -> None:
    assert guest.launchSecurityInfo() == {}
    refused(corral.VIR_ERR_OPERATION_UNSUPPORTED, "SEV-enabled", guest.setLaunchSecurityState, {"sev-secret": "x", "sev-secret-header": "y"})


def test_labels_are_listed(guest) -> None:
    assert guest.securityLabelList() == [guest.securityLabel()]
    guest.destroy()
    refused(corral.VIR_ERR_NO_DOMAIN, "no domain", guest.securityLabelList)


NETWORK = """<network><name>leased</name><bridge name='virbr7'/><ip address='10.7.0.1' netmask='255.255.0.0'>{dhcp}</ip></network>"""
CARD = "<devices><interface type='network'><mac address='52:54:00:00:00:0{n}'/><source network='leased'/></interface></devices></domain>"


def test_running_guests_borrow_addresses(conn) -> None:
    net = conn.networkCreateXML(NETWORK.format(dhcp="<dhcp><range start='10.7.0.2' end='10.7.255.254'/><host mac='52:54:00:00:00:02' ip='10.7.0.99'/></dhcp>"))
    doms = [conn.createXML(GUEST.format(name=f"lease{n}").replace("</domain>", CARD.format(n=n))) for n in (1, 2)]
    try:
        write(doms[0], "<agent><hostname>web1</hostname></agent>")
        first, second = sorted(net.DHCPLeases(), key=lambda lease: lease["mac"])
        assert (first["iface"], first["hostname"], first["prefix"], first["type"]) == ("virbr7", "web1", 16, corral.VIR_IP_ADDR_TYPE_IPV4)
        assert first["ipaddr"] == list(doms[0].interfaceAddresses(0).values())[0]["addrs"][0]["addr"]
        assert second["ipaddr"] == "10.7.0.99" and first["clientid"] == "01:52:54:00:00:00:01" and first["iaid"] is None
        assert [lease["mac"] for lease in net.DHCPLeases("52:54:00:00:00:02")] == ["52:54:00:00:00:02"]
        assert net.DHCPLeases("52:54:00:00:00:03") == []
        refused(corral.VIR_ERR_INVALID_MAC, "52:54", net.DHCPLeases, "52:54")
        doms[0].destroy()
        assert [lease["mac"] for lease in net.DHCPLeases()] == ["52:54:00:00:00:02"]
        doms[1].destroy()
        assert net.DHCPLeases() == []
    finally:
        net.destroy()


def test_a_network_without_a_service_lends_nothing(conn) -> None:
    net = conn.networkCreateXML(NETWORK.format(dhcp=""))
    dom = conn.createXML(GUEST.format(name="fixed").replace("</domain>", CARD.format(n=4)))
    assert net.DHCPLeases() == []
    dom.destroy()
    net.destroy()


def test_processors_of_an_io_thread_are_the_hosts(conn) -> None:
    dom = conn.lookupByName("test")
    dom.addIOThread(7)
    try:
        assert [len(cpus) for number, cpus in dom.ioThreadInfo()] == [8]
    finally:
        dom.delIOThread(7)


def test_a_clock_is_set_to_something(conn) -> None:
    dom = conn.lookupByName("test")
    before = dom.getTime()
    for time in ((), (None,)):
        with pytest.raises(TypeError, match="only with 'flags'"):
            dom.setTime(*time)
    dom.setTime({"seconds": 42})
    assert dom.getTime() == {"seconds": 42, "nseconds": 0}
    dom.setTime(before)


def test_breaking_off_a_stream_without_anything_on_it(conn) -> None:
    stream = conn.newStream()
    assert stream.abort() == 0
    for call, arguments in ((stream.send, (b"x",)), (stream.recv, (1,)), (stream.finish, ()), (stream.eventRemoveCallback, ())):
        refused(corral.VIR_ERR_NO_SUPPORT, "not supported by the connection driver", call, *arguments)


def test_a_binding_needs_its_filter(conn) -> None:
    text = "<filterbinding><owner><name>g</name><uuid>d54df46f-1ab5-4a22-8618-4560ef5fac2c</uuid></owner><portdev name='p'/><mac address='52:54:00:7b:35:93'/><filterref filter='{}'/></filterbinding>"
    refused(corral.VIR_ERR_INTERNAL_ERROR, "referenced filter 'nowhere' is missing", conn.nwfilterBindingCreateXML, text.format("nowhere"))
    assert conn.listAllNWFilterBindings() == []
