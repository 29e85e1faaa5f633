"""The life of real guests, within this process."""

from __future__ import annotations

import os
import re
import signal
import threading
from pathlib import Path
from typing import Any

import corral
import pytest
from qemu_guest import Console, conn, document, loop, pid_of, processes, raises, root, wait_for  # noqa: F401

RUNNING, PAUSED, OFF = corral.VIR_DOMAIN_RUNNING, corral.VIR_DOMAIN_PAUSED, corral.VIR_DOMAIN_SHUTOFF


class Events:
    """What a guest's life was told to be."""

    def __init__(self, conn: Any) -> None:
        self.seen: list[tuple[str, int, int]] = []
        conn.domainEventRegisterAny(None, corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                    lambda _, domain, event, detail, __: self.seen.append((domain.name(), event, detail)), None)

    def wait(self, event: int, detail: int) -> None:
        wait_for(lambda: any(seen[1:] == (event, detail) for seen in self.seen))


def test_a_guest_boots_answers_stands_still_and_turns_itself_off(conn: Any) -> None:
    events = Events(conn)
    domain = conn.defineXML(document())
    domain.create()
    assert domain.state() == [RUNNING, corral.VIR_DOMAIN_RUNNING_BOOTED]
    console = Console(domain)
    console.until("guest: ready")
    console.say("ping")
    console.until("guest: pong")
    domain.suspend()
    assert domain.state() == [PAUSED, corral.VIR_DOMAIN_PAUSED_USER]
    domain.resume()
    assert domain.state() == [RUNNING, corral.VIR_DOMAIN_RUNNING_UNPAUSED]
    console.say("ping")
    console.until("guest: pong")
    assert domain.info()[4] > 0
    domain.shutdown()
    events.wait(corral.VIR_DOMAIN_EVENT_STOPPED, corral.VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN)
    assert domain.state() == [OFF, corral.VIR_DOMAIN_SHUTOFF_SHUTDOWN]
    with raises(corral.VIR_ERR_OPERATION_INVALID):
        domain.suspend()
    domain.undefine()
    wait_for(lambda: len(events.seen) == 7)
    assert [seen[1] for seen in events.seen] == [
        corral.VIR_DOMAIN_EVENT_DEFINED, corral.VIR_DOMAIN_EVENT_STARTED, corral.VIR_DOMAIN_EVENT_SUSPENDED,
        corral.VIR_DOMAIN_EVENT_RESUMED, corral.VIR_DOMAIN_EVENT_SHUTDOWN, corral.VIR_DOMAIN_EVENT_STOPPED,
        corral.VIR_DOMAIN_EVENT_UNDEFINED]
    assert conn.listAllDomains() == []


def test_a_guest_reboots_and_is_reset(conn: Any, root: Path) -> None:
    domain = conn.defineXML(document())
    domain.create()
    console = Console(domain)
    console.until("guest: ready")
    pid = pid_of(root, "guest")
    domain.reboot()
    console.until("guest: ready")
    domain.reset()
    console.until("guest: ready")
    assert pid_of(root, "guest") == pid
    console.say("off")
    wait_for(lambda: not domain.isActive())


def test_a_transient_guest_is_gone_when_it_ends(conn: Any, root: Path) -> None:
    domain = conn.createXML(document(kernel=False), corral.VIR_DOMAIN_START_PAUSED)
    assert domain.state() == [PAUSED, corral.VIR_DOMAIN_PAUSED_USER]
    assert not domain.isPersistent()
    with raises(corral.VIR_ERR_OPERATION_INVALID):
        domain.undefine()
    with raises(corral.VIR_ERR_OPERATION_INVALID):
        domain.setAutostart(1)
    folder = next((root / "lib" / "qemu").glob("domain-*-guest"))
    assert folder.stat().st_mode & 0o777 == 0o700
    domain.destroy()
    with raises(corral.VIR_ERR_NO_DOMAIN):
        domain.state()
    assert not folder.exists()
    assert list((root / "run" / "qemu").glob("*.xml")) == []
    assert processes(root) == []


def test_a_guest_ends_with_the_connection_that_it_was_started_for(root: Path) -> None:
    uri = f"qemu:///embed?root={root}"
    conn, other = corral.open(uri), corral.open(uri)
    conn.createXML(document(kernel=False), corral.VIR_DOMAIN_START_AUTODESTROY)
    assert [found.name() for found in other.listAllDomains()] == ["guest"]
    conn.close()
    assert other.listAllDomains() == []
    assert processes(root) == []
    other.close()


