"""Jobs on disks: pull, commit, copy; how they end, and what becomes of the chain of layers."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Iterator

import corral
import pytest
from job_support import GUEST, Heard, open_world, poll, refused

PULL, COPY = corral.VIR_DOMAIN_BLOCK_JOB_TYPE_PULL, corral.VIR_DOMAIN_BLOCK_JOB_TYPE_COPY
COMMIT, ACTIVE = corral.VIR_DOMAIN_BLOCK_JOB_TYPE_COMMIT, corral.VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT
COMPLETED, FAILED = corral.VIR_DOMAIN_BLOCK_JOB_COMPLETED, corral.VIR_DOMAIN_BLOCK_JOB_FAILED
CANCELED, READY = corral.VIR_DOMAIN_BLOCK_JOB_CANCELED, corral.VIR_DOMAIN_BLOCK_JOB_READY
PIVOT, ASYNC = corral.VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT, corral.VIR_DOMAIN_BLOCK_JOB_ABORT_ASYNC
TARGET = "<disk type='file'><driver type='raw'/><source file='/pool/copy'/></disk>"


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[corral.virConnect]:
    conn = open_world(tmp_path)
    yield conn
    conn.close()


@pytest.fixture
def dom(conn: corral.virConnect) -> corral.virDomain:
    dom = conn.defineXML(GUEST)
    dom.create()
    return dom


def disk(dom: corral.virDomain, flags: int = 0, target: str = "vda") -> ET.Element:
    (it,) = [it for it in ET.fromstring(dom.XMLDesc(flags)).iter("disk") if it.find("target").get("dev") == target]
    return it


def chain(dom: corral.virDomain, flags: int = 0) -> list[str]:
    """The images of vda, topmost first."""
    images, layer = [], disk(dom, flags)
    while layer is not None and layer.find("source") is not None:
        images.append(layer.find("source").get("file") or layer.find("source").get("dev"))
        layer = layer.find("backingStore")
    return images


def wait_until_idle(dom: corral.virDomain, name: str = "vda") -> None:
    poll(lambda: not dom.blockJobInfo(name))


def wait_until_ready(dom: corral.virDomain) -> None:
    poll(lambda: disk(dom).find("mirror").get("ready") == "yes")


def test_a_pull_leaves_one_layer(conn: corral.virConnect, dom: corral.virDomain) -> None:
    heard = Heard(conn, "image", "disk")
    dom.blockPull("vda", bandwidth=1)
    info = dom.blockJobInfo("vda")
    assert info["type"] == PULL and info["bandwidth"] == 1 and 0 <= info["cur"] < info["end"]
    assert info["end"] == dom.blockInfo("vda")[0]
    assert chain(dom) == ["/pool/top", "/pool/middle", "/pool/base"]
    dom.blockJobSetSpeed("vda", 0)
    wait_until_idle(dom)
    assert chain(dom) == chain(dom, corral.VIR_DOMAIN_XML_INACTIVE) == ["/pool/top"]
    heard.wait(("image", "/pool/top", PULL, COMPLETED), ("disk", "vda", PULL, COMPLETED))


def test_a_job_ends_without_being_asked(conn: corral.virConnect, dom: corral.virDomain) -> None:
    heard = Heard(conn, "disk")
    dom.blockPull("vda")
    heard.wait(("disk", "vda", PULL, COMPLETED))
    assert chain(dom) == ["/pool/top"]


def test_a_rebase_keeps_what_is_below_its_base(dom: corral.virDomain) -> None:
    dom.blockRebase("vda", "/pool/base")
    wait_until_idle(dom)
    assert chain(dom) == ["/pool/top", "/pool/base"]


@pytest.mark.parametrize("base", ["vda[2]", "/pool/base"])
def test_layers_have_numbers_and_paths(dom: corral.virDomain, base: str) -> None:
    dom.blockRebase("vda", base, 1 << 20, corral.VIR_DOMAIN_BLOCK_REBASE_BANDWIDTH_BYTES)
    assert dom.blockJobInfo("vda")["bandwidth"] == 1
    assert dom.blockJobInfo("vda", corral.VIR_DOMAIN_BLOCK_JOB_INFO_BANDWIDTH_BYTES)["bandwidth"] == 1 << 20
    dom.blockJobAbort("vda")
    assert len(chain(dom)) == 3


def test_a_commit_takes_a_middle_layer_away(conn: corral.virConnect, dom: corral.virDomain) -> None:
    heard = Heard(conn, "disk")
    dom.blockCommit("vda", None, "/pool/middle", 1, corral.VIR_DOMAIN_BLOCK_COMMIT_SHALLOW)
    assert dom.blockJobInfo("vda")["type"] == COMMIT
    dom.blockJobSetSpeed("vda", 0)
    heard.wait(("disk", "vda", COMMIT, COMPLETED))
    assert chain(dom) == ["/pool/top", "/pool/base"]


def test_an_active_commit_waits_for_its_end(conn: corral.virConnect, dom: corral.virDomain) -> None:
    heard = Heard(conn, "disk")
    dom.blockCommit("vda", None, None, 1, corral.VIR_DOMAIN_BLOCK_COMMIT_ACTIVE)
    with refused(corral.VIR_ERR_BLOCK_COPY_ACTIVE, "not ready"):
        dom.blockJobAbort("vda", PIVOT)
    mirror = disk(dom).find("mirror")
    assert mirror.get("job") == "active-commit" and mirror.get("ready") is None
    assert mirror.find("source").get("file") == "/pool/base"
    dom.blockJobSetSpeed("vda", 0)
    heard.wait(("disk", "vda", ACTIVE, READY))
    info = dom.blockJobInfo("vda")
    assert info["cur"] == info["end"]
    dom.blockJobAbort("vda", PIVOT)
    heard.wait(("disk", "vda", ACTIVE, COMPLETED))
    assert chain(dom) == chain(dom, corral.VIR_DOMAIN_XML_INACTIVE) == ["/pool/base"]
    assert disk(dom).find("mirror") is None and disk(dom).find("driver").get("type") == "raw"


def test_an_active_commit_that_is_called_off_changes_nothing(dom: corral.virDomain) -> None:
    before = dom.XMLDesc()
    dom.blockCommit("vda", "/pool/middle", None, 0, corral.VIR_DOMAIN_BLOCK_COMMIT_ACTIVE)
    wait_until_ready(dom)
    dom.blockJobAbort("vda", ASYNC)
    assert dom.XMLDesc() == before


def test_a_copy_and_its_two_ends(conn: corral.virConnect, dom: corral.virDomain) -> None:
    heard = Heard(conn, "image", "disk")
    before = dom.XMLDesc()
    dom.blockCopy("vda", TARGET, {"bandwidth": 1 << 20, "granularity": 65536, "buf-size": 0})
    mirror = disk(dom).find("mirror")
    assert (mirror.get("type"), mirror.get("job"), mirror.get("file")) == ("file", "copy", "/pool/copy")
    dom.blockJobAbort("vda")
    heard.wait(("image", "/pool/top", COPY, CANCELED), ("disk", "vda", COPY, CANCELED))
    assert dom.XMLDesc() == before
    dom.blockCopy("vda", TARGET)
    heard.wait(("image", "/pool/top", COPY, READY), ("disk", "vda", COPY, READY))
    dom.blockJobAbort("vda", PIVOT)
    heard.wait(("image", "/pool/top", COPY, COMPLETED), ("disk", "vda", COPY, COMPLETED))
    assert chain(dom) == chain(dom, corral.VIR_DOMAIN_XML_INACTIVE) == ["/pool/copy"]


def test_a_shallow_copy_shares_the_layers(dom: corral.virDomain) -> None:
    flags = corral.VIR_DOMAIN_BLOCK_REBASE_COPY | corral.VIR_DOMAIN_BLOCK_REBASE_SHALLOW
    dom.blockRebase("vda", "/dev/copy", 0, flags | corral.VIR_DOMAIN_BLOCK_REBASE_COPY_DEV)
    wait_until_ready(dom)
    dom.blockJobAbort("vda", PIVOT)
    assert chain(dom) == ["/dev/copy", "/pool/middle", "/pool/base"]
    assert disk(dom).get("type") == "block" and disk(dom).find("driver").get("type") == "qcow2"


def test_a_definition_with_another_image_stays_as_it_is(conn: corral.virConnect, dom: corral.virDomain) -> None:
    conn.defineXML(GUEST.replace("/pool/top", "/pool/next"))
    dom.blockPull("vda")
    wait_until_idle(dom)
    assert chain(dom) == ["/pool/top"]
    assert chain(dom, corral.VIR_DOMAIN_XML_INACTIVE) == ["/pool/next", "/pool/middle", "/pool/base"]


def test_two_disks_have_two_jobs_that_end_with_the_run(dom: corral.virDomain) -> None:
    dom.blockPull("vda", 1)
    dom.blockCopy("vdb", TARGET, {"bandwidth": 1})
    assert dom.blockJobInfo("vda")["type"] == PULL and dom.blockJobInfo("vdb")["type"] == COPY
    dom.destroy()
    dom.create()
    assert not dom.blockJobInfo("vda") and not dom.blockJobInfo("vdb")


@pytest.mark.parametrize("start, call, kind", [
    (lambda dom: dom.blockPull("vda"), "virDomainBlockPull", PULL),
    (lambda dom: dom.blockRebase("vda", "/pool/base"), "virDomainBlockRebase", PULL),
    (lambda dom: dom.blockCopy("vda", TARGET), "virDomainBlockCopy", COPY),
    (lambda dom: dom.blockCommit("vda", None, "/pool/middle"), "virDomainBlockCommit", COMMIT),
], ids=lambda it: it if isinstance(it, str) else "")
def test_jobs_fail_where_a_node_says_so(tmp_path: Path, start, call: str, kind: int) -> None:
    conn = open_world(tmp_path, f"<corral:job name='{call}' count='1'/>", "failing.xml")
    dom = conn.defineXML(GUEST)
    dom.create()
    before = dom.XMLDesc()
    heard = Heard(conn, "disk")
    start(dom)
    heard.wait(("disk", "vda", kind, FAILED))
    assert dom.XMLDesc() == before and not dom.blockJobInfo("vda")
    start(dom)
    heard.wait(("disk", "vda", kind, READY if kind == COPY else COMPLETED))
    conn.close()


def test_a_node_that_says_so_wrongly(tmp_path: Path) -> None:
    with refused(corral.VIR_ERR_XML_ERROR, "corral:job"):
        open_world(tmp_path, "<corral:job message='of what?'/>", "nameless.xml")


STARTS = {
    "pull": lambda dom, disk: dom.blockPull(disk),
    "rebase": lambda dom, disk: dom.blockRebase(disk, None),
    "copy": lambda dom, disk: dom.blockCopy(disk, TARGET),
    "commit": lambda dom, disk: dom.blockCommit(disk, None, None, 0, corral.VIR_DOMAIN_BLOCK_COMMIT_ACTIVE),
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_what_cannot_have_a_job(dom: corral.virDomain, start) -> None:
    with refused(corral.VIR_ERR_INVALID_ARG, "'vdz'"):
        start(dom, "vdz")
    with refused(corral.VIR_ERR_INVALID_ARG, "source"):
        start(dom, "hda")
    dom.blockPull("vda", 1)
    with refused(corral.VIR_ERR_OPERATION_UNSUPPORTED, "already in active block job"):
        start(dom, "vda")
    dom.blockJobAbort("vda")
    dom.blockCopy("vda", TARGET)
    with refused(corral.VIR_ERR_BLOCK_COPY_ACTIVE, "already in active block job"):
        start(dom, "vda")
    dom.destroy()
    with refused(corral.VIR_ERR_OPERATION_INVALID, "not running"):
        start(dom, "vda")


def test_calls_about_no_job(dom: corral.virDomain) -> None:
    assert dom.blockJobInfo("vda") in ({}, None)
    for call in (dom.blockJobAbort, lambda disk: dom.blockJobSetSpeed(disk, 1)):
        with refused(corral.VIR_ERR_INVALID_ARG, "does not have an active block job"):
            call("vda")
        with refused(corral.VIR_ERR_INVALID_ARG, "not found"):
            call("vdz")
    with refused(corral.VIR_ERR_INVALID_ARG, "not found"):
        dom.blockJobInfo("vdz")
    dom.blockPull("vda", 1)
    with refused(corral.VIR_ERR_OPERATION_INVALID, "does not support pivot"):
        dom.blockJobAbort("vda", PIVOT)
    dom.destroy()
    for call in (dom.blockJobAbort, dom.blockJobInfo, lambda disk: dom.blockJobSetSpeed(disk, 1)):
        with refused(corral.VIR_ERR_OPERATION_INVALID, "not running"):
            call("vda")


def test_limits_that_cannot_be_counted_in_bytes(dom: corral.virDomain) -> None:
    for call in (lambda: dom.blockPull("vda", 1 << 44), lambda: dom.blockRebase("vda", None, 1 << 44),
                 lambda: dom.blockCommit("vda", None, "/pool/middle", 1 << 44), lambda: dom.blockJobSetSpeed("vda", 1 << 44),
                 lambda: dom.blockCopy("vda", TARGET, {"bandwidth": 1 << 63})):
        with refused(corral.VIR_ERR_OVERFLOW, "bandwidth must be less than"):
            call()
    assert not dom.blockJobInfo("vda")


def test_rebases_that_make_no_sense(dom: corral.virDomain) -> None:
    for flags in (corral.VIR_DOMAIN_BLOCK_REBASE_SHALLOW, corral.VIR_DOMAIN_BLOCK_REBASE_REUSE_EXT,
                  corral.VIR_DOMAIN_BLOCK_REBASE_COPY_RAW, corral.VIR_DOMAIN_BLOCK_REBASE_COPY_DEV):
        with refused(corral.VIR_ERR_INVALID_ARG, "requires a copy job"):
            dom.blockRebase("vda", "/pool/base", 0, flags)
    with refused(corral.VIR_ERR_INVALID_ARG, "must not be NULL"):
        dom.blockRebase("vda", None, 0, corral.VIR_DOMAIN_BLOCK_REBASE_COPY)
    with refused(corral.VIR_ERR_INVALID_ARG, "non-null base"):
        dom.blockRebase("vda", None, 0, corral.VIR_DOMAIN_BLOCK_REBASE_RELATIVE)
    for base in ("/pool/other", "vda[3]", "vdb[1]", "vda[", "/pool/top"):
        with refused(corral.VIR_ERR_INVALID_ARG, base):
            dom.blockRebase("vda", base)
    with refused(corral.VIR_ERR_INVALID_ARG, "unsupported flags"):
        dom.blockRebase("vda", None, 0, 1 << 20)


def test_commits_that_make_no_sense(dom: corral.virDomain) -> None:
    active, shallow = corral.VIR_DOMAIN_BLOCK_COMMIT_ACTIVE, corral.VIR_DOMAIN_BLOCK_COMMIT_SHALLOW
    for arguments, text in [((None, None, 0, 0), "requires active flag"), ((None, "/pool/middle", 0, active), "is not active"),
                            ((None, "/pool/other", 0, 0), "/pool/other"), (("/pool/other", None, 0, active), "/pool/other"),
                            (("/pool/middle", "/pool/middle", 0, 0), "below"), ((None, "/pool/base", 0, 0), "no backing file"),
                            (("/pool/base", None, 0, active | shallow), "not immediately below")]:
        with refused(corral.VIR_ERR_INVALID_ARG, text):
            dom.blockCommit("vda", *arguments)
    with refused(corral.VIR_ERR_INVALID_ARG, "no backing file"):
        dom.blockCommit("vdb", None, None, 0, active)


def test_copies_that_make_no_sense(dom: corral.virDomain) -> None:
    with refused(corral.VIR_ERR_XML_DETAIL):
        dom.blockCopy("vda", "<disk")
    with refused(corral.VIR_ERR_XML_ERROR, "'disk'"):
        dom.blockCopy("vda", "<copy/>")
    with refused(corral.VIR_ERR_INVALID_ARG, "source"):
        dom.blockCopy("vda", "<disk type='file'/>")
    with refused(corral.VIR_ERR_INVALID_ARG, "power of 2"):
        dom.blockCopy("vda", TARGET, {"granularity": 65535})
    with refused(corral.VIR_ERR_ARGUMENT_UNSUPPORTED, "'speed'"):
        dom.blockCopy("vda", TARGET, {"speed": 1})
    assert disk(dom).find("mirror") is None


def test_other_devices_change_meanwhile(dom: corral.virDomain) -> None:
    dom.blockCopy("vda", TARGET)
    wait_until_ready(dom)
    mirror = ET.tostring(disk(dom).find("mirror"))
    dom.attachDevice("<disk type='file'><source file='/pool/more'/><target dev='vdc' bus='virtio'/></disk>")
    assert ET.tostring(disk(dom).find("mirror")) == mirror
    with refused(corral.VIR_ERR_BLOCK_COPY_ACTIVE, "'vda'"):
        dom.detachDevice(ET.tostring(disk(dom), encoding="unicode"))
    dom.blockJobAbort("vda", PIVOT)
    assert chain(dom) == ["/pool/copy"]
    dom.blockPull("vda", 1)
    with refused(corral.VIR_ERR_OPERATION_UNSUPPORTED, "'vda'"):
        dom.detachDevice(ET.tostring(disk(dom), encoding="unicode"))
    dom.blockJobAbort("vda")
    dom.detachDevice(ET.tostring(disk(dom), encoding="unicode"))


def test_sizes(dom: corral.virDomain) -> None:
    dom.blockResize("vda", 4096)
    assert dom.blockInfo("vda") == [4096 << 10] * 3
    dom.blockResize("vda", 512, corral.VIR_DOMAIN_BLOCK_RESIZE_BYTES)
    assert dom.blockInfo("vda")[0] == 512 and dom.blockInfo("vdb")[0] > 1 << 39
    with refused(corral.VIR_ERR_INVALID_ARG, "vdz"):
        dom.blockResize("vdz", 1)
    with refused(corral.VIR_ERR_INVALID_ARG, "empty path"):
        dom.blockResize("", 1)
    with refused(corral.VIR_ERR_OVERFLOW, "size must be less than"):
        dom.blockResize("vda", 1 << 54)
    dom.destroy()
    with refused(corral.VIR_ERR_OPERATION_INVALID):
        dom.blockResize("vda", 1)


def test_thresholds(conn: corral.virConnect, dom: corral.virDomain) -> None:
    def thresholds() -> dict:
        return {name: value for name, value in conn.getAllDomainStats()[0][1].items() if name.endswith("threshold")}

    heard = Heard(conn, "threshold")
    dom.blockResize("vda", 1000, corral.VIR_DOMAIN_BLOCK_RESIZE_BYTES)
    dom.setBlockThreshold("vda", 900)
    heard.wait(("threshold", "vda", "/pool/top", 900, 100))
    assert thresholds() == {}
    dom.setBlockThreshold("vda", 1500)
    assert thresholds() == {"block.0.threshold": 1500}
    dom.setBlockThreshold("vda", 0)
    assert thresholds() == {}
    dom.setBlockThreshold("vda", 1500)
    dom.blockResize("vda", 1600, corral.VIR_DOMAIN_BLOCK_RESIZE_BYTES)
    heard.wait(("threshold", "vda", "/pool/top", 1500, 100))
    dom.setBlockThreshold("vda[1]", 600)
    heard.wait(("threshold", "vda[1]", "/pool/middle", 600, 1000))
    for name in ("", "vdz", "vda[9]", "vda[", "/pool/top"):
        with refused(corral.VIR_ERR_INVALID_ARG, f"'{name}'"):
            dom.setBlockThreshold(name, 1)
    dom.destroy()
    with refused(corral.VIR_ERR_OPERATION_INVALID):
        dom.setBlockThreshold("vda", 1)
