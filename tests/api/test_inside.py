"""What is inside a guest of the test driver: its agent, and what its author writes of it."""

from __future__ import annotations

import json
import threading
import time

import corral
import pytest
from conftest import GUEST, run_until
from corral import qemu

URI = "https://corral.dev/xmlns/test/1.0"
LIVE = corral.VIR_DOMAIN_AFFECT_LIVE


def refused(code: int, text: str, call, *args) -> None:
    with pytest.raises(corral.libvirtError) as caught:
        call(*args)
    assert caught.value.get_error_code() == code, str(caught.value)
    assert text in str(caught.value)


def write(guest: corral.virDomain, inside: str) -> None:
    guest.setMetadata(corral.VIR_DOMAIN_METADATA_ELEMENT, f"<guest>{inside}</guest>", "corral", URI, LIVE)


#: every call that asks the agent
ASKING = {
    "guest-get-time": lambda g: g.getTime(),
    "guest-set-time": lambda g: g.setTime({"seconds": 5}),
    "guest-fsfreeze-freeze": lambda g: g.fsFreeze(),
    "guest-fsfreeze-thaw": lambda g: g.fsThaw(),
    "guest-fstrim": lambda g: g.fSTrim(None, 0),
    "guest-get-fsinfo": lambda g: g.fsInfo(),
    "guest-set-user-password": lambda g: g.setUserPassword("root", "secret"),
    "guest-get-host-name": lambda g: g.hostname(),
    "guest-get-vcpus": lambda g: g.guestVcpus(),
    "guest-set-vcpus": lambda g: g.setGuestVcpus("1", True),
    "guest-ssh-get-authorized-keys": lambda g: g.authorizedSSHKeysGet("root"),
    "guest-ssh-add-authorized-keys": lambda g: g.authorizedSSHKeysSet("root", ["a"]),
    "guest-ssh-remove-authorized-keys": lambda g: g.authorizedSSHKeysSet("root", ["a"], corral.VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_REMOVE),
    "guest-get-users": lambda g: g.guestInfo(corral.VIR_DOMAIN_GUEST_INFO_USERS),
    "guest-network-get-interfaces": lambda g: g.interfaceAddresses(corral.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT),
    "guest-ping": lambda g: qemu.qemuAgentCommand(g, '{"execute":"guest-ping"}', -1, 0),
}


@pytest.mark.parametrize("command", ASKING)
def test_a_guest_that_says_nothing_of_an_agent_has_one(guest, command) -> None:
    ASKING[command](guest)


@pytest.mark.parametrize("command", ASKING)
def test_calls_fail_without_somebody_to_ask(guest, command) -> None:
    write(guest, "<agent state='disconnected'/>")
    refused(corral.VIR_ERR_AGENT_UNRESPONSIVE, "is not connected", ASKING[command], guest)
    write(guest, "<agent state='none'/>")
    refused(corral.VIR_ERR_ARGUMENT_UNSUPPORTED, "is not configured", ASKING[command], guest)
    write(guest, f"<agent><answer command='{command}' error='the disk is gone'/></agent>")
    refused(corral.VIR_ERR_INTERNAL_ERROR, "the disk is gone", ASKING[command], guest)
    write(guest, f"<agent><answer command='{command}' missing='yes'/></agent>")
    refused(corral.VIR_ERR_OPERATION_UNSUPPORTED, f"no command '{command}'", ASKING[command], guest)
    write(guest, "<agent/>")
    ASKING[command](guest)


@pytest.mark.parametrize("command", ASKING)
def test_calls_need_a_guest_that_runs(guest, command) -> None:
    write(guest, "<agent/>")
    guest.suspend()
    refused(corral.VIR_ERR_OPERATION_INVALID, "not running", ASKING[command], guest)
    guest.destroy()
    refused(corral.VIR_ERR_NO_DOMAIN, "no domain", ASKING[command], guest)


