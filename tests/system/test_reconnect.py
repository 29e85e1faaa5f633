"""Connections that outlive their daemon: killed and restarted ones, cut lines, and daemons that are not what they were."""

from __future__ import annotations

import gc
import os
import queue
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest
from line import BEGIN, END, Line, Told
from support import CORRALD, NUMBERS, Daemon

import corral


GUEST = "<domain type='test'><name>{0}</name><memory unit='MiB'>64</memory><os><type>hvm</type></os></domain>"


@pytest.fixture(scope="module", autouse=True)
def loop() -> Iterator[None]:
    """The event loop in a thread of its own."""
    corral.virEventRegisterDefaultImpl()
    ends = threading.Event()

    def run() -> None:
        while not ends.is_set():
            corral.virEventRunDefaultImpl()

    thread = threading.Thread(target=run)
    thread.start()
    timer = corral.virEventAddTimeout(20, lambda *args: None, None)
    yield
    ends.set()
    thread.join()
    corral.virEventRemoveTimeout(timer)


def restart(daemon: Daemon) -> None:
    """Another one in the same place."""
    daemon.process.kill()
    daemon.process.wait()
    start(daemon)


def start(daemon: Daemon) -> None:
    env = os.environ | {"NOTIFY_SOCKET": str(daemon.root / "notify")}
    daemon.process = subprocess.Popen([str(CORRALD), "--root", str(daemon.root)], env=env, stderr=daemon.errors)
    daemon.wait_notified("READY=1")


def kill(daemon: Daemon) -> None:
    daemon.process.kill()
    daemon.process.wait()


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    with Daemon() as it:
        yield it


@pytest.fixture
def line(daemon: Daemon) -> Iterator[Line]:
    folder = tempfile.mkdtemp(prefix="line-")
    it = Line(Path(folder), daemon.rw)
    # what is made lasts as long as somebody looks at it
    with corral.open(daemon.uri()):
        yield it
    it.close()
    it.cut()
    shutil.rmtree(folder)


def short(changes: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(change["object"], change["type"], change["name"], change["before"], change["after"]) for change in changes]


def wait_for_gap(conn: Any) -> None:
    """Until the loss has been noticed."""
    while conn.isAlive():
        pass


def raised(call: Callable[[], Any]) -> Any:
    with pytest.raises(corral.libvirtError) as caught:
        call()
    return caught.value


def test_a_restarted_daemon_is_found_again_and_what_it_lost_is_told(daemon: Daemon) -> None:
    with corral.open(daemon.uri(), reconnect=True) as conn:
        told = Told(conn)
        dom = conn.defineXML(GUEST.format("mine"))
        conn.lookupByName("test").suspend()
        seen = {told.next(), told.next()}
        assert seen == {("event", "mine", corral.VIR_DOMAIN_EVENT_DEFINED), ("event", "test", corral.VIR_DOMAIN_EVENT_SUSPENDED)}
        restart(daemon)
        changes = told.gaps()
        assert short(changes) == [
            (corral.CORRAL_GAP_DOMAIN, corral.CORRAL_GAP_VANISHED, "mine", corral.VIR_DOMAIN_SHUTOFF, -1),
            (corral.CORRAL_GAP_DOMAIN, corral.CORRAL_GAP_CHANGED, "test", corral.VIR_DOMAIN_PAUSED, corral.VIR_DOMAIN_RUNNING)]
        assert changes[0]["uuid"] == dom.UUIDString()
        # objects of before, and events under their old number
        assert raised(dom.info).get_error_code() == corral.VIR_ERR_NO_DOMAIN
        conn.lookupByName("test").suspend()
        assert told.next() == ("event", "test", corral.VIR_DOMAIN_EVENT_SUSPENDED)
        told.leave()
        conn.lookupByName("test").resume()
        assert told.queue.empty()


def test_objects_of_before_are_good_after(daemon: Daemon, line: Line) -> None:
    with corral.open(line.uri(), reconnect=True) as conn:
        told = Told(conn, events=False)
        dom, net, pool = conn.lookupByName("test"), conn.networkLookupByName("default"), conn.storagePoolLookupByName("default-pool")
        line.cut()
        assert told.gaps() == []
        assert dom.isActive() and net.isActive() and pool.isActive()
        assert dom == conn.lookupByName("test")
        told.leave()


