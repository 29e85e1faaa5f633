"""A real guest from nothing: python3 guest.py FOLDER [URI]. Debian's kernel and a busybox initramfs boot under QEMU's own
emulation; the guest greets on its console, gets a disk while it runs, is pictured, saved, restored, and turned off by its
power button. Without a URI the guests live below FOLDER, in this process (qemu:///embed). guest.lua prints the same."""

import os
import subprocess
import sys
import time

import corral

HERE = os.path.dirname(os.path.abspath(__file__))


class Console:
    """Words go in, lines come out."""

    def __init__(self, domain):
        self.stream = domain.connect().newStream(0)
        domain.openConsole(None, self.stream, 0)
        self.text = b""

    def wait(self, word):
        while word not in self.text:
            data = self.stream.recv(4096)
            if not data:
                raise SystemExit(f"the console has ended: {self.text!r}")
            self.text += data
        before, _, self.text = self.text.partition(word)
        return before

    def ask(self, word, answer):
        self.stream.send(word + b"\n")
        return self.wait(answer)


def has_disk(console):
    console.ask(b"disks", b"guest: disks")
    return b"vda" in console.wait(b"\n")


def picture(conn, domain, path):
    stream = conn.newStream(0)
    kind = domain.screenshot(stream, 0)
    with open(path, "wb") as file:
        stream.recvAll(lambda _, data, file: file.write(data), file)
    stream.finish()
    return kind


def main(folder, uri):
    os.makedirs(folder, exist_ok=True)
    if not os.path.exists(os.path.join(folder, "initrd")):
        subprocess.run([os.path.join(HERE, "guest_image.sh"), folder], check=True)
    with open(os.path.join(HERE, "qemu.xml"), encoding="utf-8") as file:
        document = file.read().replace("FOLDER", folder)

    conn = corral.open(uri or f"qemu:///embed?root={folder}/host")
    domain = conn.defineXML(document)
    domain.create()
    print("started:", domain.name())
    console = Console(domain)
    console.wait(b"guest: ready")
    print("the guest is ready")

    with open(os.path.join(folder, "disk"), "wb") as file:
        file.truncate(1 << 20)
    domain.attachDevice(f"""<disk type='file'><driver name='qemu' type='raw'/><source file='{folder}/disk'/>
        <target dev='vda' bus='virtio'/></disk>""")
    while not has_disk(console):
        time.sleep(0.2)
    print("it has a disk: vda")

    print("a picture:", picture(conn, domain, os.path.join(folder, "screen")))
    domain.save(os.path.join(folder, "image"))
    print("saved, and off:", not domain.isActive())
    conn.restore(os.path.join(folder, "image"))
    console = Console(domain)
    console.ask(b"ping", b"guest: pong")
    print("restored, and it answers")

    domain.shutdown()
    while domain.isActive():
        time.sleep(0.1)
    print("turned off")
    domain.undefine()
    conn.close()


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        raise SystemExit(__doc__)
    main(os.path.abspath(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
