"""Functions that scripts hand to the library: events, timers, handles, streams, credentials, Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import weakref
from typing import Any

import corral
import pytest
from conftest import ENVIRONMENT, GUEST, run_until


SLOW = """<node xmlns:corral='https://corral.dev/xmlns/test/1.0'>
<corral:call name='virConnectGetHostname' delay='60000'/></node>"""


def script(code: str, **keywords: Any) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, env=ENVIRONMENT, **keywords)


def test_lifecycle_events_come_with_their_arguments(conn: corral.virConnect) -> None:
    heard: list[tuple] = []
    number = conn.domainEventRegisterAny(None, corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE, lambda *args: heard.append(args), "opaque")
    dom = conn.createXML(GUEST.format(name="heard"))
    run_until(lambda: heard)
    dom.destroy()
    run_until(lambda: len(heard) >= 2)
    conn.domainEventDeregisterAny(number)
    connection, thing, event, detail, opaque = heard[0]
    assert connection is conn and thing == dom and opaque == "opaque"
    assert (event, detail) == (corral.VIR_DOMAIN_EVENT_STARTED, corral.VIR_DOMAIN_EVENT_STARTED_BOOTED)


def test_the_old_pair_of_registrations(conn: corral.virConnect) -> None:
    one: list[int] = []
    two: list[int] = []

    def first(conn: Any, dom: Any, event: int, detail: int, opaque: Any) -> None:
        one.append(event)

    def second(conn: Any, dom: Any, event: int, detail: int, opaque: Any) -> None:
        two.append(event)

    assert conn.domainEventRegister(first, None) == 0
    assert conn.domainEventRegister(second, None) == 0
    dom = conn.createXML(GUEST.format(name="pair"))
    run_until(lambda: one and two)
    conn.domainEventDeregister(first)
    dom.destroy()
    run_until(lambda: len(two) >= 2)
    assert len(one) == 1
    conn.domainEventDeregister(second)
    with pytest.raises(corral.libvirtError):
        conn.domainEventDeregister(second)


def test_a_callback_removes_itself(conn: corral.virConnect) -> None:
    heard: list[int] = []

    def once(conn: corral.virConnect, *args: Any) -> None:
        heard.append(1)
        conn.domainEventDeregisterAny(number)

    number = conn.domainEventRegisterAny(None, corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE, once, None)
    dom = conn.createXML(GUEST.format(name="once"))
    run_until(lambda: heard)
    dom.destroy()
    for _ in range(3):
        ticks: list[int] = []
        timer = corral.virEventAddTimeout(1, lambda *args: ticks.append(1), None)
        run_until(lambda: ticks)
        corral.virEventRemoveTimeout(timer)
    assert heard == [1]


def test_a_removed_callback_is_let_go_of() -> None:
    class Thing:
        def hear(self, *args: Any) -> None: ...

    thing, opaque = Thing(), Thing()
    references = weakref.ref(thing), weakref.ref(opaque)
    conn = corral.open("test:///default")
    number = conn.domainEventRegisterAny(None, corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE, thing.hear, opaque)
    del thing, opaque
    assert references[0]() and references[1]()
    conn.domainEventDeregisterAny(number)
    run_until(lambda: not references[0]() and not references[1]())
    conn.close()


def test_a_refused_registration_keeps_nothing(conn: corral.virConnect) -> None:
    class Thing:
        def hear(self, *args: Any) -> None: ...

    thing, opaque = Thing(), Thing()
    references = weakref.ref(thing), weakref.ref(opaque)
    with pytest.raises(corral.libvirtError):
        conn.domainEventRegisterAny(None, 12345, thing.hear, opaque)
    del thing, opaque
    assert not references[0]() and not references[1]()


def test_an_exception_in_a_callback_goes_to_the_hook(conn: corral.virConnect, monkeypatch: pytest.MonkeyPatch) -> None:
    caught: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda report: caught.append(report.exc_value))
    timer = corral.virEventAddTimeout(0, lambda *args: 1 / 0, None)
    run_until(lambda: caught)
    corral.virEventRemoveTimeout(timer)
    assert isinstance(caught[0], ZeroDivisionError)


def test_exit_in_a_callback_leaves_through_the_loop() -> None:
    timer = corral.virEventAddTimeout(0, lambda *args: sys.exit(7), None)
    with pytest.raises(SystemExit):
        run_until(lambda: False)
    corral.virEventRemoveTimeout(timer)


def test_handles(conn: corral.virConnect) -> None:
    reading, writing = os.pipe()
    heard: list[tuple] = []

    def ready(watch: int, fd: int, events: int, opaque: Any) -> None:
        heard.append((watch, fd, events, opaque, os.read(fd, 10)))
        corral.virEventUpdateHandle(watch, 0)

    watch = corral.virEventAddHandle(reading, corral.VIR_EVENT_HANDLE_READABLE, ready, {"some": "thing"})
    os.write(writing, b"x")
    run_until(lambda: heard)
    corral.virEventRemoveHandle(watch)
    os.close(reading)
    os.close(writing)
    assert heard == [(watch, reading, corral.VIR_EVENT_HANDLE_READABLE, {"some": "thing"}, b"x")]


def test_volume_contents_by_handlers(conn: corral.virConnect) -> None:
    pool = conn.storagePoolLookupByName("default-pool")
    volume = pool.createXML("<volume><name>handlers</name><capacity>1048576</capacity></volume>")
    try:
        data = bytes(range(256)) * 400
        parts = [data[i : i + 30_000] for i in range(0, len(data), 30_000)]
        stream = conn.newStream()
        volume.upload(stream, 0, len(data))
        left = list(parts)

        def give(stream: Any, nbytes: int, opaque: Any) -> bytes:
            assert opaque == "opaque"
            return left.pop(0)[:nbytes] if left else b""

        stream.sendAll(give, "opaque")
        stream.finish()
        got: list[bytes] = []
        stream = conn.newStream()
        volume.download(stream, 0, len(data))
        stream.recvAll(lambda stream, data, opaque: got.append(data), None)
        stream.finish()
        assert b"".join(got) == data
    finally:
        volume.delete()


def test_an_exception_in_a_stream_handler_comes_out(conn: corral.virConnect) -> None:
    pool = conn.storagePoolLookupByName("default-pool")
    volume = pool.createXML("<volume><name>raising</name><capacity>1048576</capacity></volume>")
    try:
        stream = conn.newStream()
        volume.download(stream, 0, 0)
        with pytest.raises(ZeroDivisionError):
            stream.recvAll(lambda *args: 1 / 0, None)
        stream = conn.newStream()
        volume.upload(stream, 0, 0)
        with pytest.raises(TypeError, match="returned a floating point number: bytes"):
            stream.sendAll(lambda *args: 3.5, None)  # type: ignore[arg-type,return-value]
    finally:
        volume.delete()


def test_sparse_contents_by_handlers(conn: corral.virConnect) -> None:
    pool = conn.storagePoolLookupByName("default-pool")
    volume = pool.createXML("<volume><name>sparse</name><capacity>1048576</capacity></volume>")
    try:
        sections = [("data", b"x" * 4096), ("hole", 65536), ("data", b"y" * 4096)]
        state = {"at": 0, "done": 0}

        def source(stream: Any, nbytes: int, opaque: Any) -> bytes:
            if state["at"] >= len(sections):
                return b""
            kind, data = sections[state["at"]]
            piece = data[state["done"] : state["done"] + nbytes]
            state["done"] += len(piece)
            if state["done"] == len(data):
                state.update(at=state["at"] + 1, done=0)
            return piece

        def hole(stream: Any, opaque: Any) -> list[int]:
            if state["at"] >= len(sections):
                return [0, 0]
            kind, data = sections[state["at"]]
            return [1, len(data) - state["done"]] if kind == "data" else [0, data]

        def skip(stream: Any, length: int, opaque: Any) -> int:
            state.update(at=state["at"] + 1)
            return 0

        stream = conn.newStream()
        volume.upload(stream, 0, 0, corral.VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM)
        stream.sparseSendAll(source, hole, skip, None)
        stream.finish()
        got: list[tuple] = []
        stream = conn.newStream()
        volume.download(stream, 0, 4096 + 65536 + 4096, corral.VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM)
        stream.sparseRecvAll(lambda s, data, o: got.append(("data", data)), lambda s, length, o: got.append(("hole", length)), None)
        stream.finish()
        assert b"".join(data for kind, data in got if kind == "data").strip(b"\0") == b"x" * 4096 + b"y" * 4096
        assert sum(length for kind, length in got if kind == "hole") == 65536
    finally:
        volume.delete()


AUTH = """<node><auth><user password='secret'>astrochicken</user></auth></node>"""


BY_THE_DRIVER = "the test driver's own login: a daemon asks for credentials of its own, before it opens anything"


@pytest.mark.direct(BY_THE_DRIVER)
def test_credentials_are_asked_for(tmp_path) -> None:
    (tmp_path / "auth.xml").write_text(AUTH)
    asked: list[tuple] = []

    def answer(credentials: list[list[Any]], opaque: Any) -> int:
        for credential in credentials:
            asked.append((credential[0], opaque))
            credential[4] = "astrochicken" if credential[0] == corral.VIR_CRED_AUTHNAME else "secret"
        return 0

    auth = [[corral.VIR_CRED_AUTHNAME, corral.VIR_CRED_PASSPHRASE], answer, "opaque"]
    conn = corral.openAuth(f"test://{tmp_path}/auth.xml", auth, 0)
    conn.close()
    assert {opaque for _, opaque in asked} == {"opaque"}
    assert [kind for kind, _ in asked] == [corral.VIR_CRED_AUTHNAME, corral.VIR_CRED_PASSPHRASE]


@pytest.mark.direct(BY_THE_DRIVER)
def test_wrong_credentials_and_raising_prompts(tmp_path) -> None:
    (tmp_path / "auth.xml").write_text(AUTH)
    uri = f"test://{tmp_path}/auth.xml"
    kinds = [corral.VIR_CRED_AUTHNAME, corral.VIR_CRED_PASSPHRASE]
    with pytest.raises(ZeroDivisionError):
        corral.openAuth(uri, [kinds, lambda *args: 1 / 0, None], 0)
    with pytest.raises(corral.libvirtError):
        corral.openAuth(uri, [kinds, lambda *args: -1, None], 0)
    with pytest.raises(corral.libvirtError):
        corral.openAuth(uri, [kinds, lambda *args: 0, None], 0)
    with pytest.raises(TypeError):
        corral.openAuth(uri, [kinds, None, None], 0)
    with pytest.raises(TypeError):
        corral.openAuth(uri, [kinds], 0)


def test_an_event_loop_in_python(reach) -> None:
    """virEventRegisterImpl() with the smallest loop there is, in a process of its own."""
    done = script("uri = " + repr(reach("test:///default")) + """
