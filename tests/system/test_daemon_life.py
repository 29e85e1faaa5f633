"""The daemon's life: ready, alone, awake, asked to end; and signs of life between it and its clients."""

import os
import re
import signal
import socket
import struct
import subprocess
import threading
import time

import pytest
from support import CORRALD, ERR_RPC, KEEPALIVE, MESSAGE, NUMBERS, OK, PROGRAMS, Client, Daemon, string, string_or_null, uint

KEEPALIVE_FEATURE = 10


def supports(client, feature):
    return struct.unpack(">i", client.call("CONNECT_SUPPORTS_FEATURE", uint(feature)).payload)[0]


# --- one at a time, and who says so

def test_two_daemons_do_not_share_a_place():
    with Daemon() as daemon:
        run = subprocess.run([str(CORRALD), "--root", str(daemon.root)], capture_output=True, text=True)
        assert run.returncode == 1
        assert f"another daemon serves from here, process {daemon.process.pid}" in run.stderr
        with Client(daemon.rw) as client:
            client.open()


def test_the_process_is_noted_and_its_sockets_go_with_it():
    daemon = Daemon()
    assert (daemon.run / "corrald.pid").read_text() == f"{daemon.process.pid}\n"
    assert f"MAINPID={daemon.process.pid}" in daemon.ready
    daemon.process.terminate()
    daemon.wait_notified("STOPPING=1")
    assert daemon.process.wait() == 0
    assert not daemon.rw.exists() and not daemon.ro.exists()
    daemon.stop()


def test_one_that_was_killed_leaves_nothing_that_hinders_the_next():
    daemon = Daemon()
    daemon.process.kill()
    daemon.process.wait()
    assert daemon.rw.exists()
    run = subprocess.Popen([str(CORRALD), "--root", str(daemon.root)], env=os.environ | {"NOTIFY_SOCKET": str(daemon.root / "notify")})
    daemon.process = run
    daemon.wait_notified("READY=1")
    with Client(daemon.rw) as client:
        client.open()
    assert daemon.stop() == 0


def test_what_is_no_socket_is_not_replaced(tmp_path):
    (tmp_path / "corral-sock").write_text("mine")
    root = tmp_path / "root"
    (root / "etc" / "corral").mkdir(parents=True)
    (root / "etc" / "corral" / "corrald.conf").write_text(f'unix_sock_dir = "{tmp_path}"')
    run = subprocess.run([str(CORRALD), "--root", str(root)], capture_output=True, text=True)
    assert run.returncode == 1 and "is no socket" in run.stderr
    assert (tmp_path / "corral-sock").read_text() == "mine"


def test_sockets_of_the_service_manager_are_taken_over(tmp_path):
    listening = []
    for name in ("corral-sock", "corral-sock-ro"):
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.bind(str(tmp_path / name))
        sock.listen()
        listening.append(sock)
    # a client that comes before the daemon is served as soon as it is there
    early = Client(tmp_path / "corral-sock")
    serial = early.send(NUMBERS["AUTH_LIST"])
    starter = 'import os, sys\nfor i, fd in enumerate(map(int, sys.argv[1].split(","))): os.dup2(fd, 3 + i)\n'
    starter += 'os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2")\nos.execv(sys.argv[2], sys.argv[2:])'
    numbers = [os.dup(sock.fileno()) for sock in listening]
    with Daemon(prefix=("/usr/bin/python3", "-c", starter, ",".join(map(str, numbers))), pass_fds=tuple(numbers)) as daemon:
        assert early.wait(serial).status == OK
        with Client(tmp_path / "corral-sock-ro") as client:
            client.open()
            assert client.call("DOMAIN_DESTROY").code == 29 # it reads only
        assert not daemon.rw.exists()
        early.socket.close()
    # they are not the daemon's to remove
    assert (tmp_path / "corral-sock").exists()
    for sock, number in zip(listening, numbers):
        sock.close()
        os.close(number)


