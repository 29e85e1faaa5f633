"""A volume with holes goes to the daemon and comes back, from our own client."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import corral
from soak_load import descriptors, resident
from support import Daemon
from test_clients import give_sparsely

MIB = 1 << 20


def make_image(path: Path, size: int) -> None:
    """Data of many lengths at odd places, and holes between them: at the beginning and the end, too."""
    with open(path, "wb") as file:
        for number, offset in enumerate(range(size // 64, size - size // 64, size // 48)):
            file.seek(offset + number * 4099)
            file.write(os.urandom(1 + number * 791_900_017 % (size // 100)))
        file.truncate(size)


def holes_of(path: Path) -> int:
    return path.stat().st_size - path.stat().st_blocks * 512


def there_and_back(daemon: Daemon, image: Path, back: Path) -> float:
    """How many seconds both ways took."""
    size = image.stat().st_size
    with corral.open(daemon.uri()) as conn, open(image, "rb") as file, open(back, "wb") as out:
        pool = conn.storagePoolLookupByName("default-pool")
        volume = pool.createXML(f"<volume><name>carried</name><capacity>{size}</capacity><allocation>0</allocation></volume>")
        began = time.monotonic()
        stream = conn.newStream()
        volume.upload(stream, 0, size, corral.VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM)
        give_sparsely(stream, file.fileno())
        stream.finish()
        stream = conn.newStream()
        volume.download(stream, 0, size, corral.VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM)
        while data := stream.recvFlags(262_144, corral.VIR_STREAM_RECV_STOP_AT_HOLE):
            if data == -3:
                out.seek(stream.recvHole(), os.SEEK_CUR)
            else:
                out.write(data)
        stream.finish()
        took = time.monotonic() - began
        out.truncate()
        volume.delete()
    return took


def check(folder: Path, size: int, times: int = 1) -> None:
    image, back = folder / "image", folder / "back"
    make_image(image, size)
    # what AddressSanitizer keeps of freed memory is not the daemon's
    asan = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "quarantine_size_mb=1"]))
    with Daemon(environment={"ASAN_OPTIONS": asan}) as daemon:
        there_and_back(daemon, image, back)
        before, fds = resident(daemon), descriptors(daemon)
        for _ in range(times):
            took = there_and_back(daemon, image, back)
            print(f"{size // MIB} MiB, {(size - holes_of(image)) // MIB} of them data, there and back in {took:.2f} s")
        after = resident(daemon)
        assert subprocess.run(["cmp", image, back]).returncode == 0
        assert back.stat().st_size == size
        # holes are not written out, on neither side: what the daemon has kept is far less than the volume
        assert holes_of(back) > size // 2 and after < before + size // 1024 // 4
        assert descriptors(daemon) <= fds + 1


def test_64_mib_with_holes(tmp_path: Path) -> None:
    check(tmp_path, 64 * MIB)