def test_what_others_did_meanwhile_is_told_kind_by_kind(daemon: Daemon, line: Line) -> None:
    other = corral.open(daemon.uri())
    with corral.open(line.uri(), reconnect=True) as conn:
        told = Told(conn)
        other.defineXML(GUEST.format("stays")), other.defineXML(GUEST.format("goes"))
        assert [told.next()[1] for _ in range(2)] == ["stays", "goes"]
        line.close()
        line.cut()
        assert told.next()[:2] == ("gap", BEGIN)
        other.lookupByName("goes").undefine()
        other.lookupByName("stays").create()
        other.createXML(GUEST.format("comes"))
        other.networkLookupByName("default").destroy()
        other.networkDefineXML("<network><name>lab</name></network>")
        other.storagePoolLookupByName("default-pool").destroy()
        other.secretDefineXML("<secret><usage type='ceph'><name>key</name></usage></secret>")
        line.open()
        D, N, P, S = corral.CORRAL_GAP_DOMAIN, corral.CORRAL_GAP_NETWORK, corral.CORRAL_GAP_STORAGE_POOL, corral.CORRAL_GAP_SECRET
        appeared, vanished, changed = corral.CORRAL_GAP_APPEARED, corral.CORRAL_GAP_VANISHED, corral.CORRAL_GAP_CHANGED
        assert short(told.end()) == [
            (D, appeared, "comes", -1, corral.VIR_DOMAIN_RUNNING),
            (D, vanished, "goes", corral.VIR_DOMAIN_SHUTOFF, -1),
            (D, changed, "stays", corral.VIR_DOMAIN_SHUTOFF, corral.VIR_DOMAIN_RUNNING),
            (N, changed, "default", 1, 0),
            (N, appeared, "lab", -1, 0),
            (P, changed, "default-pool", 1, 0),
            (S, appeared, "key", -1, 0)]
        # and the next gap counts from there
        other.lookupByName("stays").destroy()
        assert told.next() == ("event", "stays", corral.VIR_DOMAIN_EVENT_STOPPED)
        line.cut()
        assert told.gaps() == []
        told.leave()
    other.close()


def test_nothing_has_changed_after_whatever_the_connection_was_told_itself(daemon: Daemon, line: Line) -> None:
    """How things are is kept up to date by events: after each kind of them, a gap has nothing to tell."""
    with corral.open(line.uri(), reconnect=True) as conn:
        told = Told(conn)
        others = [(conn.networkEventRegisterAny, conn.networkEventDeregisterAny), (conn.storagePoolEventRegisterAny, conn.storagePoolEventDeregisterAny),
                  (conn.secretEventRegisterAny, conn.secretEventDeregisterAny)]
        numbers = [register(None, 0, lambda conn, it, event, detail, opaque: told.queue.put(("event", "", event)), None) for register, _ in others]

        def check(call: Callable[[], Any], *events: int) -> Any:
            it = call()
            for event in events:
                assert told.next()[2] == event
            line.cut()
            assert told.gaps() == [], call
            return it

        guest = check(lambda: conn.createXML(GUEST.format("short")), corral.VIR_DOMAIN_EVENT_STARTED)
        kept = GUEST.format("short").replace("<memory", f"<uuid>{guest.UUIDString()}</uuid><memory")
        check(guest.suspend, corral.VIR_DOMAIN_EVENT_SUSPENDED)
        check(guest.resume, corral.VIR_DOMAIN_EVENT_RESUMED)
        check(lambda: conn.defineXML(kept), corral.VIR_DOMAIN_EVENT_DEFINED)
        check(guest.destroy, corral.VIR_DOMAIN_EVENT_STOPPED)
        check(lambda: guest.rename("long"), corral.VIR_DOMAIN_EVENT_UNDEFINED, corral.VIR_DOMAIN_EVENT_DEFINED)
        check(guest.create, corral.VIR_DOMAIN_EVENT_STARTED)
        check(guest.undefine, corral.VIR_DOMAIN_EVENT_UNDEFINED)
        check(guest.destroy, corral.VIR_DOMAIN_EVENT_STOPPED)
        net = check(lambda: conn.networkCreateXML("<network><name>lab</name></network>"), corral.VIR_NETWORK_EVENT_STARTED)
        check(net.destroy, corral.VIR_NETWORK_EVENT_STOPPED)
        net = check(lambda: conn.networkDefineXML("<network><name>lab</name></network>"), corral.VIR_NETWORK_EVENT_DEFINED)
        check(net.create, corral.VIR_NETWORK_EVENT_STARTED)
        check(net.destroy, corral.VIR_NETWORK_EVENT_STOPPED)
        check(net.undefine, corral.VIR_NETWORK_EVENT_UNDEFINED)
        pool = conn.storagePoolLookupByName("default-pool")
        check(pool.destroy, corral.VIR_STORAGE_POOL_EVENT_STOPPED)
        check(pool.undefine, corral.VIR_STORAGE_POOL_EVENT_UNDEFINED)
        secret = check(lambda: conn.secretDefineXML("<secret><usage type='ceph'><name>key</name></usage></secret>"), corral.VIR_SECRET_EVENT_DEFINED)
        check(secret.undefine, corral.VIR_SECRET_EVENT_UNDEFINED)
        for number, (_, deregister) in zip(numbers, others):
            deregister(number)
        told.leave()