def test_who_is_not_meant_takes_no_sockets():
    with Daemon(environment={"LISTEN_PID": "1", "LISTEN_FDS": "2"}) as daemon:
        assert daemon.rw.exists()


# --- the end

def test_running_calls_are_finished_and_others_are_not_begun():
    with Daemon() as daemon, Client(daemon.rw) as client:
        client.open()
        idle = Client(daemon.rw)
        assert idle.call("AUTH_LIST").status == OK
        number = open_stream(client)
        daemon.process.terminate()
        daemon.wait_notified("STOPPING=1")
        # one that does nothing is let go, nobody new is let in, and the busy one is told
        with pytest.raises((EOFError, ConnectionError)):
            idle.next()
        assert "has not been called" in client.call("CONNECT_GET_TYPE").message
        assert daemon.process.poll() is None
        finish_stream(client, number)
        with pytest.raises((EOFError, ConnectionError)):
            while True:
                client.next()
        assert daemon.process.wait() == 0


def open_stream(client):
    """A stream that stays open until somebody ends it: a download that is not read."""
    pool = client.call("STORAGE_POOL_LOOKUP_BY_NAME", string("default-pool"))
    assert pool.status == OK, pool
    made = client.call("STORAGE_VOL_CREATE_XML", pool.payload + string("<volume><name>v</name><capacity>1048576</capacity></volume>") + uint(0))
    assert made.status == OK, made
    serial = client.send(NUMBERS["STORAGE_VOL_UPLOAD"], made.payload + bytes(16) + uint(0))
    assert client.wait(serial).status == OK
    return serial


def finish_stream(client, serial):
    frame = struct.pack(">IIiIII", PROGRAMS["remote"], 1, NUMBERS["STORAGE_VOL_UPLOAD"], 3, serial, 0)
    client.socket.sendall(struct.pack(">I", len(frame) + 4) + frame)


SLOW = "<node xmlns:corral='https://corral.dev/xmlns/test/1.0'><corral:call name='virConnectGetHostname' delay='{}'/></node>"


def test_the_answer_of_a_slow_call_still_comes(tmp_path):
    (tmp_path / "node.xml").write_text(SLOW.format(600))
    with Daemon() as daemon, Client(daemon.rw) as client:
        client.open(f"test://{tmp_path}/node.xml")
        serial = client.send(NUMBERS["CONNECT_GET_HOSTNAME"])
        # what has been asked is begun once something that was asked later is answered
        assert client.call("CONNECT_SUPPORTS_FEATURE", uint(9)).status == OK
        daemon.process.terminate()
        assert client.wait(serial).status == OK
        with pytest.raises((EOFError, ConnectionError)):
            client.next()
        assert daemon.process.wait() == 0


def test_a_busy_client_is_never_cut_off(tmp_path):
    """More slow calls than run at once, for longer than silence is borne: all are answered."""
    (tmp_path / "node.xml").write_text(SLOW.format(300))
    with Daemon("keepalive_interval = 1\nkeepalive_count = 3\nmax_client_requests = 5") as daemon, Client(daemon.rw) as client:
        assert supports(client, KEEPALIVE_FEATURE) == 1
        client.open(f"test://{tmp_path}/node.xml")
        # what it answers waits behind the calls
        serials = {client.send(NUMBERS["CONNECT_GET_HOSTNAME"]) for _ in range(100)}
        while serials:
            (_, _, _, type, serial, status), _ = client.next()
            assert (type, status) == (1, OK)
            serials.remove(serial)
        assert client.pings >= 2
        assert client.call("CONNECT_GET_TYPE").status == OK


def test_a_second_request_ends_it_at_once():
    with Daemon() as daemon, Client(daemon.rw) as client:
        client.open()
        open_stream(client)
        daemon.process.terminate()
        daemon.wait_notified("STOPPING=1")
        daemon.process.terminate()
        assert daemon.process.wait() == 1


def test_who_does_not_finish_is_given_up():
    with Daemon("drain_timeout = 0") as daemon, Client(daemon.rw) as client:
        client.open()
        open_stream(client)
        daemon.process.terminate()
        assert daemon.process.wait() == 1
        assert "had not finished in time" in daemon.log()


