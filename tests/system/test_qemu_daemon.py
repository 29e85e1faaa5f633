"""Real guests behind a daemon: by Debian's virsh, by the examples, and across the daemon's deaths."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any, Iterator

import corral
import pytest
from qemu_guest import Console, document, end_all, image, pid_of, processes, wait_for
from support import BUILD, SOURCE, Daemon

RUNNING = corral.VIR_DOMAIN_RUNNING


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    with Daemon() as daemon:
        yield daemon
        end_all(daemon.root)


def connect(daemon: Daemon) -> Any:
    return corral.open(daemon.uri("qemu", "/system"))


def begin_again(daemon: Daemon, number: int = signal.SIGKILL) -> None:
    """The same files, another process."""
    daemon.process.send_signal(number)
    daemon.process.wait()
    daemon.process = subprocess.Popen(daemon.process.args, env=os.environ | {"NOTIFY_SOCKET": str(daemon.root / "notify")},
                                      stderr=daemon.errors)
    daemon.wait_notified("READY=1")


class Virsh:
    def __init__(self, daemon: Daemon) -> None:
        self.uri = daemon.uri("qemu", "/system")

    def __call__(self, *words: str) -> str:
        environment = {name: value for name, value in os.environ.items() if name not in ("LD_LIBRARY_PATH", "LD_PRELOAD")}
        run = subprocess.run(["virsh", "-q", "-c", self.uri, *words], env=environment, capture_output=True, text=True)
        assert run.returncode == 0, (words, run.stderr)
        return run.stdout.strip()


def test_debians_virsh_works_with_a_guest(daemon: Daemon) -> None:
    virsh = Virsh(daemon)
    (daemon.root / "guest.xml").write_text(document(devices="<video><model type='vga'/></video>"))
    (daemon.root / "disk").write_bytes(bytes(1 << 20))
    virsh("define", str(daemon.root / "guest.xml"))
    virsh("start", "guest")
    conn = connect(daemon)
    console = Console(conn.lookupByName("guest"))
    console.until("guest: ready")
    assert virsh("domstate", "--reason", "guest") == "running (booted)"
    virsh("attach-disk", "guest", str(daemon.root / "disk"), "vda", "--targetbus", "virtio")
    assert "vda" in virsh("domblklist", "guest")
    virsh("setmem", "guest", "90M")
    assert virsh("ttyconsole", "guest").startswith("/dev/pts/")
    assert "state.state=1" in virsh("domstats", "guest")
    virsh("screenshot", "guest", str(daemon.root / "screen"))
    assert (daemon.root / "screen").stat().st_size > 100
    virsh("suspend", "guest")
    virsh("resume", "guest")
    console.close()
    virsh("save", "guest", str(daemon.root / "image"))
    assert virsh("domstate", "guest") == "shut off"
    virsh("restore", str(daemon.root / "image"))
    virsh("managedsave", "guest")
    virsh("start", "guest")
    console = Console(conn.lookupByName("guest"))
    console.say("ping")
    console.until("guest: pong")
    virsh("shutdown", "guest")
    wait_for(lambda: virsh("domstate", "guest") == "shut off")
    virsh("start", "guest", "--paused")
    virsh("destroy", "guest")
    virsh("undefine", "guest")
    assert virsh("list", "--all", "--name") == ""
    conn.close()


@pytest.mark.parametrize("program", ["/usr/bin/python3 guest.py", "lua5.4 guest.lua"])
def test_the_example_runs(daemon: Daemon, program: str) -> None:
    interpreter, script = program.split()
    for uri in ("", daemon.uri("qemu", "/system")):
        folder = daemon.root / "example"
        folder.mkdir()
        for name in ("kernel", "initrd"):
            shutil.copy(image() / name, folder / name)
        run = subprocess.run([interpreter, str(SOURCE / "examples" / script), str(folder), *([uri] if uri else [])],
                             capture_output=True, text=True)
        assert run.stdout == (SOURCE / "examples" / "guest.txt").read_text(), run.stderr
        end_all(folder / "host")
        shutil.rmtree(folder)


def test_guests_live_on_when_the_daemon_dies(daemon: Daemon) -> None:
    conn = connect(daemon)
    domain = conn.defineXML(document())
    domain.create()
    console = Console(domain)
    console.until("guest: ready")
    pid, number = pid_of(daemon.root, "guest"), domain.ID()
    conn.createXML(document("transient", kernel=False))
    for number_of_signal in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):
        begin_again(daemon, number_of_signal)
        conn = connect(daemon)
        assert sorted(found.name() for found in conn.listAllDomains(corral.VIR_CONNECT_LIST_DOMAINS_ACTIVE)) == ["guest", "transient"]
        domain = conn.lookupByName("guest")
        assert domain.ID() == number and domain.state()[0] == RUNNING and pid_of(daemon.root, "guest") == pid
    console = Console(domain)
    console.say("ping")
    console.until("guest: pong")
    domain.suspend()
    begin_again(daemon)
    conn = connect(daemon)
    domain = conn.lookupByName("guest")
    wait_for(lambda: domain.controlInfo()[0] == corral.VIR_DOMAIN_CONTROL_OK)
    assert domain.state()[0] == corral.VIR_DOMAIN_PAUSED
    domain.resume()
    domain.destroy()
    conn.lookupByName("transient").destroy()
    assert processes(daemon.root) == []


def test_what_ends_while_nobody_looks_is_off_afterwards(daemon: Daemon) -> None:
    conn = connect(daemon)
    conn.defineXML(document(kernel=False)).create()
    conn.createXML(document("transient", kernel=False))
    pids = [pid_of(daemon.root, name) for name in ("guest", "transient")]
    daemon.process.kill()
    daemon.process.wait()
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not processes(daemon.root))
    begin_again(daemon)
    conn = connect(daemon)
    # they may still be about to end
    wait_for(lambda: [found.name() for found in conn.listAllDomains()] == ["guest"])
    wait_for(lambda: not conn.lookupByName("guest").isActive())
    assert conn.lookupByName("guest").state() == [corral.VIR_DOMAIN_SHUTOFF, corral.VIR_DOMAIN_SHUTOFF_CRASHED]
    wait_for(lambda: not list((daemon.root / "lib" / "qemu").glob("domain-*")))
    conn.lookupByName("guest").create()
    conn.lookupByName("guest").destroy()


def test_a_daemon_that_dies_at_any_moment_of_a_start_loses_no_guest_and_starts_none_twice(daemon: Daemon) -> None:
    conn = connect(daemon)
    conn.defineXML(document(kernel=False))
    program = ("import corral, sys\nconn = corral.open(sys.argv[1])\nguest = conn.lookupByName('guest')\n"
               "while True:\n    guest.create()\n    guest.destroy()\n")
    for moment in range(12):
        client = subprocess.Popen(["/usr/bin/python3", "-c", program, daemon.uri("qemu", "/system")], stderr=subprocess.DEVNULL)
        log = daemon.root / "log" / "qemu" / "guest.log"
        size = log.stat().st_size if log.exists() else 0
        # somewhere in a start: when it has written so much of its log
        wait_for(lambda: log.exists() and log.stat().st_size > size + 700 * moment)
        begin_again(daemon)
        client.wait()
        conn = connect(daemon)
        guest = conn.lookupByName("guest")
        if guest.isActive():
            assert processes(daemon.root) == [pid_of(daemon.root, "guest")]
            guest.destroy()
        assert processes(daemon.root) == []
    assert list((daemon.root / "run" / "qemu").glob("*.xml")) == []


def test_guests_come_up_with_the_host_once_a_boot(daemon: Daemon) -> None:
    conn = connect(daemon)
    for name in ("always", "once", "never"):
        conn.defineXML(document(name, kernel=False))
    conn.lookupByName("always").setAutostart(1)
    conn.lookupByName("once").setAutostartOnce(1)
    begin_again(daemon)
    # the daemon began again, not the host
    assert connect(daemon).numOfDomains() == 0
    shutil.rmtree(daemon.root / "run" / "qemu")
    begin_again(daemon)
    conn = connect(daemon)
    wait_for(lambda: conn.numOfDomains() == 2)
    assert sorted(found.name() for found in conn.listAllDomains(corral.VIR_CONNECT_LIST_DOMAINS_ACTIVE)) == ["always", "once"]
    assert conn.lookupByName("once").autostartOnce() == 0 and conn.lookupByName("always").autostart() == 1


def test_a_daemon_has_its_own_host_only(daemon: Daemon, tmp_path: Path) -> None:
    for path, text in (("/session", "try qemu:///system"), (f"/embed?root={tmp_path}&", "try qemu:///system")):
        separator = "" if path.endswith("&") else "?"
        with pytest.raises(corral.libvirtError, match=text):
            corral.open(f"qemu+unix://{path}{separator}socket={daemon.rw}")


def test_a_driver_that_is_not_there_is_named(tmp_path: Path) -> None:
    run = subprocess.run(["/usr/bin/python3", "-c", "import corral; corral.open('qemu:///embed?root=/nowhere')"],
                         env=os.environ | {"CORRAL_DRIVER_DIR": str(tmp_path)}, capture_output=True, text=True)
    assert f"{tmp_path}/corral_driver_qemu.so" in run.stderr
    assert (BUILD / "lib" / "corral" / "drivers" / "corral_driver_qemu.so").exists()