if True:
        import corral, os, select
        handles, timers, freed = {}, {}, []
        number = [0]
        def add_handle(fd, events, cb, opaque):
            number[0] += 1
            handles[number[0]] = [fd, events, cb, opaque]
            return number[0]
        def update_handle(watch, events):
            handles[watch][1] = events
        def remove_handle(watch):
            freed.append(handles.pop(watch)[3])
            return 0
        def add_timeout(timeout, cb, opaque):
            number[0] += 1
            timers[number[0]] = [timeout, cb, opaque]
            return number[0]
        def update_timeout(timer, timeout):
            timers[timer][0] = timeout
        def remove_timeout(timer):
            freed.append(timers.pop(timer)[2])
            return 0
        corral.virEventRegisterImpl(add_handle, update_handle, remove_handle, add_timeout, update_timeout, remove_timeout)
        def turn():
            for timer, (timeout, cb, opaque) in list(timers.items()):
                if timeout >= 0:
                    cb(timer, opaque)
            for watch, (fd, events, cb, opaque) in list(handles.items()):
                if events & 1 and select.select([fd], [], [], 0)[0]:
                    cb(watch, fd, 1, opaque)
            for opaque in freed:
                corral.virEventInvokeFreeCallback(opaque)
            freed.clear()
        conn = corral.open(uri)
        heard = []
        one = conn.domainEventRegisterAny(None, 0, lambda conn, dom, event, detail, opaque: heard.append((dom.name(), event, opaque)), "o")
        ticks = []
        timer = corral.virEventAddTimeout(0, lambda timer, opaque: ticks.append(opaque), "tick")
        dom = conn.lookupByName("test")
        dom.suspend()
        while not heard or not ticks:
            turn()
        corral.virEventRemoveTimeout(timer)
        conn.domainEventDeregisterAny(one)
        turn()
        conn.close()
        turn()
        print(heard, ticks[0])
    """)
    assert done.stderr == "" and done.stdout == "[('test', 3, 'o')] tick\n"


def test_ctrl_c_ends_the_event_loop() -> None:
    done = script("""
        import corral, os, signal, threading
        corral.virEventRegisterDefaultImpl()
        corral.virEventAddTimeout(100000, lambda *args: None, None)
        try:
            threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
            while True:
                corral.virEventRunDefaultImpl()
        except KeyboardInterrupt:
            print("interrupted")
    """)
    assert (done.stdout, done.stderr) == ("interrupted\n", "")


def test_a_signal_handler_that_returns_does_not_end_a_wait() -> None:
    done = script("""
        import corral, os, signal, threading
        corral.virEventRegisterDefaultImpl()
        heard = []
        signal.signal(signal.SIGUSR1, lambda *args: heard.append(1))
        ticks = []
        corral.virEventAddTimeout(600, lambda *args: ticks.append(1), None)
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGUSR1)).start()
        while not (ticks and heard):
            corral.virEventRunDefaultImpl()
        print(heard)
    """)
    assert (done.stdout, done.stderr) == ("[1]\n", "")


def test_ctrl_c_ends_a_slow_call(tmp_path, reach) -> None:
    """A node description may slow a call down, in a namespace of ours."""
    (tmp_path / "slow.xml").write_text(SLOW)
    done = script(f"""
        import corral, os, signal, threading
        conn = corral.open("{reach(f"test://{tmp_path}/slow.xml")}")
        try:
            threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
            conn.getHostname()
        except KeyboardInterrupt:
            print("interrupted")
    """)
    assert (done.stdout, done.stderr) == ("interrupted\n", "")


def test_a_deadline_ends_a_slow_call(tmp_path) -> None:
    (tmp_path / "slow.xml").write_text(SLOW)
    conn = None
    while not conn:
        try:
            conn = corral.open(f"test://{tmp_path}/slow.xml", timeout=0.2)
        except corral.OperationTimeoutError:
            pass  # opening has that deadline, too
    with conn:
        with pytest.raises(corral.OperationTimeoutError):
            conn.getHostname()
        conn.setCallTimeout(0)


def test_cancel_from_another_thread(tmp_path) -> None:
    import threading

    (tmp_path / "slow.xml").write_text(SLOW)
    with corral.open(f"test://{tmp_path}/slow.xml") as conn:
        stop = threading.Event()

        def cancel() -> None:
            while not stop.wait(0.05):
                conn.cancel()

        thread = threading.Thread(target=cancel)
        thread.start()
        with pytest.raises(corral.OperationAbortedError):
            conn.getHostname()
        stop.set()
        thread.join()