def test_the_gap_comes_before_what_the_new_daemon_tells(daemon: Daemon, line: Line) -> None:
    """Somebody starts and stops a guest all the time: old events, the beginning, the end, new events, nothing between."""
    other = corral.open(daemon.uri())
    stops = threading.Event()

    def churn() -> None:
        dom = other.lookupByName("test")
        while not stops.is_set():
            dom.suspend()
            dom.resume()

    with corral.open(line.uri(), reconnect=True) as conn:
        told = Told(conn)
        thread = threading.Thread(target=churn)
        thread.start()
        for _ in range(20):
            while told.next()[0] != "event":
                pass
            line.cut()
            while (first := told.next())[0] == "event":
                pass
            assert first[:2] == ("gap", BEGIN)
            assert told.next()[:2] == ("gap", END)
        stops.set()
        thread.join()
        told.leave()
    other.close()


def test_calls_in_the_gap_fail_at_once_and_say_why(daemon: Daemon) -> None:
    with corral.open(daemon.uri(), reconnect=True) as conn:
        dom = conn.lookupByName("test")
        kill(daemon)
        wait_for_gap(conn)
        for call in (conn.listAllDomains, dom.info, dom.suspend, conn.getLibVersion,
                     lambda: conn.domainEventRegisterAny(None, 0, print, None), lambda: conn.registerGapCallback(print, None),
                     lambda: dom.openConsole(None, conn.newStream())):
            error = raised(call)
            assert (error.get_error_code(), error.get_error_domain()) == (corral.VIR_ERR_SYSTEM_ERROR, corral.VIR_FROM_RPC), error
            assert f"'{daemon.uri()}' is gone since" in str(error)
        while "No such file" not in (text := str(raised(conn.listAllDomains))) and "refused" not in text:
            pass
        assert dom.name() == "test"
        start(daemon)
        while not conn.isAlive():
            pass
        assert dom.isActive()


def test_calls_with_a_deadline_wait_for_the_end_of_the_gap(daemon: Daemon) -> None:
    with corral.open(daemon.uri(), timeout=600, reconnect=True) as conn:
        dom = conn.lookupByName("test")
        kill(daemon)
        wait_for_gap(conn)
        results: queue.Queue[Any] = queue.Queue()
        calls = [dom.isActive, dom.suspend, lambda: conn.domainEventRegisterAny(None, 0, print, None), lambda: conn.registerGapCallback(print, None)]
        threads = [threading.Thread(target=lambda call=call: results.put(call())) for call in calls]
        for thread in threads:
            thread.start()
        start(daemon)
        for thread in threads:
            thread.join()
        assert results.qsize() == len(calls)


def test_a_deadline_that_passes_in_the_gap_tells_of_it(daemon: Daemon) -> None:
    with corral.open(daemon.uri(), timeout=0.2, reconnect=True) as conn:
        kill(daemon)
        wait_for_gap(conn)
        error = raised(conn.listAllDomains)
        assert error.get_error_code() == corral.VIR_ERR_OPERATION_TIMEOUT
        assert "is gone since" in str(error)
        assert "virConnectListAllDomains" in str(error)


@pytest.mark.parametrize(("patient", "name", "call", "outcome", "times"), [
    (False, "DOMAIN_GET_INFO", "info", corral.VIR_ERR_SYSTEM_ERROR, 1),
    (True, "DOMAIN_GET_INFO", "info", None, 2),
    (False, "DOMAIN_SUSPEND", "suspend", corral.VIR_ERR_SYSTEM_ERROR, 1),
    (True, "DOMAIN_SUSPEND", "suspend", corral.VIR_ERR_SYSTEM_ERROR, 1)])
