"""Other people's clients against corrald, unmodified; and ours against Debian's libvirtd."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Iterator

import pytest
from support import Client, Daemon

CLIENTS = Path(__file__).parent / "clients"
#: nothing of ours gets into the programs of others
PLAIN = {name: value for name, value in os.environ.items()
         if name not in ("LD_LIBRARY_PATH", "LD_PRELOAD", "PYTHONPATH", "CORRAL_THROUGH")} | {"LC_ALL": "C.UTF-8", "TERM": "dumb"}
MIB = 1 << 20
SIZE = int(os.environ.get("CORRAL_VOLUME_MIB", "32")) * MIB
GUEST = """<domain type='test'><name>shell</name><memory unit='MiB'>64</memory><os><type>hvm</type></os>
<devices><serial type='pty'/><console type='pty'/></devices></domain>"""


@pytest.fixture(scope="module")
def daemon() -> Iterator[Daemon]:
    with Daemon() as it, Client(it.rw).open():
        # as long as somebody has it open there is one world for all
        yield it
        assert it.stop() == 0


def run(*command: object, environment: dict[str, str] = PLAIN, status: int = 0) -> str:
    done = subprocess.run([str(word) for word in command], env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == status, done.stdout + done.stderr
    return (done.stdout + done.stderr).strip()


def virsh(daemon: Daemon, *command: object, status: int = 0) -> str:
    return run("virsh", "-c", daemon.uri(), *command, status=status)


@pytest.mark.parametrize("command, answer", [
    ("list --all", r"1 +test +running"), ("dominfo test", r"Max memory: +8388608 KiB"), ("domstate test --reason", r"running \(unknown\)"),
    ("dumpxml test", r"<name>test</name>"), ("domstats test", r"state.state=1"), ("vcpuinfo test", r"VCPU: +0"), ("domid test", r"1"),
    ("net-list --all", r"default +active"), ("net-dumpxml default", r"<bridge name='virbr0'"), ("pool-list --all", r"default-pool +active"),
    ("pool-info default-pool", r"State: +running"), ("vol-list default-pool", r"Name +Path\n-+$"), ("nodedev-dumpxml computer", r"<capability type='system'>"),
    ("iface-list --all", r"eth1 +active +aa:bb:cc:dd:ee:ff"), ("secret-list", r"UUID"), ("nwfilter-list", r"UUID"), ("nodeinfo", r"CPU model: +i686"),
    ("capabilities", r"<capabilities>"), ("hostname", r"."), ("uri", r"^test\+unix:///default"), ("version", r"Using API: TEST"),
    ("freecell --all", r"Total: +6144 KiB"), ("sysinfo", r"<sysinfo"), ("maxvcpus", r"\d+"), ("cpu-models x86_64", r"qemu64"),
])  # fmt: skip
def test_virsh_asks(daemon: Daemon, command: str, answer: str) -> None:
    assert re.search(answer, virsh(daemon, *command.split()), re.MULTILINE)


def test_virsh_leads_a_guest_through_its_life(daemon: Daemon, tmp_path: Path) -> None:
    (tmp_path / "guest.xml").write_text(GUEST)
    for command, answer in [
        (("define", tmp_path / "guest.xml"), "Domain 'shell' defined"), (("start", "shell"), "started"), (("suspend", "shell"), "suspended"),
        (("resume", "shell"), "resumed"), (("setmem", "shell", "32M"), ""), (("snapshot-create-as", "shell", "one"), "Domain snapshot one created"),
        (("snapshot-list", "shell", "--name"), "one"), (("snapshot-revert", "shell", "one"), "reverted"), (("snapshot-delete", "shell", "one"), "deleted"),
        (("save", "shell", tmp_path / "saved"), "saved"), (("restore", tmp_path / "saved"), "restored"), (("desc", "shell", "--title", "--live", "x"), "updated"),
        (("reboot", "shell"), "rebooted"), (("destroy", "shell"), "destroyed"), (("undefine", "shell"), "undefined"),
    ]:  # fmt: skip
        assert answer in virsh(daemon, *command)
    assert "failed to get domain 'shell'" in virsh(daemon, "start", "shell", status=1)


def test_virsh_makes_the_other_things(daemon: Daemon, tmp_path: Path) -> None:
    documents = {"net": "<network><name>lan</name></network>", "secret": "<secret ephemeral='yes'><usage type='volume'><volume>/x</volume></usage></secret>",
                 "nwfilter": "<filter name='mine' chain='root'/>"}  # fmt: skip
    for kind, text in documents.items():
        (tmp_path / kind).write_text(text)
    assert "defined" in virsh(daemon, "net-define", tmp_path / "net") and "started" in virsh(daemon, "net-start", "lan")
    virsh(daemon, "net-destroy", "lan")
    virsh(daemon, "net-undefine", "lan")
    uuid = virsh(daemon, "secret-define", tmp_path / "secret").split()[1]
    (tmp_path / "value").write_text("cGFzc3dvcmQ=")
    assert "set" in virsh(daemon, "secret-set-value", uuid, "--file", tmp_path / "value")
    assert virsh(daemon, "secret-get-value", uuid) == "cGFzc3dvcmQ="
    virsh(daemon, "secret-undefine", uuid)
    assert "mine" in virsh(daemon, "nwfilter-define", tmp_path / "nwfilter") and "mine" in virsh(daemon, "nwfilter-list")
    virsh(daemon, "nwfilter-undefine", "mine")


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """Mostly holes."""
    with open(tmp_path / "image", "wb") as file:
        for offset in (0, SIZE // 3 | 1, SIZE - 70_000):
            file.seek(offset)
            file.write(os.urandom(65_537))
        file.truncate(SIZE)
    return tmp_path / "image"


@pytest.mark.parametrize("sparse", [["--sparse"], []], ids=["holes", "all"])
def test_virsh_moves_a_volume(daemon: Daemon, image: Path, sparse: list[str]) -> None:
    back = image.with_name("back")
    virsh(daemon, "vol-create-as", "default-pool", "moved", SIZE)
    try:
        virsh(daemon, "vol-upload", *sparse, "moved", image, "--pool", "default-pool")
        virsh(daemon, "vol-download", *sparse, "moved", back, "--pool", "default-pool")
    finally:
        virsh(daemon, "vol-delete", "moved", "--pool", "default-pool")
    run("cmp", image, back)
    assert back.stat().st_size == SIZE and (not sparse or back.stat().st_blocks * 512 < SIZE // 4)


def test_virsh_waits_for_events(daemon: Daemon) -> None:
    listener = subprocess.Popen(["virsh", "-c", daemon.uri(), "event", "--loop", "--all"], env=PLAIN, stdout=subprocess.PIPE, text=True)
    lines: list[str] = []
    # it is at it when it has heard of something
    while not lines:
        virsh(daemon, "suspend", "test")
        virsh(daemon, "resume", "test")
        os.set_blocking(listener.stdout.fileno(), False)
        lines += [line for line in listener.stdout if line.strip()]
    listener.send_signal(signal.SIGINT)
    listener.wait()
    assert all("for domain 'test': Suspended Paused" in line or "for domain 'test': Resumed Unpaused" in line for line in lines)


def test_virsh_opens_a_console(daemon: Daemon, tmp_path: Path) -> None:
    (tmp_path / "guest.xml").write_text(GUEST)
    virsh(daemon, "create", tmp_path / "guest.xml")
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe("virsh", ["virsh", "-c", daemon.uri(), "console", "shell"], PLAIN)
    text = b""
    while b"shell login: " not in text:
        text += os.read(terminal, 1000)
    os.write(terminal, b"root\n")
    while not text.endswith((b"root\n", b"root\r\n", b"root\r\r\n")):
        text += os.read(terminal, 1000)
    os.write(terminal, b"\x1d")
    try:
        while os.read(terminal, 1000):
            pass
    except OSError:
        pass
    assert os.waitpid(child, 0)[1] == 0
    os.close(terminal)
    virsh(daemon, "destroy", "shell")


@pytest.mark.parametrize("way", [["--live"], ["--live", "--p2p"], ["--live", "--persistent", "--undefinesource"]], ids=" ".join)
def test_virsh_migrates(daemon: Daemon, tmp_path: Path, way: list[str]) -> None:
    """From a world of its own, which is gone after that one run of virsh."""
    (tmp_path / "world.xml").write_text("<node/>")
    (tmp_path / "guest.xml").write_text(GUEST)
    steps = f"define {tmp_path}/guest.xml; start shell; migrate {' '.join(way)} shell {daemon.uri()}; list; echo done"
    said = run("virsh", "-q", "-c", daemon.uri(path=f"{tmp_path}/world.xml"), steps)
    assert said == "done"
    assert re.search(r"shell +running", virsh(daemon, "list"))
    virsh(daemon, "destroy", "shell")
    if "--persistent" in way:
        virsh(daemon, "undefine", "shell")


OURS = os.environ
CLIENT = {"libvirt": PLAIN, "corral": OURS}


def scenario(module: str, uri: str) -> str:
    return run(sys.executable, CLIENTS / "scenario.py", module, uri, environment=CLIENT[module])


SCENARIO = """\
TEST 1 1 0 0
[1, 65536, 65536, 2] 65536 1 ['client', 'test']
title
['one'] one
['state.reason', 'state.state']
[('client', 0, 0, 'o'), ('client', 2, 0, 'o'), ('client', 3, 0, 'o'), ('client', 4, 0, 'o'), ('client', 5, 1, 'o'), ('client', 1, 0, 'o')]
42 2
35 2
42 2
True
['default', 'lan'] 1"""


@pytest.mark.parametrize("module", CLIENT)
def test_a_script_finds_what_it_expects(daemon: Daemon, module: str) -> None:
    assert scenario(module, daemon.uri()) == SCENARIO


@pytest.mark.parametrize("module", CLIENT)
def test_a_killed_daemon_is_noticed(module: str) -> None:
    with Daemon() as daemon:
        said = run(sys.executable, CLIENTS / "closed.py", module, daemon.uri(), daemon.process.pid, environment=CLIENT[module])
    assert re.fullmatch(r"\[\([01], 'o'\)\] 4 0", said)


def test_perl(daemon: Daemon) -> None:
    assert run("perl", CLIENTS / "client.pl", daemon.uri()) == (
        "TEST test\ndefault,default-pool\n65536 1\nperl:0 perl:2 perl:5 perl:1\n300000 same\nSys::Virt::Error 42 12")


def test_go(daemon: Daemon, tmp_path: Path) -> None:
    environment = PLAIN | {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(tmp_path / "cache"), "CGO_ENABLED": "0"}
    run("go", "build", "-o", tmp_path / "client", CLIENTS / "client.go", environment=environment)
    assert run(tmp_path / "client", daemon.rw) == "TEST 1 test\ngo:0 go:2 go:5 go:1 65536\n1048576 true\ntrue"


# --- our client, their daemon

class Libvirtd:
    """Debian's, for a user of its own: everything it has is in one folder."""

    def __init__(self, folder: Path) -> None:
        home = {name: str(folder) for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")}
        self.socket = folder / "libvirt-sock"
        (folder / "conf").write_text(f'unix_sock_dir = "{folder}"\nauth_unix_rw = "none"\nauth_unix_ro = "none"\n')
        for path in (folder, folder / "conf"):
            os.chown(path, 65534, 65534)
        self.log = open(folder / "log", "w")
        self.process = subprocess.Popen(["libvirtd", "-f", folder / "conf", "-p", folder / "pid"], env=PLAIN | home, user=65534, group=65534,
                                        extra_groups=[], stderr=self.log)
        while self.process.poll() is None and subprocess.run(["virsh", "-c", self.uri(), "uri"], env=PLAIN, capture_output=True).returncode:
            pass
        assert self.process.poll() is None

    def uri(self) -> str:
        return f"test+unix:///default?socket={self.socket}"

    def end(self) -> None:
        self.process.terminate()
        self.process.wait()
        self.log.close()


@pytest.fixture
def folder() -> Iterator[Path]:
    """Which others may enter."""
    import shutil
    import tempfile

    path = Path(tempfile.mkdtemp(prefix="libvirtd-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def libvirtd(folder: Path) -> Iterator[Libvirtd]:
    it = Libvirtd(folder)
    yield it
    it.end()


def test_our_scripts_at_their_daemon(libvirtd: Libvirtd) -> None:
    assert scenario("corral", libvirtd.uri()) == scenario("libvirt", libvirtd.uri()) == SCENARIO


def test_our_script_notices_that_theirs_is_killed(libvirtd: Libvirtd) -> None:
    said = run(sys.executable, CLIENTS / "closed.py", "corral", libvirtd.uri(), libvirtd.process.pid, environment=OURS)
    assert re.fullmatch(r"\[\([01], 'o'\)\] 4 0", said)


def test_a_volume_at_their_daemon(libvirtd: Libvirtd, folder: Path, image: Path) -> None:
    """Their driver for storage has real files."""
    import corral

    (folder / "pool").mkdir()
    os.chown(folder / "pool", 65534, 65534)
    back = image.with_name("back")
    with corral.open(f"storage+unix:///session?socket={libvirtd.socket}") as conn:
        pool = conn.storagePoolCreateXML(f"<pool type='dir'><name>p</name><target><path>{folder}/pool</path></target></pool>")
        volume = pool.createXML(f"<volume><name>v</name><capacity>{SIZE}</capacity><allocation>0</allocation></volume>")
        with open(image, "rb") as file, open(back, "wb") as out:
            stream = conn.newStream()
            volume.upload(stream, 0, 0, corral.VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM)
            give_sparsely(stream, file.fileno())
            stream.finish()
            stream = conn.newStream()
            volume.download(stream, 0, 0, corral.VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM)
            while data := stream.recvFlags(200_000, corral.VIR_STREAM_RECV_STOP_AT_HOLE):
                if data == -3:
                    out.seek(stream.recvHole(), os.SEEK_CUR)
                else:
                    out.write(data)
            out.truncate()
            stream.finish()
        volume.delete()
        pool.destroy()
    run("cmp", image, back)


def give_sparsely(stream: object, fd: int) -> None:
    end = os.lseek(fd, 0, os.SEEK_END)
    at = 0
    while at < end:
        try:
            data = os.lseek(fd, at, os.SEEK_DATA)
        except OSError:
            data = end
        if data > at:
            stream.sendHole(data - at)
        hole = os.lseek(fd, data, os.SEEK_HOLE) if data < end else end
        while data < hole:
            data += stream.send(os.pread(fd, min(hole - data, 100_000), data))
        at = hole
