"""The monitor of guests of the test driver, what it makes happen, and what calls make happen."""

from __future__ import annotations

import json

import corral
import pytest
from conftest import run_until
from corral import qemu
from test_inside import LIVE, URI, refused, write

HMP = corral.VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP

GUEST = """<domain type='test'><name>monitored</name><memory>65536</memory><os><type>hvm</type></os><devices>
<disk type='file' device='disk'><source file='/disk'/><target dev='vda'/><alias name='ua-disk'/></disk>
<disk type='file' device='cdrom'><source file='/one.iso'/><target dev='hda'/></disk><interface type='user'><alias name='ua-net'/></interface><graphics type='vnc'/></devices></domain>"""


@pytest.fixture
def dom(conn):
    dom = conn.createXML(GUEST)
    yield dom
    try:
        dom.destroy()
    except corral.libvirtError:
        pass


@pytest.fixture
def heard(conn):
    """What comes of every kind of event, without connection, guest and opaque value."""
    events: list[tuple] = []
    ids = range(1, corral.VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE + 1)
    numbers = [conn.domainEventRegisterAny(None, i, lambda *args, i=i: events.append((i, *args[2:-1])), None) for i in ids]
    yield events
    for number in numbers:
        conn.domainEventDeregisterAny(number)


def happen(dom: corral.virDomain, what: str) -> str:
    return qemu.qemuMonitorCommand(dom, f"event {what}", HMP)


HAPPENINGS = [
    ("reboot", [(corral.VIR_DOMAIN_EVENT_ID_REBOOT,)]),
    ("rtc offset=-60", [(corral.VIR_DOMAIN_EVENT_ID_RTC_CHANGE, -60)]),
    ("watchdog action=debug", [(corral.VIR_DOMAIN_EVENT_ID_WATCHDOG, corral.VIR_DOMAIN_EVENT_WATCHDOG_DEBUG)]),
    ("io-error disk=vda action=report reason=enospc", [(corral.VIR_DOMAIN_EVENT_ID_IO_ERROR, "/disk", "ua-disk", 2),
                                                       (corral.VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON, "/disk", "ua-disk", 2, "enospc")]),
    ("control-error", [(corral.VIR_DOMAIN_EVENT_ID_CONTROL_ERROR,)]),
    ("graphics phase=connect local=127.0.0.1:5900 remote=192.0.2.7:40000",
     [(corral.VIR_DOMAIN_EVENT_ID_GRAPHICS, 0, {"family": 0, "node": "127.0.0.1", "service": "5900"}, {"family": 0, "node": "192.0.2.7", "service": "40000"}, "none", [])]),
    ("graphics phase=initialize local=[::1]:5900 remote=/run/client auth=sasl 'who=saslUsername=fred;x509dname=CN=fred,O=us'",
     [(corral.VIR_DOMAIN_EVENT_ID_GRAPHICS, 1, {"family": 1, "node": "::1", "service": "5900"}, {"family": 2, "node": "/run/client", "service": ""}, "sasl",
       [("saslUsername", "fred"), ("x509dname", "CN=fred,O=us")])]),
    ("disk-change disk=hda reason=dropped", [(corral.VIR_DOMAIN_EVENT_ID_DISK_CHANGE, "/one.iso", None, "disk1", 1)]),
    ("tray disk=hda state=open", [(corral.VIR_DOMAIN_EVENT_ID_TRAY_CHANGE, "disk1", 0)]),
    ("balloon memory=1024", [(corral.VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE, 1024)]),
    ("device-removal-failed alias=ua-net", [(corral.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED, "ua-net")]),
    ("memory-failure recipient=guest action=inject flags=1", [(corral.VIR_DOMAIN_EVENT_ID_MEMORY_FAILURE, 1, 1, 1)]),
]


@pytest.mark.parametrize("what, events", HAPPENINGS)
def test_things_happen_at_a_word(dom, heard, what, events) -> None:
    assert happen(dom, what) == ""
    run_until(lambda: len(heard) == len(events))
    assert heard == events