def test_what_qemu_says_before_it_dies_is_in_the_error(conn: Any, root: Path) -> None:
    more = "<commandline xmlns='http://libvirt.org/schemas/domain/qemu/1.0'><arg value='-device'/><arg value='nonsense'/></commandline>"
    text = document(kernel=False).replace("</devices>", "</devices>" + more)
    domain = conn.defineXML(text)
    with raises(corral.VIR_ERR_INTERNAL_ERROR, "'nonsense' is not a valid device model name"):
        domain.create()
    assert domain.state()[0] == OFF
    assert processes(root) == []
    assert list((root / "lib" / "qemu").glob("domain-*")) == []
    assert "nonsense" in (root / "log" / "qemu" / "guest.log").read_text()


def test_a_process_that_is_killed_is_a_guest_that_has_crashed(conn: Any, root: Path) -> None:
    events = Events(conn)
    domain = conn.defineXML(document(kernel=False))
    domain.create()
    os.kill(pid_of(root, "guest"), signal.SIGKILL)
    events.wait(corral.VIR_DOMAIN_EVENT_STOPPED, corral.VIR_DOMAIN_EVENT_STOPPED_CRASHED)
    assert domain.state() == [OFF, corral.VIR_DOMAIN_SHUTOFF_CRASHED]
    domain.create()
    domain.destroy()
    assert domain.state() == [OFF, corral.VIR_DOMAIN_SHUTOFF_DESTROYED]


def test_reads_go_on_beside_a_guest_that_has_stopped_answering_and_it_can_be_destroyed(conn: Any, root: Path) -> None:
    domain = conn.defineXML(document(kernel=False))
    domain.create()
    os.kill(pid_of(root, "guest"), signal.SIGSTOP)
    failures: list[Any] = []

    def suspend() -> None:
        try:
            domain.suspend()
        except corral.libvirtError as error:
            failures.append(error)

    thread = threading.Thread(target=suspend)
    thread.start()
    wait_for(lambda: domain.controlInfo()[0] == corral.VIR_DOMAIN_CONTROL_JOB)
    for _ in range(100):
        assert domain.state()[0] == RUNNING
        assert conn.listAllDomains()
        assert domain.info() and domain.XMLDesc()
    domain.destroy()
    thread.join()
    assert len(failures) == 1
    assert domain.state() == [OFF, corral.VIR_DOMAIN_SHUTOFF_DESTROYED]


def test_a_console_is_taken_over_only_by_those_who_say_so(conn: Any) -> None:
    domain = conn.defineXML(document())
    domain.create()
    first = Console(domain)
    first.until("guest: ready")
    with raises(corral.VIR_ERR_OPERATION_FAILED):
        Console(domain)
    second = Console(domain, corral.VIR_DOMAIN_CONSOLE_FORCE)
    with pytest.raises(corral.libvirtError):
        first.until("never")
    second.say("ping")
    second.until("guest: pong")
    second.close()
    third = Console(domain)
    third.say("ping")
    third.until("guest: pong")
    domain.destroy()


def test_definitions_are_there_after_the_host_was_closed(root: Path) -> None:
    uri = f"qemu:///embed?root={root}"
    conn = corral.open(uri)
    domain = conn.defineXML(document(kernel=False))
    domain.setAutostart(1)
    text = domain.XMLDesc()
    other = conn.defineXML(document("other", kernel=False))
    other.rename("renamed")
    conn.close()
    conn = corral.open(uri)
    assert sorted(found.name() for found in conn.listAllDomains()) == ["guest", "renamed"]
    domain = conn.lookupByName("guest")
    assert domain.XMLDesc() == text and domain.autostart() == 1
    # what there was before a change stays beside it
    conn.defineXML(text.replace("<vcpu placement='static'>1", "<vcpu placement='static'>2"))
    folder = root / "etc" / "qemu"
    assert ">2</vcpu>" in (folder / "guest.xml").read_text() and ">1</vcpu>" in (folder / ".last" / "guest.xml").read_text()
    domain.undefine()
    assert not (folder / "guest.xml").exists() and not (folder / "autostart" / "guest.xml").is_symlink()
    conn.close()


