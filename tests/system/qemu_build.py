"""Starts QEMU from a command line, stopped, and asks it what it has built.

What belongs to the host (images, sockets, accelerators) is replaced by what is there everywhere: the guest's side is asked about.
Run by itself, `qemu_build.py URI FILE...` tells of documents whose command lines are not accepted."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

FORMATS = {"qcow2": "qcow2", "qcow": "qcow", "qed": "qed", "vmdk": "vmdk", "vdi": "vdi", "vpc": "vpc", "luks": "raw", "parallels": "parallels"}
PROTOCOLS_KEEP = {"node-name", "read-only", "auto-read-only"}


def arguments(text: str) -> list[str]:
    """Without the environment and the binary's name in front of it."""
    words = shlex.split(text)
    while re.match(r"[A-Z_]+=", words[0]):
        words.pop(0)
    return words


class Stand:
    """A place for a command line to work in."""

    def __init__(self, text: str) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="qb")
        self.path = Path(self.folder.name)
        self.images = 0
        self.args: list[str] = []
        self.wanted: dict[str, dict[str, Any]] = {}
        self.formats: dict[str, str] = {}
        self.dropped: set[str] = set()
        words = arguments(text)
        self.binary = words[0]
        self.adapt(words[1:])

    def image(self, kind: str) -> str:
        self.images += 1
        path = self.path / f"image{self.images}"
        subprocess.run(["qemu-img", "create", "-q", "-f", FORMATS.get(kind, "raw"), str(path), "16M"], check=True)
        return str(path)

    def adapt(self, words: list[str]) -> None:
        pairs: list[tuple[str, str | None]] = []
        while words:
            option = words.pop(0)
            pairs.append((option, words.pop(0) if words and not words[0].startswith("-") else None))
        for option, value in pairs:
            if option == "-blockdev":
                node = json.loads(value or "")
                if isinstance(node.get("file"), str):
                    self.formats[node["file"]] = node["driver"]
        for option, value in pairs:
            adapt = getattr(self, "adapt" + option.replace("-", "_"), None)
            if adapt:
                value = adapt(value)
                if value is None:
                    continue
            self.args += [option] if value is None else [option, value]
        self.args += ["-chardev", f"socket,id=asking,path={self.path}/qmp,server=on,wait=off", "-mon", "chardev=asking,mode=control"]

    # one method an option that has to do with the host: its new value, None to leave it out

    def adapt_accel(self, value: str) -> str:
        return "tcg"

    def adapt_cpu(self, value: str) -> str:
        return "max" if value.startswith("host") else re.sub(r",(kvm|hv|migratable|host)[^,]*", "", value)

    def adapt_m(self, value: str) -> str:
        return value

    def adapt_name(self, value: str) -> str:
        return value

    def adapt_bios(self, value: str) -> str:
        return "/usr/share/seabios/bios.bin" if not os.path.exists(value) else value

    def adapt_kernel(self, value: str) -> None:
        return None

    adapt_initrd = adapt_append = adapt_dtb = adapt_acpitable = adapt_sandbox = adapt_k = adapt_full_screen = adapt_spice = adapt_incoming = adapt_kernel

    def adapt_vnc(self, value: str) -> str:
        audio = re.search(r",audiodev=\w+", value)
        return "none" + (audio.group(0) if audio else "")

    def adapt_display(self, value: str) -> str:
        return "none"

    def adapt_fw_cfg(self, value: str) -> str:
        return re.sub(r"file=.*", "string=x", value)

    def adapt_audiodev(self, value: str) -> str:
        return json.dumps({"id": json.loads(value)["id"], "driver": "none"})

    def adapt_mon(self, value: str) -> None:
        return None

    def adapt_machine(self, value: str) -> str:
        return value

    def adapt_global(self, value: str) -> str:
        return value

    def adapt_fsdev(self, value: str) -> str:
        path = self.path / "shared"
        path.mkdir(exist_ok=True)
        return re.sub(r"path=[^,]*(,,[^,]*)*", f"path={path}", re.sub(r"^handle", "local,security_model=none", value))

    def adapt_chardev(self, value: str) -> str | None:
        if "id=charmonitor" in value:
            return None
        kind, rest = value.split(",", 1)
        name = re.search(r"id=([^,]+)", rest).group(1)
        if name.startswith("chr-vu-") or name.startswith("charshmem") or name == "chrtpm":
            self.dropped.add(name)
            return None
        return f"null,id={name}"

    def adapt_netdev(self, value: str) -> str:
        net = json.loads(value)
        if net["type"] in ("tap", "vhost-user", "vhost-vdpa", "socket"):
            net = {"type": "user", "id": net["id"]}
        return json.dumps(net)

    def adapt_object(self, value: str) -> str | None:
        wanted = json.loads(value)
        kind = wanted["qom-type"]
        if kind == "secret":
            file = self.path / wanted["id"]
            file.write_text("")
            wanted["file"] = str(file)
        elif kind == "input-linux" or kind == "sev-guest" or kind == "pr-manager-helper":
            return None
        elif kind == "rng-random":
            wanted["filename"] = "/dev/urandom"
        elif kind.startswith("memory-backend"):
            if kind == "memory-backend-file":
                wanted["qom-type"] = "memory-backend-memfd" if wanted.get("share") else "memory-backend-ram"
            for key in ("mem-path", "prealloc", "prealloc-threads", "host-nodes", "policy", "discard-data", "align", "hugetlb", "hugetlbsize", "pmem",
                        "x-use-canonical-path-for-ramblock-id"):
                wanted.pop(key, None)
            if wanted["qom-type"] == "memory-backend-memfd":
                wanted.pop("x-use-canonical-path-for-ramblock-id", None)
        return json.dumps(wanted)

    def adapt_blockdev(self, value: str) -> str | None:
        node = json.loads(value)
        if "file" not in node:
            kept = {key: node[key] for key in PROTOCOLS_KEEP if key in node}
            node = {"driver": "file", "filename": self.image(self.formats.get(node["node-name"], "raw")), **kept}
            if kept["node-name"].startswith("libvirt-pflash"):
                source = "/usr/share/OVMF/OVMF_CODE_4M.fd" if "pflash0" in kept["node-name"] else "/usr/share/OVMF/OVMF_VARS_4M.fd"
                Path(node["filename"]).write_bytes(Path(source).read_bytes())
        else:
            if node["driver"] not in FORMATS and node["driver"] not in ("raw", "copy-on-read"):
                node["driver"] = "raw"
            if node["driver"] == "luks":
                node = {"driver": "raw", "file": node["file"], "node-name": node["node-name"]}
            for key in ("cache", "discard", "detect-zeroes", "offset", "size", "encrypt"):
                node.pop(key, None)
        return json.dumps(node)

    HOST_ONLY = ("vfio-pci", "vfio-pci-nohotplug", "usb-host", "vhost-scsi-pci", "vhost-vsock-pci", "vhost-scsi-pci-transitional",
                 "vhost-vsock-pci-transitional", "vhost-scsi-pci-non-transitional", "scsi-generic", "scsi-block", "ccid-card-emulated",
                 "vhost-vsock-pci-non-transitional", "virtio-input-host-pci", "kvm-pit", "vhost-user-vga", "vhost-user-gpu-pci")

    def adapt_device(self, value: str) -> str | None:
        device = json.loads(value)
        if device["driver"] in self.HOST_ONLY or device.get("chardev") in self.dropped:
            return None
        if device.get("memdev", "").startswith("shmmem"):
            pass
        if "rendernode" in device:
            device.pop("rendernode")
        if "id" in device:
            self.wanted[device["id"]] = device
        return json.dumps(device)

    def adapt_tpmdev(self, value: str) -> None:
        self.dropped.add(re.search(r"id=([^,]+)", value).group(1))
        return None

    # the answers

    def start(self) -> None:
        self.args = [a for i, a in enumerate(self.args) if not self.tpm(i)]
        self.process = subprocess.Popen([self.binary, *self.args], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=self.path)
        path = self.path / "qmp"
        while not path.exists():
            if self.process.poll() is not None:
                raise RuntimeError(self.process.stderr.read().decode(errors="replace").strip())
        self.socket = socket.socket(socket.AF_UNIX)
        while self.socket.connect_ex(str(path)) != 0:
            if self.process.poll() is not None:
                raise RuntimeError(self.process.stderr.read().decode(errors="replace").strip())
        self.stream = self.socket.makefile("rw")
        try:
            greeting = self.stream.readline()
        except ConnectionError:
            greeting = ""
        if not greeting:
            raise RuntimeError(self.process.stderr.read().decode(errors="replace").strip())
        self.ask("qmp_capabilities")

    def tpm(self, at: int) -> bool:
        """A TPM whose emulator was left out, and the option before it."""
        for place in (at, at + 1):
            if place and place < len(self.args) and self.args[place - 1] == "-device" and '"tpmdev"' in self.args[place]:
                self.wanted.pop(json.loads(self.args[place]).get("id", ""), None)
                return True
        return False

    def ask(self, command: str, **arguments: Any) -> Any:
        try:
            self.stream.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
            self.stream.flush()
        except ConnectionError:
            raise RuntimeError("QEMU has ended: " + self.process.stderr.read().decode(errors="replace").strip()) from None
        while True:
            try:
                line = self.stream.readline()
            except ConnectionError:
                line = ""
            if not line:
                raise RuntimeError("QEMU has ended: " + self.process.stderr.read().decode(errors="replace").strip())
            answer = json.loads(line)
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise RuntimeError(f"{command}: {answer['error']['desc']}")

    def stop(self) -> None:
        if hasattr(self, "process"):
            self.process.kill()
            self.process.wait()
            self.process.stderr.close()
        if hasattr(self, "stream"):
            try:
                self.stream.close()
            except OSError:
                pass
        if hasattr(self, "socket"):
            self.socket.close()
        self.folder.cleanup()

    def pci(self) -> dict[str, tuple[int, int]]:
        """Slot and function by name, on whatever bus."""
        found: dict[str, tuple[int, int]] = {}

        def walk(devices: list[dict[str, Any]]) -> None:
            for device in devices:
                if device.get("qdev_id"):
                    found[device["qdev_id"]] = (device["slot"], device["function"])
                walk(device.get("pci_bridge", {}).get("devices", []))

        for bus in self.ask("query-pci"):
            walk(bus["devices"])
        return found

    def differences(self) -> list[str]:
        """What is there, against what was asked for."""
        told = []
        there = {entry["name"]: entry["type"] for entry in self.ask("qom-list", path="/machine/peripheral")}
        places = self.pci()
        for name, device in self.wanted.items():
            if name not in there:
                told.append(f"{name}: not built")
                continue
            if "addr" in device and isinstance(device["addr"], str):
                slot, _, function = device["addr"].partition(".")
                want = (int(slot, 16), int(function or "0", 16))
                if name in places and places[name] != want:
                    told.append(f"{name}: at {places[name]}, wanted at {want}")
            for key, value in device.items():
                if key in ("mac", "serial", "bootindex", "port", "chassis", "unit", "lun", "scsi-id", "nr", "slot", "node"):
                    real = self.ask("qom-get", path=f"/machine/peripheral/{name}", property=key)
                    if str(real).lower() != str(value).lower():
                        told.append(f"{name}: {key} is {real!r}, wanted {value!r}")
        return told


def check(text: str) -> list[str]:
    """Differences; RuntimeError with QEMU's complaint when it refuses the command line."""
    stand = Stand(text)
    try:
        stand.start()
        return stand.differences()
    finally:
        stand.stop()


def main(uri: str, files: list[str]) -> int:
    import corral

    conn = corral.open(uri)
    good = 0
    for file in files:
        try:
            told = check(conn.domainXMLToNative("qemu-argv", Path(file).read_text(), 0))
        except (RuntimeError, corral.libvirtError) as error:
            told = [str(error).replace("\n", " ")]
        good += not told
        for line in told:
            print(f"{Path(file).name}: {line}")
    print(f"{good} of {len(files)}")
    return good != len(files)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