def test_a_waiting_call_is_asked_again_only_if_it_changes_nothing(daemon: Daemon, line: Line, patient: bool, name: str, call: str,
                                                                  outcome: int | None, times: int) -> None:
    with corral.open(line.uri(), timeout=600 if patient else None, reconnect=True) as conn:
        dom = conn.lookupByName("test")
        line.trap = NUMBERS[name]
        if outcome is None:
            assert getattr(dom, call)()[0] == corral.VIR_DOMAIN_RUNNING
        else:
            assert raised(getattr(dom, call)).get_error_code() == outcome
        assert line.seen[NUMBERS[name]] == times
        assert line.trap is None
        while not conn.isAlive():
            pass
        assert dom.state()[0] == corral.VIR_DOMAIN_RUNNING


def test_streams_end_with_an_error(daemon: Daemon, line: Line) -> None:
    with corral.open(line.uri(), reconnect=True) as conn:
        told = Told(conn, events=False)
        pool = conn.storagePoolLookupByName("default-pool")
        vol = pool.createXML("<volume><name>big</name><capacity unit='MiB'>64</capacity></volume>")
        stream = conn.newStream()
        vol.download(stream, 0, 0)
        assert stream.recv(16)
        line.cut()
        told.gaps()

        def drain() -> None:
            while stream.recv(262144):
                pass

        assert raised(drain).get_error_domain() in (corral.VIR_FROM_RPC, corral.VIR_FROM_STREAMS)
        raised(stream.finish)
        # and another one goes through
        stream = conn.newStream()
        vol.download(stream, 0, 1024)
        assert len(stream.recv(1024)) == 1024
        stream.abort()
        told.leave()


def test_closing_in_the_gap_ends_it(daemon: Daemon, line: Line) -> None:
    for events in (False, True):
        conn = corral.open(line.uri(), reconnect=True)
        told = Told(conn) if events else None
        line.close()
        line.cut()
        wait_for_gap(conn)
        if told:
            assert told.next()[:2] == ("gap", BEGIN)
            told.leave()
            del told
        gc.collect()
        accepted = line.accepted
        assert conn.close() == 0 or events
        line.open()
    # who had been closed does not dial any more
    with corral.open(line.uri()) as conn:
        assert conn.isAlive()
    assert line.accepted == accepted + 1


def test_callbacks_may_close_the_connection(daemon: Daemon, line: Line) -> None:
    ended = threading.Event()
    conn = corral.open(line.uri(), reconnect=True)
    numbers = []

    def gap(conn: Any, event: int, *rest: Any) -> None:
        conn.deregisterGapCallback(numbers[0])
        ended.set()

    numbers.append(conn.registerGapCallback(gap, None))
    line.cut()
    ended.wait()
    conn.close()


def test_a_daemon_that_keeps_coming_and_going(daemon: Daemon, line: Line) -> None:
    with corral.open(line.uri(), reconnect=True) as conn:
        told = Told(conn, events=False)
        for _ in range(8):
            line.cut()
            assert told.gaps() == []
        told.leave()
        assert conn.isAlive()


def test_a_socket_that_is_missing_for_long(daemon: Daemon, line: Line) -> None:
    with corral.open(line.uri(), reconnect=True) as conn:
        told = Told(conn, events=False)
        line.close()
        line.cut()
        told_begin = told.next()
        assert told_begin[:2] == ("gap", BEGIN)
        # a few vain attempts
        while "No such file" not in str(raised(conn.listAllDomains)):
            pass
        assert not conn.isAlive()
        line.open()
        assert told.end() == []
        told.leave()


def answer(sock: socket.socket, error: bool) -> bool:
    """Answers one call: with an error of an unknown program, or with rubbish."""
    try:
        size = struct.unpack(">I", sock.recv(4, socket.MSG_WAITALL))[0]
        frame = sock.recv(size - 4, socket.MSG_WAITALL)
        if error:
            program, _, number, _, serial = struct.unpack(">IIiII", frame[:20])
            text = b"Unknown program"
            payload = struct.pack(">iiI", 39, 7, 1) + struct.pack(">I", len(text)) + text + b"\0" * (-len(text) % 4) + struct.pack(">i", 2)
            payload += struct.pack(">IIIIiiI", 0, 0, 0, 0, 0, 0, 0)
            reply = struct.pack(">IIiIII", program, 2, number, 1, serial, 1) + payload
            sock.sendall(struct.pack(">I", len(reply) + 4) + reply)
        else:
            sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return False
        return True
    except (OSError, struct.error):
        return False