def test_a_redefinition_that_cannot_be_written_leaves_the_old_one(conn: Any, root: Path) -> None:
    domain = conn.defineXML(document(kernel=False))
    before = domain.XMLDesc()
    (root / "etc" / "qemu" / "guest.xml.new").mkdir()
    with raises(corral.VIR_ERR_SYSTEM_ERROR, "guest.xml"):
        conn.defineXML(before.replace("<vcpu placement='static'>1", "<vcpu placement='static'>2"))
    assert domain.XMLDesc() == before
    with raises(corral.VIR_ERR_SYSTEM_ERROR):
        conn.defineXML(document("x" * 240 + "yyyyy", kernel=False)[:0] or before.replace("<memory", "<title>t</title><memory"))
    (root / "etc" / "qemu" / "guest.xml.new").rmdir()


def test_what_cannot_be_connected_is_refused_and_nothing_is_left(conn: Any, root: Path) -> None:
    with raises(corral.VIR_ERR_CONFIG_UNSUPPORTED, "of type 'bridge' cannot be connected"):
        conn.createXML(document("bridged", devices="<interface type='bridge'><source bridge='br0'/></interface>", kernel=False))
    assert conn.listAllDomains() == [] and processes(root) == []


def test_a_guest_lives_on_without_its_host_and_is_taken_up_again(root: Path) -> None:
    uri = f"qemu:///embed?root={root}"
    conn = corral.open(uri)
    domain = conn.defineXML(document())
    domain.create()
    Console(domain).until("guest: ready")
    number, pid = domain.ID(), pid_of(root, "guest")
    conn.createXML(document("passing", kernel=False))
    conn.close()
    os.kill(pid_of(root, "passing"), signal.SIGKILL)
    wait_for(lambda: processes(root) == [pid])
    conn = corral.open(uri)
    domain = conn.lookupByName("guest")
    # the other one may still be about to end
    wait_for(lambda: [found.name() for found in conn.listAllDomains()] == ["guest"])
    assert domain.ID() == number and domain.state()[0] == RUNNING
    console = Console(domain)
    domain.suspend()
    domain.resume()
    console.say("ping")
    console.until("guest: pong")
    domain.destroy()
    conn.close()


def test_two_processes_do_not_share_a_folder(conn: Any, root: Path) -> None:
    child = os.fork()
    if child == 0:
        status = 1
        try:
            corral.open(f"qemu:///embed?root={root}")
        except corral.libvirtError as error:
            status = 0 if "locked" in str(error) else 2
        os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_what_is_wrong_with_a_uri_is_said(root: Path) -> None:
    for uri in ("qemu:///embed", "qemu:///embed?root=relative"):
        with raises(corral.VIR_ERR_INVALID_ARG, "root=DIR"):
            corral.open(uri)
    (root / "file").write_text("")
    with raises(corral.VIR_ERR_SYSTEM_ERROR, "cannot make the folder"):
        corral.open(f"qemu:///embed?root={root}/file/below")


def test_notes_on_guests_are_kept(conn: Any, root: Path) -> None:
    domain = conn.defineXML(document(kernel=False))
    domain.setMetadata(corral.VIR_DOMAIN_METADATA_TITLE, "A title", None, None, corral.VIR_DOMAIN_AFFECT_CONFIG)
    assert domain.metadata(corral.VIR_DOMAIN_METADATA_TITLE, None) == "A title"
    assert "<title>A title</title>" in (root / "etc" / "qemu" / "guest.xml").read_text()
    with raises(corral.VIR_ERR_NO_DOMAIN_METADATA):
        domain.metadata(corral.VIR_DOMAIN_METADATA_DESCRIPTION, None)


def test_log_files_that_are_too_long_are_put_aside(conn: Any, root: Path) -> None:
    log = root / "log" / "qemu" / "guest.log"
    log.write_text("x" * (2 * 1024 * 1024 + 1))
    domain = conn.defineXML(document(kernel=False))
    domain.create()
    domain.destroy()
    assert (log.parent / "guest.log.0").stat().st_size == 2 * 1024 * 1024 + 1
    text = log.read_text()
    assert re.search(r"^\d{4}-\d\d-\d\d [\d:.]+\+0000: starting up$", text, re.M) and "qemu-system-x86_64 -name guest=guest" in text