def test_without_clients_it_ends_after_a_while():
    came_in_time = False
    while not came_in_time:
        with Daemon("", "--timeout", "1") as daemon:
            try:
                with Client(daemon.rw) as client:
                    client.open()
                    came_in_time = True
                    time.sleep(1.5)
                    assert daemon.process.poll() is None
            except (FileNotFoundError, ConnectionError, EOFError):
                assert not came_in_time
            assert daemon.process.wait() == 0


# --- signs of life

def test_who_takes_part_and_does_not_answer_is_taken_for_gone():
    with Daemon("keepalive_interval = 1\nkeepalive_count = 1") as daemon, Client(daemon.rw) as client:
        client.answers_pings = False
        assert supports(client, KEEPALIVE_FEATURE) == 1
        with pytest.raises((EOFError, ConnectionError)):
            client.next()
        assert client.pings == 1
        assert "has not answered 1 keepalive messages" in daemon.log()


def test_who_answers_stays_and_any_byte_is_an_answer():
    with Daemon("keepalive_interval = 1\nkeepalive_count = 3") as daemon, Client(daemon.rw) as client, Client(daemon.rw) as busy:
        assert supports(client, KEEPALIVE_FEATURE) == supports(busy, KEEPALIVE_FEATURE) == 1
        busy.answers_pings = False
        client.open()
        busy.open()
        while client.pings < 5:
            assert busy.call("CONNECT_GET_TYPE").status == OK
            client.socket.settimeout(0.5)
            try:
                client.next()
            except TimeoutError:
                pass
        client.socket.settimeout(None)
        assert client.call("CONNECT_GET_TYPE").status == OK


def test_who_has_not_asked_is_left_alone():
    with Daemon("keepalive_interval = 1\nkeepalive_count = 0") as daemon, Client(daemon.rw) as client:
        client.open()
        client.socket.settimeout(2.5)
        with pytest.raises(TimeoutError):
            client.frame()


def test_it_answers_signs_of_life():
    with Daemon() as daemon, Client(daemon.rw) as client:
        client.send(1, program=KEEPALIVE, type=MESSAGE, serial=0)
        assert client.frame()[0][:5] == (KEEPALIVE, 1, 2, MESSAGE, 0)


def test_one_that_is_held_back_hears_that_we_are_there():
    """Its own questions wait in the socket behind what we do not read."""
    with Daemon("keepalive_interval = 1\nkeepalive_count = 1") as daemon, Client(daemon.rw) as client:
        assert supports(client, KEEPALIVE_FEATURE) == 1
        client.open()
        # answers that nobody takes: the daemon stops reading
        stop = threading.Event()
        sent = 0

        def send():
            nonlocal sent
            try:
                while not stop.is_set():
                    client.send(NUMBERS["CONNECT_GET_CAPABILITIES"])
                    sent += 1
            except OSError:
                pass

        thread = threading.Thread(target=send)
        thread.start()
        before = -1
        while before != sent: # until it no longer takes any
            before = sent
            time.sleep(0.3)
        time.sleep(3.5) # more than interval and count
        assert daemon.process.poll() is None
        stop.set()
        answered = 0
        while answered < sent:
            (program, _, _, type, serial, _), _ = client.next()
            answered += type == 1 and serial > 2
        thread.join()
        assert client.pings >= 2
        assert "keepalive" not in daemon.log()


# --- figures

def scrape(path, request="GET /metrics HTTP/1.0\r\n\r\n"):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.connect(str(path))
        sock.sendall(request.encode())
        data = b""
        while more := sock.recv(65536):
            data += more
    head, _, body = data.decode().partition("\r\n\r\n")
    return head, body


