"""Images of real guests: saved, changed, and gone on from."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Any

import corral
from qemu_guest import Console, conn, document, loop, pid_of, raises, root, wait_for  # noqa: F401

RUNNING, PAUSED, OFF = corral.VIR_DOMAIN_RUNNING, corral.VIR_DOMAIN_PAUSED, corral.VIR_DOMAIN_SHUTOFF


def test_a_guest_goes_on_where_it_was_saved(conn: Any, root: Path) -> None:
    domain = conn.defineXML(document())
    domain.create()
    Console(domain).until("guest: ready")
    image = root / "image"
    domain.save(str(image))
    assert domain.state() == [OFF, corral.VIR_DOMAIN_SHUTOFF_SAVED]
    assert image.stat().st_mode & 0o777 == 0o600 and image.stat().st_size > 1024 * 1024
    assert "<title>" not in conn.saveImageGetXMLDesc(str(image), 0)
    text = conn.saveImageGetXMLDesc(str(image), corral.VIR_DOMAIN_SAVE_IMAGE_XML_SECURE)
    conn.saveImageDefineXML(str(image), text.replace("<memory", "<title>Changed</title><memory", 1), 0)
    conn.restore(str(image))
    assert domain.state() == [RUNNING, corral.VIR_DOMAIN_RUNNING_RESTORED]
    assert domain.metadata(corral.VIR_DOMAIN_METADATA_TITLE, None) == "Changed"
    console = Console(domain)
    console.say("ping")
    console.until("guest: pong")
    # its managed image is what the next start goes on from
    domain.managedSave()
    assert domain.hasManagedSaveImage() == 1
    with raises(corral.VIR_ERR_OPERATION_INVALID):
        domain.undefine()
    domain.create()
    assert domain.hasManagedSaveImage() == 0
    console = Console(domain)
    console.say("ping")
    console.until("guest: pong")
    domain.destroy()


def test_images_keep_whether_the_guest_ran(conn: Any, root: Path) -> None:
    domain = conn.defineXML(document(kernel=False))
    domain.create()
    domain.managedSave(corral.VIR_DOMAIN_SAVE_PAUSED)
    domain.create()
    assert domain.state()[0] == PAUSED
    domain.managedSave(corral.VIR_DOMAIN_SAVE_RUNNING)
    domain.create()
    assert domain.state()[0] == RUNNING
    domain.suspend()
    domain.managedSave()
    domain.managedSaveRemove()
    domain.create()
    assert domain.state() == [RUNNING, corral.VIR_DOMAIN_RUNNING_BOOTED]
    domain.managedSave()
    domain.undefineFlags(corral.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE)
    assert list((root / "lib" / "qemu" / "save").iterdir()) == []


def test_what_is_no_image_is_refused(conn: Any, root: Path) -> None:
    domain = conn.defineXML(document(kernel=False))
    (root / "none").write_bytes(b"x" * 10000)
    for call in (conn.restore, lambda path: conn.saveImageGetXMLDesc(path, 0)):
        with raises(corral.VIR_ERR_OPERATION_FAILED, "not an image"):
            call(str(root / "none"))
        with raises(corral.VIR_ERR_SYSTEM_ERROR, "cannot open"):
            call(str(root / "nothing"))
    domain.create()
    domain.save(str(root / "image"))
    whole = (root / "image").read_bytes()
    (root / "image").write_bytes(whole[:len(whole) // 2])
    with raises(corral.VIR_ERR_OPERATION_FAILED):
        conn.restore(str(root / "image"))
    assert domain.state()[0] == OFF
    (root / "image").write_bytes(whole)
    conn.restore(str(root / "image"))
    with raises(corral.VIR_ERR_OPERATION_INVALID, "already active"):
        conn.restore(str(root / "image"))
    domain.destroy()


def test_a_save_that_fails_leaves_the_guest_running(conn: Any, root: Path) -> None:
    domain = conn.defineXML(document(kernel=False))
    domain.create()
    with raises(corral.VIR_ERR_SYSTEM_ERROR):
        domain.save(str(root / "no" / "folder"))
    assert domain.state()[0] == RUNNING
    full = root / "full"
    full.symlink_to("/dev/full")
    with raises(corral.VIR_ERR_SYSTEM_ERROR):
        domain.save("/dev/full/image")
    assert domain.state()[0] == RUNNING
    domain.destroy()


def test_qemu_may_die_while_its_guest_is_saved(conn: Any, root: Path) -> None:
    domain = conn.defineXML(document(kernel=False))
    domain.create()
    os.kill(pid_of(root, "guest"), signal.SIGSTOP)
    failures: list[Any] = []

    def save() -> None:
        try:
            domain.save(str(root / "image"))
        except corral.libvirtError as error:
            failures.append(error)

    thread = threading.Thread(target=save)
    thread.start()
    wait_for(lambda: domain.controlInfo()[0] == corral.VIR_DOMAIN_CONTROL_JOB)
    os.kill(pid_of(root, "guest"), signal.SIGKILL)
    thread.join()
    assert len(failures) == 1
    wait_for(lambda: not domain.isActive())
    assert list(root.glob("image*")) == []
