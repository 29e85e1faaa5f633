"""Consoles, channels and screens of guests of the test driver."""

from __future__ import annotations

import os
import socket

import corral
import pytest
from test_inside import URI, refused

GUEST = """<domain type='test'><name>lines</name><memory>65536</memory><os><type>hvm</type></os>
<metadata><c:guest xmlns:c='""" + URI + """'><port name='org.corral.0' greeting='hello'/></c:guest></metadata><devices>
<serial type='pty'><alias name='ua-serial'/></serial><console type='pty'/><console type='file'><source path='/x'/><target type='virtio'/></console>
<channel type='unix'><target type='virtio' name='org.corral.0'/></channel><channel type='pty'><target type='virtio' name='org.corral.1'/></channel>
<graphics type='vnc'/><graphics type='spice'/><graphics type='sdl'/></devices></domain>"""


@pytest.fixture
def dom(conn):
    dom = conn.defineXML(GUEST)
    dom.create()
    yield dom
    if dom.isActive():
        dom.destroy()
    dom.undefine()


def read(stream: corral.virStream, n: int) -> bytes:
    data = b""
    while len(data) < n:
        data += stream.recv(n - len(data))
    return data


def test_a_console_greets_and_says_again(conn, dom) -> None:
    stream = conn.newStream()
    dom.openConsole(None, stream)
    assert read(stream, 13) == b"lines login: "
    stream.send(b"root\n")
    assert read(stream, 5) == b"root\n"
    stream.finish()


def test_a_channel_is_found_by_alias_and_name(conn, dom) -> None:
    for name in (None, "channel0", "org.corral.0"):
        stream = conn.newStream()
        dom.openChannel(name, stream)
        assert read(stream, 5) == b"hello"
        stream.abort()


def test_a_line_has_one_user(conn, dom) -> None:
    one, two = conn.newStream(), conn.newStream()
    dom.openConsole(None, one)
    refused(corral.VIR_ERR_OPERATION_FAILED, "Active console session", dom.openConsole, None, two)
    refused(corral.VIR_ERR_OPERATION_FAILED, "Active console session", dom.openConsole, None, two, corral.VIR_DOMAIN_CONSOLE_SAFE)
    # the first console is the first serial port
    refused(corral.VIR_ERR_OPERATION_FAILED, "Active console session", dom.openConsole, "ua-serial", two)
    dom.openConsole(None, two, corral.VIR_DOMAIN_CONSOLE_FORCE)
    # what has come already is given out first
    refused(corral.VIR_ERR_OPERATION_FAILED, "taken the line over", read, one, 14)
    assert read(two, 5) == b"lines"
    channel, other = conn.newStream(), conn.newStream()
    dom.openChannel(None, channel)
    refused(corral.VIR_ERR_OPERATION_FAILED, "Active channel stream", dom.openChannel, None, other)
    dom.openChannel(None, other, corral.VIR_DOMAIN_CHANNEL_FORCE)
    for stream in (two, other):
        stream.finish()
    again = conn.newStream()
    dom.openConsole(None, again)
    again.finish()


def test_a_stream_that_is_given_up_frees_the_line(conn, dom) -> None:
    stream = conn.newStream()
    dom.openConsole(None, stream)
    del stream
    stream = conn.newStream()
    dom.openConsole(None, stream)
    stream.abort()


def test_lines_end_with_the_run(conn, dom) -> None:
    stream = conn.newStream()
    dom.openConsole(None, stream)
    dom.destroy()
    assert read(stream, 13) == b"lines login: " and stream.recv(1) == b""
    stream.finish()
    refused(corral.VIR_ERR_OPERATION_INVALID, "not running", dom.openConsole, None, conn.newStream())
    refused(corral.VIR_ERR_OPERATION_INVALID, "not running", dom.openChannel, None, conn.newStream())


def test_a_reader_that_waits_hears_of_the_end_without_a_loop(conn, dom) -> None:
    import threading
    stream = conn.newStream()
    dom.openConsole(None, stream)
    read(stream, 13)
    answers: list[bytes] = []
    waiting = threading.Thread(target=lambda: answers.append(stream.recv(10)))
    waiting.start()
    dom.destroy()
    waiting.join()
    assert answers == [b""]


def test_what_is_no_line_is_refused(conn, dom) -> None:
    stream = conn.newStream()
    refused(corral.VIR_ERR_INTERNAL_ERROR, "cannot find console device nothing", dom.openConsole, "nothing", stream)
    refused(corral.VIR_ERR_INTERNAL_ERROR, "is not using a PTY or UNIX socket", dom.openConsole, "console1", stream)
    refused(corral.VIR_ERR_INTERNAL_ERROR, "cannot find channel nothing", dom.openChannel, "nothing", stream)
    refused(corral.VIR_ERR_INTERNAL_ERROR, "is not using a UNIX socket", dom.openChannel, "org.corral.1", stream)
    refused(corral.VIR_ERR_INVALID_ARG, "unsupported flags", dom.openConsole, None, stream, 8)
    refused(corral.VIR_ERR_INVALID_ARG, "unsupported flags", dom.openChannel, None, stream, 2)
    plain = conn.lookupByName("test")
    refused(corral.VIR_ERR_INTERNAL_ERROR, "cannot find console device", plain.openConsole, None, stream)
    dom.openConsole(None, stream)
    refused(corral.VIR_ERR_OPERATION_INVALID, "in use already", dom.openChannel, None, stream)
    stream.finish()


def test_a_screen_says_what_it_speaks(dom) -> None:
    with socket.socket(fileno=dom.openGraphicsFD(0)) as client:
        assert client.recv(64) == b"RFB 003.008\n"
        dom.destroy()
        assert client.recv(1) == b""


def test_a_screen_is_served_on_the_callers_socket(dom) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        dom.openGraphics(0, theirs.fileno(), corral.VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH)
        theirs.close()
        assert ours.recv(64) == b"RFB 003.008\n"
        ours.close()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        dom.openGraphics(1, theirs.fileno())
        ours.setblocking(False)
        with pytest.raises(BlockingIOError):
            ours.recv(1)


def test_ends_of_clients_that_left_are_let_go_of(dom) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        os.close(dom.openGraphicsFD(0))
    assert len(os.listdir("/proc/self/fd")) <= before + 1


def test_what_is_no_screen_is_refused(dom, tmp_path) -> None:
    refused(corral.VIR_ERR_INVALID_ARG, "it has 3", dom.openGraphicsFD, 3)
    refused(corral.VIR_ERR_INVALID_ARG, "VNC or SPICE", dom.openGraphicsFD, 2)
    refused(corral.VIR_ERR_INVALID_ARG, "unsupported flags", dom.openGraphicsFD, 0, 2)
    with open(tmp_path / "file", "w") as file:
        refused(corral.VIR_ERR_INVALID_ARG, "must be a socket", dom.openGraphics, 0, file.fileno())
    dom.destroy()
    refused(corral.VIR_ERR_OPERATION_INVALID, "not running", dom.openGraphicsFD, 0)