def test_figures_are_told_on_a_socket_of_their_own(tmp_path):
    path = tmp_path / "metrics"
    with Daemon(f'metrics_socket = "{path}"\nmetrics_uris = ["test:///default", "test:///nowhere"]') as daemon, Client(daemon.rw) as client:
        client.open()
        assert client.call("DOMAIN_LOOKUP_BY_NAME", string("none")).status != OK
        assert client.call(9999).code == ERR_RPC
        head, body = scrape(path)
        assert head.startswith("HTTP/1.0 200 OK\r\nContent-Type: application/openmetrics-text; version=1.0.0")
        assert int(re.search(r"Content-Length: (\d+)", head)[1]) == len(body)
        assert body.endswith("# EOF\n")
        values = dict(re.findall(r"^(corral_\S+) (\S+)$", body, re.M))
        assert values["corral_clients"] == "1"
        assert values['corral_calls_total{procedure="connect_open"}'] == "1"
        assert values['corral_call_errors_total{procedure="domain_lookup_by_name"}'] == "1"
        assert values['corral_unknown_calls_total'] == "1"
        assert float(values['corral_call_seconds_total{procedure="connect_open"}']) > 0
        assert values['corral_domains{uri="test:///default",state="running"}'] == "1"
        assert values['corral_domains{uri="test:///nowhere",state="running"}'] == "0"
        names = re.findall(r"^# TYPE (\S+) (gauge|counter)$", body, re.M)
        assert len(names) == len({name for name, _ in names}) >= 12
        for line in body.splitlines()[:-1]:
            assert re.match(r"# (TYPE|HELP) corral_\w+ .+$|corral_\w+(\{[^}]*\})? [0-9.]+$", line), line
        assert scrape(path, "GET /other HTTP/1.0\r\n\r\n")[0].startswith("HTTP/1.0 404 ")
        assert scrape(path, "PUT /metrics HTTP/1.0\r\n\r\n")[0].startswith("HTTP/1.0 405 ")
        head, body = scrape(path, "HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        assert head.startswith("HTTP/1.0 200 ") and not body
        # one who asks for nothing, or without end, is sent away and hinders nobody for long
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as mute:
            mute.connect(str(path))
            assert mute.recv(1) == b""
        try:
            assert scrape(path, "x" * 10000) == ("", "")
        except ConnectionError:
            pass # it hangs up in the middle of it
        assert scrape(path)[0].startswith("HTTP/1.0 200 ")
    assert not path.exists()


def test_figures_are_told_by_tcp():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with Daemon(f'metrics_listen = "127.0.0.1:{port}"'):
        with socket.create_connection(("127.0.0.1", port)) as sock:
            sock.sendall(b"GET /metrics HTTP/1.1\n\n")
            assert sock.recv(12) == b"HTTP/1.0 200"


# --- by network

def test_clients_come_by_tcp():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = f'listen_tcp = 1\nlisten_addr = "127.0.0.1"\ntcp_port = "{port}"\nauth_tcp = "none"\n'
    with Daemon(config) as daemon:
        with Client(sock=socket.create_connection(("127.0.0.1", port))) as client:
            assert client.call("AUTH_LIST").payload == uint(1) + uint(0)
            # nobody knows who that is
            assert client.call("CONNECT_OPEN", string_or_null("test:///default") + uint(0)).code == 88
        daemon.reload(config + 'access_rules = ["anyone: *"]')
        with Client(sock=socket.create_connection(("127.0.0.1", port))) as client:
            client.open()
            assert client.act_as(uid=1).code == 88
            assert supports(client, 8) == 0 # descriptors do not travel by TCP


# --- small and quick

def test_it_is_small_and_loads_little():
    """What makes a start slow and a process large is libraries; sanitizers' own memory is not counted."""
    with Daemon() as daemon, Client(daemon.rw) as client:
        client.open()
        maps = open(f"/proc/{daemon.process.pid}/maps").read()
        resident = int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{daemon.process.pid}/status").read())[1])
    libraries = {line.split()[-1] for line in maps.splitlines() if ".so" in line}
    assert any("libcorral.so" in name for name in libraries)
    assert not any(word in name for name in libraries for word in ("gnutls", "sasl", "python"))
    assert resident < 12 * 1024 or any("asan" in name or "tsan" in name for name in libraries)