@pytest.mark.parametrize("command", ASKING)
def test_calls_do_not_wait_for_an_agent_that_is_off(conn, command) -> None:
    dom = conn.defineXML(GUEST.format(name="off"))
    try:
        refused(corral.VIR_ERR_OPERATION_INVALID, "not running", ASKING[command], dom)
    finally:
        dom.undefine()


def test_a_silent_agent_is_waited_for_as_long_as_was_said(guest) -> None:
    write(guest, "<agent state='silent'/>")
    guest.agentSetResponseTimeout(0)
    refused(corral.VIR_ERR_AGENT_UNRESPONSIVE, "within 0 seconds", guest.hostname)
    refused(corral.VIR_ERR_AGENT_UNRESPONSIVE, "within 0 seconds", qemu.qemuAgentCommand, guest, '{"execute":"guest-ping"}', 0, 0)
    refused(corral.VIR_ERR_INVALID_ARG, "must be -2 or greater", guest.agentSetResponseTimeout, -3)
    refused(corral.VIR_ERR_INVALID_ARG, "-3", qemu.qemuAgentCommand, guest, '{"execute":"guest-ping"}', -3, 0)


def test_an_answer_takes_its_time(guest) -> None:
    write(guest, "<agent delay='1'><answer command='guest-get-time' delay='60'/></agent>")
    start = time.monotonic()
    guest.getTime()
    assert time.monotonic() - start >= 0.06
    guest.hostname()


def test_reads_do_not_wait_for_a_silent_agent(guest) -> None:
    write(guest, "<agent state='silent'/>")
    guest.agentSetResponseTimeout(corral.VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK)
    outcome: list[BaseException] = []

    def wait() -> None:
        try:
            guest.hostname()
        except corral.libvirtError as error:
            outcome.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not guest.connect().cancel():
        assert guest.isActive() and guest.info() and guest.XMLDesc()
    waiting.join()
    assert outcome[0].get_error_code() == corral.VIR_ERR_OPERATION_ABORTED


def test_a_timeout_lasts_as_long_as_the_run(conn) -> None:
    dom = conn.defineXML(GUEST.format(name="again").replace("<os>", f"<metadata><c:guest xmlns:c='{URI}'><agent state='silent'/></c:guest></metadata><os>"))
    try:
        dom.agentSetResponseTimeout(0)
        dom.create()
        dom.agentSetResponseTimeout(0)
        refused(corral.VIR_ERR_AGENT_UNRESPONSIVE, "0 seconds", dom.hostname)
        dom.destroy()
    finally:
        dom.undefine()


INSIDE = """<agent><hostname>web1</hostname><timezone name='CET' offset='3600'/><os id='debian' version='12'/>
<user name='alice' login='1700000000000'/><user name='bob' domain='CORP'/><key user='alice'>ssh-ed25519 AAAA</key></agent>"""


def test_what_the_author_writes_is_told(guest) -> None:
    write(guest, INSIDE)
    info = guest.guestInfo()
    assert info["hostname"] == guest.hostname() == "web1"
    assert (info["timezone.name"], info["timezone.offset"]) == ("CET", 3600)
    assert {key: value for key, value in info.items() if key.startswith("os.")} == {"os.id": "debian", "os.version": "12"}
    assert info["user.count"] == 2 and info["user.0.name"] == "alice" and info["user.0.login-time"] == 1700000000000
    assert info["user.1.domain"] == "CORP" and "user.0.domain" not in info
    assert guest.authorizedSSHKeysGet("alice") == ["ssh-ed25519 AAAA"]
    assert guest.authorizedSSHKeysGet("bob") == []
    assert guest.hostname(corral.VIR_DOMAIN_GET_HOSTNAME_LEASE) == "web1"


def test_groups_of_facts(conn) -> None:
    dom = conn.lookupByName("test")
    for bit, prefix in enumerate(("user.", "os.", "timezone.", "hostname", "fs.", "disk.", "if.")):
        found = dom.guestInfo(1 << bit)
        assert found and all(key.startswith(prefix) for key in found)
    assert dom.guestInfo(corral.VIR_DOMAIN_GUEST_INFO_DISKS)["disk.0.alias"] == "vda"
    refused(corral.VIR_ERR_INVALID_ARG, "0x100", dom.guestInfo, 0x100)
    refused(corral.VIR_ERR_INVALID_ARG, "unsupported flags", dom.guestInfo, 0, 1)


