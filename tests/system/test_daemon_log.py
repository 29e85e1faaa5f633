"""Where the daemon's log goes, and what becomes of the daemon when there is no room for it, or for anything else."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from support import CORRALD, OK, Client, Daemon, apart, refused, string, uint

LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+0000: \d+: (debug|info|warning|error) : \w+ : .*")


def listen(path: Path) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.bind(str(path))
    return sock


def test_lines_have_a_form(tmp_path: Path) -> None:
    path = tmp_path / "log: with a colon"
    path = tmp_path / "log:1"
    with Daemon(f'log_outputs = "2:file:{path}"') as daemon, Client(daemon.rw) as client:
        client.open()
        assert client.act_as(uid=65534, user="mal\nory\x1b").status == OK
    lines = path.read_text().splitlines()
    assert lines and all(LINE.fullmatch(line) for line in lines)
    assert any(re.search(r'client=1 who="user \w+" service=corral-sock', line) for line in lines)
    # what others have named cannot pass for a line of the daemon's
    assert any('acts for user mal\\x0aory\\x1b' in line for line in lines)


def test_several_at_once_each_from_its_level(tmp_path: Path) -> None:
    with Daemon(f'log_outputs = "2:file:{tmp_path}/all 3:file:{tmp_path}/some"') as daemon, Client(daemon.rw) as client:
        client.open()
        daemon.reload(f'log_outputs = "2:file:{tmp_path}/all 3:file:{tmp_path}/some"\nlisten_tcp = 1')
    everything, some = (tmp_path / "all").read_text(), (tmp_path / "some").read_text()
    assert " info :" in everything and "listen_tcp takes effect" in everything
    assert " info :" not in some and "listen_tcp takes effect" in some


def test_a_file_that_was_moved_away_is_let_go(tmp_path: Path) -> None:
    path = tmp_path / "log"
    config = f'log_outputs = "2:file:{path}"'
    with Daemon(config) as daemon:
        with Client(daemon.rw) as client:
            client.open()
        path.rename(tmp_path / "log.1")
        daemon.reload(config)
        fds = [os.readlink(entry) for entry in Path(f"/proc/{daemon.process.pid}/fd").iterdir()]
        assert str(path) in fds and str(tmp_path / "log.1") not in fds
        size = (tmp_path / "log.1").stat().st_size
        with Client(daemon.rw) as client:
            client.open()
        assert daemon.process.poll() is None
    assert (tmp_path / "log.1").stat().st_size == size and "client=2" in path.read_text()


def test_the_journal_gets_fields(tmp_path: Path) -> None:
    journal = listen(tmp_path / "journal")
    with Daemon(f'log_outputs = "2:journald:{tmp_path}/journal"') as daemon, Client(daemon.rw) as client:
        client.open()
        message = journal.recv(65536).decode()
        fields = dict(line.split("=", 1) for line in message.splitlines())
        assert fields["PRIORITY"] == "6" and fields["SYSLOG_IDENTIFIER"] == "corrald" and fields["CODE_FUNC"] == "daemon_client_trust"
        assert fields["CORRAL_CLIENT"] == "1" and fields["CORRAL_SERVICE"] == "corral-sock" and fields["CORRAL_WHO"].startswith("user ")
        assert client.act_as(uid=65534, user='a" b="c\nMESSAGE=forged').status == OK
        seen = ""
        while "acts for" not in seen:
            seen = journal.recv(65536).decode()
        assert seen.count("MESSAGE=") - seen.count("\\x0aMESSAGE=") == 1
        # one that ends and comes back is found again
        journal.close()
        (tmp_path / "journal").unlink()
        with Client(daemon.rw) as other:
            other.open()
        journal = listen(tmp_path / "journal")
        with Client(daemon.rw) as other:
            other.open()
            assert "MESSAGE=client=" in journal.recv(65536).decode()
    journal.close()


def test_syslog_gets_lines(tmp_path: Path) -> None:
    syslog = listen(tmp_path / "log")
    with Daemon(f'log_outputs = "2:syslog:mine:{tmp_path}/log"') as daemon, Client(daemon.rw) as client:
        client.open()
        message = syslog.recv(65536).decode()
        assert re.fullmatch(rf"<30>\w{{3}} [ \d]\d \d\d:\d\d:\d\d mine\[{daemon.process.pid}\]: client=1 who=.*", message), message
    syslog.close()


def test_a_log_that_is_busy_stops_nobody(tmp_path: Path) -> None:
    journal = listen(tmp_path / "journal")  # nobody reads it
    with Daemon(f'log_outputs = "2:journald:{tmp_path}/journal"') as daemon:
        for _ in range(1000):
            with Client(daemon.rw) as client:
                client.open()
    journal.close()


@pytest.mark.parametrize("output, said", [
    ("0:stderr", "'0:stderr' is no output"), ("2:stderr:x", "'2:stderr:x' is no output"), ("2:file", "'2:file' is no output"),
    ("2:tape:/x", "'2:tape:/x' is no output: LEVEL:stderr, LEVEL:file:PATH, LEVEL:syslog:NAME or LEVEL:journald is accepted"),
    ("2", "'2' is no output"), ("2:stderr 9:stderr", "'9:stderr' is no output"),
    ("2:journald:/nowhere", "log_outputs: /nowhere: No such file or directory"), ("2:syslog::/nowhere", "log_outputs: /nowhere: No such file"),
    ("2:syslog:x:/" + "y" * 200, "File name too long"),
])
def test_outputs_that_make_no_sense(output: str, said: str) -> None:
    assert said in refused(f'log_outputs = "{output}"')


def test_what_makes_no_sense_later_changes_nothing(tmp_path: Path) -> None:
    config = f'log_outputs = "2:file:{tmp_path}/log"'
    with Daemon(config) as daemon:
        daemon.reload('log_outputs = "2:file:/nowhere/at/all"')
        assert "configuration not read again: " in (tmp_path / "log").read_text()
        daemon.reload(config)
        assert "configuration read again" in (tmp_path / "log").read_text()


if os.geteuid() == 0:  # nobody else mounts a disk that is full

    #: a small disk in the daemon's folder, which the daemon and whoever looks through its process see
    SMALL = 'mount -t tmpfs -o size=64k none "$0" && exec "$@"'

    class Full:
        """A folder with little room, seen through a process that keeps it."""

        def __init__(self, folder: Path) -> None:
            folder.mkdir()
            self.folder = folder
            self.prefix = tuple(apart(SMALL, str(folder)))

        def of(self, process: subprocess.Popen[bytes]) -> Path:
            return Path(f"/proc/{process.pid}/root{self.folder}")

    def fill(folder: Path) -> Path:
        path = folder / "filling"
        with open(path, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                return path

    def test_no_room_for_the_log(tmp_path: Path) -> None:
        disk = Full(tmp_path / "disk")
        with Daemon(f'log_outputs = "2:file:{disk.folder}/log"', prefix=disk.prefix) as daemon:
            seen = disk.of(daemon.process)
            with Client(daemon.rw) as client:
                client.open()
            filling = fill(seen)
            for _ in range(50):
                with Client(daemon.rw) as client:
                    client.open()
                    assert client.call("CONNECT_GET_TYPE").status == OK
            filling.unlink()
            with Client(daemon.rw) as client:
                client.open()
                text = (seen / "log").read_text()
                while "client=52 who" not in text:
                    text = (seen / "log").read_text()
            lost = re.search(r"warning : write_line : (\d+) lines could not be written", text)
            assert lost and int(lost[1]) > 10
            whole = [line for line in text.splitlines() if LINE.fullmatch(line)]
            assert len(text.splitlines()) - len(whole) <= 1  # the one that was cut

    def test_no_room_for_the_number_of_the_process(tmp_path: Path) -> None:
        disk = Full(tmp_path / "disk")
        start = SMALL.replace("exec", 'dd if=/dev/zero of="$0/filling" bs=4k 2>/dev/null; exec')
        run = subprocess.run(apart(start, str(disk.folder), str(CORRALD), "--root", str(tmp_path), "--pid-file", f"{disk.folder}/pid"),
                             capture_output=True, text=True)
        assert run.returncode == 1
        assert f"{disk.folder}/pid" in run.stderr and "No space left on device" in run.stderr
        assert not (tmp_path / "run" / "corral-sock").exists()

    def test_no_room_for_sockets_and_folders(tmp_path: Path) -> None:
        """tmpfs has room for no more names, which is what a socket needs."""
        disk = Full(tmp_path / "disk")
        start = 'mount -t tmpfs -o nr_inodes=3 none "$0" && mkdir "$0/run" && exec "$@"'
        run = subprocess.run(apart(start, str(disk.folder), str(CORRALD), "--root", str(disk.folder)),
                             capture_output=True, text=True)
        assert run.returncode == 1 and "No space left on device" in run.stderr and f"{disk.folder}/run/corral-sock" in run.stderr

    def test_no_room_for_what_a_call_writes(tmp_path: Path) -> None:
        """A screenshot of the daemon's, a dump: what fails says why, and leaves the daemon and what was there alone."""
        disk = Full(tmp_path / "disk")
        with Daemon(prefix=disk.prefix) as daemon, Client(daemon.rw).open() as client:
            seen = disk.of(daemon.process)
            test = client.call("DOMAIN_LOOKUP_BY_NAME", string("test")).payload
            saved = client.call("DOMAIN_SAVE", test + string(f"{disk.folder}/saved"))
            assert saved.status == OK, saved
            kept = (seen / "saved").read_bytes()
            assert client.call("DOMAIN_RESTORE", string(f"{disk.folder}/saved")).status == OK
            filling = fill(seen)
            answer = client.call("DOMAIN_SAVE", test + string(f"{disk.folder}/other"))
            assert answer.status != OK and "No space left on device" in answer.message, answer
            # it runs on
            state = client.call("DOMAIN_GET_STATE", test + uint(0))
            assert state.payload[:4] == uint(1)
            assert (seen / "saved").read_bytes() == kept
            filling.unlink()
            assert client.call("DOMAIN_SAVE", test + string(f"{disk.folder}/other")).status == OK
            assert daemon.process.poll() is None

    def test_no_room_when_the_configuration_is_read_again(tmp_path: Path) -> None:
        disk = Full(tmp_path / "disk")
        with Daemon('log_outputs = "2:stderr"', prefix=disk.prefix) as daemon:
            fill(disk.of(daemon.process))
            daemon.config.write_text(f'log_outputs = "2:file:{disk.folder}/log"\n')
            daemon.process.send_signal(signal.SIGHUP)
            daemon.wait_notified("READY=1")
            with Client(daemon.rw) as client:
                client.open()