def test_what_happens_has_consequences(dom) -> None:
    happen(dom, "balloon memory=1024")
    assert dom.info()[2] == 1024
    happen(dom, "tray disk=hda state=open")
    assert "tray='open'" in dom.XMLDesc()
    happen(dom, "watchdog action=pause")
    assert dom.state() == [corral.VIR_DOMAIN_PAUSED, corral.VIR_DOMAIN_PAUSED_WATCHDOG]
    dom.resume()
    happen(dom, "io-error disk=vda action=pause")
    assert dom.state() == [corral.VIR_DOMAIN_PAUSED, corral.VIR_DOMAIN_PAUSED_IOERROR]
    happen(dom, "panic")
    assert dom.state() == [corral.VIR_DOMAIN_CRASHED, corral.VIR_DOMAIN_CRASHED_PANICKED]
    happen(dom, "watchdog action=poweroff")
    refused(corral.VIR_ERR_NO_DOMAIN, "no domain", happen, dom, "reboot")


@pytest.mark.parametrize("what, text", [
    ("", "one of balloon, control-error"), ("storm", "unknown event 'storm'"), ("watchdog", "needs action="), ("watchdog action=bark", "none|pause|reset"),
    ("watchdog volume=11", "has no 'volume=11'"), ("rtc offset=x", "a whole number"), ("io-error disk=vdz action=none", "no disk 'vdz'"),
    ("graphics phase=leave local=/a remote=/b", "connect|initialize|disconnect"), ("graphics phase=connect local=/a", "needs remote="),
    ("graphics phase=connect local=127.0.0.1 remote=/b", "invalid address '127.0.0.1'"), ("graphics phase=connect local=/a remote=[::1:9", "invalid address '[::1:9'"),
    ("graphics phase=connect local=1.2.3.4:99999 remote=/b", "invalid address"), ("graphics phase=connect local=/a remote=/b who=fred", "TYPE=NAME"),
    ("graphics phase=connect local=/a remote=/b who=" + "a=b;" * 20 + "a=b", "up to 20 times"), ("tray disk=vda state=open", "has no tray"), ("balloon memory=0", "1 to 65536 KiB"), ("balloon memory=99999", "1 to 65536 KiB"),
])
def test_what_cannot_happen_is_refused(dom, heard, what, text) -> None:
    before = dom.XMLDesc()
    refused(corral.VIR_ERR_INVALID_ARG, text, happen, dom, what)
    assert dom.XMLDesc() == before and not heard


def test_a_guest_without_graphics_has_no_clients(conn) -> None:
    dom = conn.createXML(GUEST.replace("<graphics type='vnc'/>", ""))
    try:
        refused(corral.VIR_ERR_INVALID_ARG, "has no graphics", happen, dom, "graphics phase=connect local=/a remote=/b")
    finally:
        dom.destroy()


def test_the_monitor_answers_people(dom) -> None:
    say = lambda line: qemu.qemuMonitorCommand(dom, line, HMP)
    assert say("info status") == "VM status: running\r\n" and say("info name") == "monitored\r\n"
    assert say("info uuid") == dom.UUIDString() + "\r\n" and "event KIND" in say("help")
    assert say("info weather") == "unknown command: 'info weather'\r\n" and say("quit") == "unknown command: 'quit'\r\n"
    assert say("'") == "unknown command: '''\r\n"


def test_the_monitor_answers_programs(dom) -> None:
    ask = lambda command: json.loads(qemu.qemuMonitorCommand(dom, json.dumps(command), 0))
    assert ask({"execute": "query-status", "id": ["x", 1]}) == {"return": {"status": "running", "singlestep": False, "running": True}, "id": ["x", 1]}
    dom.suspend()
    assert ask({"execute": "query-status"})["return"]["status"] == "paused"
    assert ask({"execute": "query-name"}) == {"return": {"name": "monitored"}}
    assert ask({"execute": "query-uuid"}) == {"return": {"UUID": dom.UUIDString()}}
    assert ask({"execute": "device_add"})["error"]["class"] == "CommandNotFound"
    assert ask({"id": 1})["error"]["class"] == "GenericError"
    write(dom, "<monitor><answer command='query-version'>{\"mine\": true}</answer></monitor>")
    assert ask({"execute": "query-version"}) == {"return": {"mine": True}}
    refused(corral.VIR_ERR_INVALID_ARG, "unsupported flags", qemu.qemuMonitorCommand, dom, "{}", 2)