def test_groups_that_an_old_agent_lacks(guest) -> None:
    write(guest, "<agent><answer command='guest-get-disks' missing='yes'/></agent>")
    assert not any(key.startswith("disk.") for key in guest.guestInfo())
    refused(corral.VIR_ERR_OPERATION_UNSUPPORTED, "guest-get-disks", guest.guestInfo, corral.VIR_DOMAIN_GUEST_INFO_DISKS)


def test_processors_inside(guest) -> None:
    assert guest.guestVcpus() == {"vcpus": "0-1", "online": "0-1", "offlinable": "1"}
    guest.setGuestVcpus("1", False)
    assert guest.guestVcpus()["online"] == "0" and guest.vcpusFlags() == 2
    for cpus, text in (("0", "cannot give up"), ("7", "it has 0-1"), ("x", "numbers from 0"), ("40", "numbers from 0"), ("0,^0", "no processors")):
        refused(corral.VIR_ERR_INVALID_ARG, text, guest.setGuestVcpus, cpus, False)
    assert guest.guestVcpus()["online"] == "0"
    guest.setGuestVcpus("1", True)
    assert guest.guestVcpus()["online"] == "0-1"


def test_the_system_uses_as_many_processors_as_it_is_told_to(conn) -> None:
    inside, most = corral.VIR_DOMAIN_VCPU_GUEST, corral.VIR_DOMAIN_VCPU_MAXIMUM
    dom = conn.createXML(GUEST.format(name="counted").replace("<vcpu>2", "<vcpu>4"))
    try:
        assert (dom.vcpusFlags(inside), dom.vcpusFlags(inside | most)) == (4, 4)
        dom.setGuestVcpus("1", False)
        dom.setVcpusFlags(2, inside)
        assert dom.guestVcpus()["online"] == "0,2"
        dom.setVcpusFlags(3, inside)
        assert dom.guestVcpus()["online"] == "0-2"
        dom.setVcpusFlags(1, inside)
        assert (dom.vcpusFlags(inside), dom.vcpusFlags(inside | most), dom.vcpusFlags()) == (1, 4, 4)
        refused(corral.VIR_ERR_INVALID_ARG, "(5 > 4)", dom.setVcpusFlags, 5, inside)
        for state, code in (("none", corral.VIR_ERR_ARGUMENT_UNSUPPORTED), ("disconnected", corral.VIR_ERR_AGENT_UNRESPONSIVE)):
            write(dom, f"<agent state='{state}'/>")
            refused(code, "agent", dom.vcpusFlags, inside)
            refused(code, "agent", dom.setVcpusFlags, 2, inside)
        dom.suspend()
        refused(corral.VIR_ERR_OPERATION_INVALID, "not running", dom.vcpusFlags, inside)
        refused(corral.VIR_ERR_OPERATION_INVALID, "not running", dom.setVcpusFlags, 2, inside)
    finally:
        dom.destroy()


def test_processors_are_all_in_use_after_a_start(conn) -> None:
    dom = conn.defineXML(GUEST.format(name="fresh"))
    try:
        dom.create()
        dom.setGuestVcpus("1", False)
        dom.destroy()
        dom.create()
        assert dom.guestVcpus()["online"] == "0-1"
        dom.destroy()
    finally:
        dom.undefine()