@pytest.mark.parametrize("error", [True, False], ids=["another-program", "no-program"])
def test_what_answers_instead_of_the_daemon_is_not_taken_for_it(daemon: Daemon, line: Line, error: bool) -> None:
    with corral.open(line.uri(), reconnect=True) as conn:
        told = Told(conn, events=False)
        line.close()
        impostor = socket.socket(socket.AF_UNIX)
        impostor.bind(str(line.path))
        impostor.listen(8)
        line.cut()
        for _ in range(3):
            peer, _ = impostor.accept()
            while answer(peer, error):
                pass
            peer.close()
            assert not conn.isAlive()
        reason = str(raised(conn.listAllDomains))
        assert "is gone since" in reason and "being looked for" not in reason
        impostor.close()
        line.open()
        assert told.next()[:2] == ("gap", BEGIN)
        assert told.end() == []
        told.leave()


def test_read_only_stays_read_only(daemon: Daemon) -> None:
    with corral.openReadOnly(daemon.uri(read_only=True), reconnect=True) as conn:
        told = Told(conn, events=False)
        restart(daemon)
        told.gaps()
        assert raised(conn.lookupByName("test").suspend).get_error_code() == corral.VIR_ERR_OPERATION_DENIED
        told.leave()


def test_on_whose_behalf_calls_are_made_is_said_again(daemon: Daemon, line: Line) -> None:
    with corral.open(line.uri(), reconnect=True) as conn:
        told = Told(conn, events=False)
        conn.setIdentity({corral.VIR_CONNECT_IDENTITY_UNIX_USER_ID: 65534})
        assert raised(conn.listAllDomains).get_error_code() == corral.VIR_ERR_ACCESS_DENIED
        line.cut()
        assert told.gaps() == []
        assert raised(conn.listAllDomains).get_error_code() == corral.VIR_ERR_ACCESS_DENIED
        told.leave()


def test_without_an_event_loop_calls_find_the_loss(daemon: Daemon, line: Line) -> None:
    """In a process of its own, since this one has a loop."""
    code = f"""
import corral, sys
with corral.open({line.uri()!r}, timeout=600, reconnect=True) as conn:
    dom = conn.lookupByName("test")
    for _ in sys.stdin:
        print(dom.isActive(), flush=True)
    try:
        conn.registerGapCallback(print, None)
    except corral.libvirtError as error:
        assert "event loop" in str(error), error
"""
    script = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert script.stdin and script.stdout
    for _ in range(5):
        print("again", file=script.stdin, flush=True)
        assert script.stdout.readline().strip() in ("1", "True")
        line.cut()
    script.stdin.close()
    assert script.wait() == 0
    script.stdout.close()


def test_many_threads_while_the_line_is_cut(daemon: Daemon, line: Line) -> None:
    """None hangs, and none gets another's answer."""
    ends = threading.Event()
    wrong: list[Any] = []
    with corral.open(line.uri(), timeout=600, reconnect=True) as conn:
        told = Told(conn, events=False)

        def work(number: int) -> None:
            while not ends.is_set():
                try:
                    if conn.lookupByName("test").name() != "test" or conn.networkLookupByName("default").name() != "default":
                        wrong.append(number)
                    conn.lookupByName("test").setMetadata(corral.VIR_DOMAIN_METADATA_TITLE, f"by {number}", None, None, 0)
                except corral.libvirtError as error:
                    if error.get_error_code() != corral.VIR_ERR_SYSTEM_ERROR:
                        wrong.append(str(error))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(6):
            line.cut()
            assert told.gaps() == []
        ends.set()
        for thread in threads:
            thread.join()
        assert wrong == []
        told.leave()


def test_only_reconnecting_connections_have_gaps(daemon: Daemon) -> None:
    for uri in ("test:///default", daemon.uri()):
        with corral.open(uri) as conn:
            error = raised(lambda: conn.registerGapCallback(print, None))
            assert error.get_error_code() == corral.VIR_ERR_OPERATION_INVALID
            assert "corralOpenReconnecting" in str(error)
    with corral.open("test:///default", reconnect=True) as conn:
        conn.deregisterGapCallback(conn.registerGapCallback(print, None))
        assert raised(lambda: conn.deregisterGapCallback(0)).get_error_code() == corral.VIR_ERR_INVALID_ARG


def test_the_first_opening_has_to_succeed(tmp_path: Path) -> None:
    error = raised(lambda: corral.open(f"test+unix:///default?socket={tmp_path}/none", reconnect=True))
    assert error.get_error_code() == corral.VIR_ERR_SYSTEM_ERROR
    with pytest.raises(corral.libvirtError):
        corral.openReconnecting("test:///default", None, 4)