def test_files_may_come_along(dom) -> None:
    with open("/dev/null") as file:
        answer, files = qemu.qemuMonitorCommandWithFiles(dom, '{"execute": "query-name"}', [file.fileno()])
    assert json.loads(answer)["return"] == {"name": "monitored"} and files == []
    assert qemu.qemuMonitorCommandWithFiles(dom, "info name", flags=HMP) == ("monitored\r\n", [])


def test_a_guest_that_is_off_has_no_monitor(conn) -> None:
    dom = conn.defineXML(GUEST.replace("monitored", "dark"))
    try:
        refused(corral.VIR_ERR_OPERATION_INVALID, "not running", qemu.qemuMonitorCommand, dom, "{}", 0)
        refused(corral.VIR_ERR_OPERATION_INVALID, "not running", qemu.qemuMonitorCommandWithFiles, dom, "{}")
    finally:
        dom.undefine()


def test_listeners_of_the_monitor(conn, dom) -> None:
    heard: list[tuple[str, str]] = []
    listen = lambda of, event, flags, tag: qemu.qemuMonitorEventRegister(
        conn, of, event, lambda c, d, name, seconds, micros, details, opaque: heard.append((opaque, name, details)), tag, flags)
    regex, nocase = corral.VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_REGEX, corral.VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_NOCASE
    numbers = [listen(None, None, 0, "all"), listen(dom, "RESET", 0, "name"), listen(None, "reset", nocase, "nocase"), listen(None, "^RE", regex, "regex"),
               listen(conn.lookupByName("test"), None, 0, "other"), listen(None, "reset", 0, "exact")]
    happen(dom, "reboot")
    happen(dom, """monitor name=X details='{"a": 1}'""")
    dom.suspend()
    dom.resume()
    run_until(lambda: ("regex", "RESUME", None) in heard)
    assert [(name, details) for tag, name, details in heard if tag == "all"] == [("RESET", None), ("X", '{"a": 1}'), ("STOP", None), ("RESUME", None)]
    assert [tag for tag, name, _ in heard if name == "RESET"] == ["all", "name", "nocase", "regex"]
    assert not [tag for tag, _, _ in heard if tag in ("other", "exact")]
    for number in numbers:
        qemu.qemuMonitorEventDeregister(conn, number)
    refused(corral.VIR_ERR_INVALID_ARG, "could not find", qemu.qemuMonitorEventDeregister, conn, numbers[0])
    refused(corral.VIR_ERR_INVALID_ARG, "failed to compile regex '('", listen, None, "(", regex, "bad")


def test_calls_make_things_happen(dom, heard) -> None:
    dom.setMemoryFlags(2048, LIVE)
    dom.setTime({"seconds": 627319920 + 60})
    dom.setTime(flags=corral.VIR_DOMAIN_TIME_SYNC)
    dom.updateDeviceFlags("<disk type='file' device='cdrom'><source file='/two.iso'/><target dev='hda'/></disk>")
    dom.updateDeviceFlags("<disk type='file' device='cdrom'><target dev='hda'/></disk>")
    dom.detachDeviceAlias("ua-net")
    run_until(lambda: len(heard) == 6)
    tray = corral.VIR_DOMAIN_EVENT_ID_TRAY_CHANGE
    assert heard == [(corral.VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE, 2048), (corral.VIR_DOMAIN_EVENT_ID_RTC_CHANGE, 60), (tray, "disk1", 0), (tray, "disk1", 1),
                     (tray, "disk1", 0), (corral.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, "ua-net")]


def test_a_guest_may_keep_a_device(dom, heard) -> None:
    write(dom, "<device alias='ua-net' removal='refused'/>")
    dom.detachDeviceAlias("ua-net")
    run_until(lambda: len(heard) == 2)
    assert heard[1:] == [(corral.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED, "ua-net")]
    assert "ua-net" in dom.XMLDesc()
    dom.setMetadata(corral.VIR_DOMAIN_METADATA_ELEMENT, None, None, URI, LIVE)
    dom.detachDeviceAlias("ua-net")
    assert "ua-net" not in dom.XMLDesc()