def test_chosen_processors_are_plugged(conn) -> None:
    dom = conn.defineXML(GUEST.format(name="plugged").replace("<vcpu>2", "<vcpu current='2'>4"))
    both = corral.VIR_DOMAIN_AFFECT_LIVE | corral.VIR_DOMAIN_AFFECT_CONFIG
    try:
        refused(corral.VIR_ERR_OPERATION_INVALID, "not running", dom.setVcpu, "3", True, corral.VIR_DOMAIN_AFFECT_LIVE)
        dom.create()
        dom.setVcpu("3", True)
        assert dom.vcpusFlags() == 3 and dom.vcpusFlags(corral.VIR_DOMAIN_AFFECT_CONFIG) == 2
        assert "<vcpu id='2' enabled='no' hotpluggable='yes'/>" in dom.XMLDesc()
        refused(corral.VIR_ERR_INVALID_ARG, "already", dom.setVcpu, "3", True)
        refused(corral.VIR_ERR_INVALID_ARG, "already", dom.setVcpu, "2", False, both)
        refused(corral.VIR_ERR_INVALID_ARG, "must be enabled", dom.setVcpu, "0-1", False)
        refused(corral.VIR_ERR_INVALID_ARG, "there are 4", dom.setVcpu, "4", True)
        refused(corral.VIR_ERR_INVALID_ARG, "list of processors", dom.setVcpu, "one", True)
        assert dom.vcpusFlags() == 3
        dom.setVcpu("2", True, both)
        assert dom.vcpusFlags() == 4 and dom.vcpusFlags(corral.VIR_DOMAIN_AFFECT_CONFIG) == 3
        dom.setVcpu("1-3", False)
        assert dom.vcpusFlags() == 1
        dom.destroy()
    finally:
        dom.undefine()


def test_keys_are_replaced_added_and_removed(conn) -> None:
    dom = conn.defineXML(GUEST.format(name="keys"))
    append, remove = corral.VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_APPEND, corral.VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_REMOVE
    try:
        dom.create()
        dom.authorizedSSHKeysSet("root", ["a", "b", "a"])
        dom.authorizedSSHKeysSet("root", ["b", "c"], append)
        assert dom.authorizedSSHKeysGet("root") == ["a", "b", "c"]
        dom.authorizedSSHKeysSet("root", ["b", "nobody's"], remove)
        assert dom.authorizedSSHKeysGet("root") == ["a", "c"] and dom.authorizedSSHKeysGet("other") == []
        for flags in (append, remove):
            refused(corral.VIR_ERR_INVALID_ARG, "must not be empty", dom.authorizedSSHKeysSet, "root", None, flags)
        refused(corral.VIR_ERR_INVALID_ARG, "mutually exclusive", dom.authorizedSSHKeysSet, "root", ["x"], append | remove)
        dom.destroy()
        dom.create()
        assert dom.authorizedSSHKeysGet("root") == ["a", "c"]
        dom.authorizedSSHKeysSet("root", None)
        assert dom.authorizedSSHKeysGet("root") == []
        dom.destroy()
    finally:
        dom.undefine()


def test_agent_commands_are_answered_as_written(guest) -> None:
    write(guest, """<agent><hostname>"q"</hostname><answer command='guest-info'>{"version": "8.0"}</answer></agent>""")
    ask = lambda text: json.loads(qemu.qemuAgentCommand(guest, text, -1, 0))
    assert ask('{"execute": "guest-info"}') == {"return": {"version": "8.0"}}
    assert ask('{"execute": "guest-get-host-name"}') == {"return": {"host-name": '"q"'}}
    assert ask('{"execute": "guest-ping", "arguments": {"a": [1, -2.5e3, true, null, "\\u00e4"]}}') == {"return": {}}
    guest.fsFreeze()
    assert ask('{"execute": "guest-fsfreeze-status"}') == {"return": "frozen"}
    refused(corral.VIR_ERR_INTERNAL_ERROR, "guest-nothing has not been found", ask, '{"execute": "guest-nothing"}')
    refused(corral.VIR_ERR_INTERNAL_ERROR, "missing 'execute'", ask, '{"run": "guest-ping"}')


@pytest.mark.parametrize("text", [
    "", "x", "[]", '"guest-ping"', "{", '{"execute"', '{"execute":', '{"execute": "a"', '{"execute": "a"} x', "{'execute': 'a'}", '{"a": 01}',
    '{"a": 1.}', '{"a": 1e}', '{"a": -}', '{"a": "\\x"}', '{"a": "\n"}', '{"a": tru}', '{"a": [1 2]}', '{"a": [1,]}', '{"a" 1}', '{"a": "\\u12"}',
    "{" + '"a": {' * 200 + "}" * 201])
def test_commands_have_to_be_json(guest, text) -> None:
    refused(corral.VIR_ERR_INTERNAL_ERROR, "cannot parse json", qemu.qemuAgentCommand, guest, text, -1, 0)
    refused(corral.VIR_ERR_INTERNAL_ERROR, "cannot parse json", qemu.qemuMonitorCommand, guest, text, 0)


@pytest.mark.parametrize("inside, text", [
    ("<agents/>", "no element 'agents'"),
    ("<agent><hostnames/></agent>", "no element 'hostnames'"),
    ("<agent state='here'/>", "one of connected|disconnected|silent|none is wanted"),
    ("<agent delay='-1'/>", "a whole number of 0 or more"),
    ("<agent delay='soon'/>", "a whole number of 0 or more"),
    ("<agent colour='red'/>", "no attribute 'colour'"),
    ("<agent><answer/></agent>", "needs the attribute 'command'"),
    ("<agent><answer command='a' missing='maybe'/></agent>", "one of yes|no"),
    ("<agent><timezone name='X' offset='east'/></agent>", "a whole number is wanted"),
    ("<agent><key>k</key></agent>", "needs the attribute 'user'"),
    ("<device removal='refused'/>", "needs the attribute 'alias'"),
])
def test_what_is_written_has_to_be_right(conn, guest, inside, text) -> None:
    before = guest.XMLDesc()
    refused(corral.VIR_ERR_XML_ERROR, text, write, guest, inside)
    assert guest.XMLDesc() == before
    document = GUEST.format(name="wrong").replace("<os>", f"<metadata><c:guest xmlns:c='{URI}'>{inside}</c:guest></metadata><os>")
    refused(corral.VIR_ERR_XML_ERROR, text, conn.defineXML, document)
    with pytest.raises(corral.libvirtError):
        conn.lookupByName("wrong")


def test_only_one_element_is_known(guest) -> None:
    refused(corral.VIR_ERR_XML_ERROR, "'guest' is wanted", guest.setMetadata, corral.VIR_DOMAIN_METADATA_ELEMENT, "<inside/>", "corral", URI, LIVE)


def test_a_node_may_have_guests_with_an_inside(tmp_path) -> None:
    text = GUEST.format(name="g").replace("<os>", f"<metadata><c:guest xmlns:c='{URI}'>{INSIDE}</c:guest></metadata><os>")
    (tmp_path / "node.xml").write_text(f"<node>{text}</node>")
    with corral.open(f"test://{tmp_path}/node.xml") as conn:
        assert conn.lookupByName("g").hostname() == "web1"
    (tmp_path / "node.xml").write_text(f"<node>{text.replace('hostname', 'host')}</node>")
    refused(corral.VIR_ERR_XML_ERROR, "no element 'host'", corral.open, f"test://{tmp_path}/node.xml")


def test_an_agent_that_comes_and_goes_is_news(conn) -> None:
    dom = conn.defineXML(GUEST.format(name="news").replace("<os>", f"<metadata><c:guest xmlns:c='{URI}'><agent/></c:guest></metadata><os>"))
    heard: list[tuple[str, int, int]] = []
    number = conn.domainEventRegisterAny(dom, corral.VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, lambda c, d, state, reason, o: heard.append((d.name(), state, reason)), None)
    try:
        dom.create()
        write(dom, "<agent state='disconnected'/>")
        write(dom, "<agent state='none'/>")
        write(dom, "<agent delay='1'/>")
        run_until(lambda: len(heard) == 3)
        assert heard == [("news", 1, 1), ("news", 2, 2), ("news", 1, 2)]
    finally:
        conn.domainEventDeregisterAny(number)
        dom.destroy()
        dom.undefine()
