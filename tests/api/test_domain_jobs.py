"""Jobs on whole guests: backups, their figures and their ends; saved images; how fast memory is written to."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Iterator

import corral
import pytest
from job_support import GUEST, Heard, open_world, poll, refused

COMPLETED, FAILED, CANCELLED = corral.VIR_DOMAIN_JOB_COMPLETED, corral.VIR_DOMAIN_JOB_FAILED, corral.VIR_DOMAIN_JOB_CANCELLED
UNBOUNDED, NONE = corral.VIR_DOMAIN_JOB_UNBOUNDED, corral.VIR_DOMAIN_JOB_NONE
PAST, KEEP = corral.VIR_DOMAIN_JOB_STATS_COMPLETED, corral.VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED
PUSH = "<domainbackup><disks><disk name='vda'><target file='/backup/vda'/></disk></disks></domainbackup>"
PULL = "<domainbackup mode='pull'/>"


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


def wait_until_idle(dom: corral.virDomain) -> None:
    poll(lambda: dom.jobInfo()[0] == NONE)


def capacity(dom: corral.virDomain, *disks: str) -> int:
    return sum(dom.blockInfo(disk)[0] for disk in disks)


def test_without_a_job(dom: corral.virDomain) -> None:
    assert dom.jobInfo() == [0] * 12
    assert dom.jobStats() == {"type": NONE} and dom.jobStats(PAST) == {"type": NONE}
    with refused(corral.VIR_ERR_OPERATION_INVALID, "no job is active"):
        dom.abortJob()
    with refused(corral.VIR_ERR_NO_DOMAIN_BACKUP, "no domain backup job"):
        dom.backupGetXMLDesc()
    with refused(corral.VIR_ERR_INVALID_ARG, "is required by flag"):
        dom.jobStats(KEEP)
    with refused(corral.VIR_ERR_INVALID_ARG, "unsupported flags"):
        dom.jobStats(1 << 9)
    dom.destroy()
    for call in (dom.jobInfo, dom.jobStats, dom.abortJob):
        with refused(corral.VIR_ERR_OPERATION_INVALID, "not running"):
            call()
    assert dom.jobStats(PAST) == {"type": NONE}


def test_a_pushed_backup_ends_by_itself(conn: corral.virConnect, dom: corral.virDomain) -> None:
    heard = Heard(conn, "completed")
    begun, info = 0, dom.jobInfo()
    while info[0] == NONE:  # it lasts a tenth of a second, and a look at it may come too late
        dom.backupBegin(PUSH, None)
        begun, info = begun + 1, dom.jobInfo()
    assert info[0] == UNBOUNDED and info[3] == info[9] == capacity(dom, "vda")
    assert info[3] == info[4] + info[5]
    poll(lambda: len(heard.list) == begun or corral.virEventRunDefaultImpl())
    _, figures = heard.list[-1]
    assert figures["operation"] == corral.VIR_DOMAIN_JOB_OPERATION_BACKUP and figures["success"] is True
    assert figures["disk_processed"] == figures["disk_total"] == capacity(dom, "vda") and figures["disk_remaining"] == 0
    assert dom.jobStats(PAST | KEEP) == dom.jobStats(PAST) == figures | {"type": COMPLETED}
    assert dom.jobStats(PAST) == {"type": NONE}


def test_what_a_backup_says_of_itself(dom: corral.virDomain) -> None:
    dom.backupBegin(PULL, "<domaincheckpoint><name>first</name></domaincheckpoint>")
    backup = ET.fromstring(dom.backupGetXMLDesc())
    assert backup.get("mode") == "pull"
    assert backup.find("server").attrib == {"transport": "tcp", "name": "localhost", "port": "10809"}
    disks = {disk.get("name"): disk for disk in backup.iter("disk")}
    assert disks["vda"].get("backup") == "yes" and disks["hda"].get("backup") == "no"
    assert disks["vda"].find("scratch").get("file") == "/pool/top.first"
    assert disks["vda"].get("exportname") == "vda" and disks["vda"].get("backupmode") == "full"
    assert [checkpoint.getName() for checkpoint in dom.listAllCheckpoints()] == ["first"]
    dom.abortJob()
    dom.backupBegin("<domainbackup mode='pull'><incremental>first</incremental></domainbackup>", None)
    disk = ET.fromstring(dom.backupGetXMLDesc()).find("disks/disk[@name='vda']")
    assert (disk.get("backupmode"), disk.get("incremental")) == ("incremental", "first")


def test_a_pulled_backup_lasts_until_it_is_called_off(conn: corral.virConnect, dom: corral.virDomain) -> None:
    heard = Heard(conn, "completed")
    dom.backupBegin(PULL, None)
    figures = dom.jobStats()
    assert figures["type"] == UNBOUNDED and figures["disk_temp_total"] == capacity(dom, "vda", "vdb")
    assert dom.blockJobInfo("vda") in ({}, None)
    with refused(corral.VIR_ERR_OPERATION_UNSUPPORTED, "already in active block job"):
        dom.blockPull("vda")
    with refused(corral.VIR_ERR_OPERATION_INVALID, "post-copy"):
        dom.abortJobFlags(corral.VIR_DOMAIN_ABORT_JOB_POSTCOPY)
    dom.abortJobFlags(0)
    poll(lambda: heard.list or corral.virEventRunDefaultImpl())
    assert heard.list[0][1]["success"] is False
    assert dom.jobStats(PAST)["type"] == CANCELLED
    with refused(corral.VIR_ERR_NO_DOMAIN_BACKUP):
        dom.backupGetXMLDesc()


def test_a_backup_dies_with_the_run(conn: corral.virConnect, dom: corral.virDomain) -> None:
    heard = Heard(conn, "completed", "lifecycle")
    dom.backupBegin(PULL, None)
    dom.destroy()
    poll(lambda: len(heard.list) == 2 or corral.virEventRunDefaultImpl())
    assert [entry[0] for entry in heard.list] == ["completed", "lifecycle"]
    assert heard.list[0][1]["success"] is False and heard.list[0][1]["errmsg"]
    assert dom.jobStats(PAST)["type"] == FAILED


def test_a_backup_fails_where_a_node_says_so(tmp_path: Path) -> None:
    conn = open_world(tmp_path, "<corral:job name='virDomainBackupBegin' message='no space'/>", "failing.xml")
    dom = conn.defineXML(GUEST)
    dom.create()
    dom.backupBegin(PUSH, None)
    wait_until_idle(dom)
    figures = dom.jobStats(PAST)
    assert (figures["type"], figures["errmsg"], figures["success"]) == (FAILED, "no space", False)
    assert 0 < figures["disk_remaining"] < figures["disk_total"]
    conn.close()


@pytest.mark.parametrize("xml, code, text", [
    ("<domainbackup", corral.VIR_ERR_XML_DETAIL, ""),
    ("<domainbackup><disks><disk name='vdz'/></disks></domainbackup>", corral.VIR_ERR_CONFIG_UNSUPPORTED, "no disk named 'vdz'"),
    ("<domainbackup><disks><disk name='hda'/></disks></domainbackup>", corral.VIR_ERR_CONFIG_UNSUPPORTED, "'hda'"),
    ("<domainbackup><disks><disk name='vda'/><disk name='vda'/></disks></domainbackup>", corral.VIR_ERR_XML_ERROR, "twice"),
    ("<domainbackup><disks><disk name='vda' backup='no'/></disks></domainbackup>", corral.VIR_ERR_CONFIG_UNSUPPORTED, "no disks selected"),
    ("<domainbackup><incremental>none</incremental></domainbackup>", corral.VIR_ERR_NO_DOMAIN_CHECKPOINT, "'none'"),
    ("<domainbackup><disks><disk name='vda' backupmode='incremental'/></disks></domainbackup>", corral.VIR_ERR_INVALID_ARG, "'vda'"),
    ("<domainbackup mode='pull'><server transport='rdma' name='host'/></domainbackup>", corral.VIR_ERR_CONFIG_UNSUPPORTED, "rdma"),
])
def test_backups_that_cannot_be(dom: corral.virDomain, xml: str, code: int, text: str) -> None:
    with refused(code, text):
        dom.backupBegin(xml, "<domaincheckpoint><name>none-made</name></domaincheckpoint>")
    assert dom.listAllCheckpoints() == [] and dom.jobInfo()[0] == NONE


def test_when_a_backup_cannot_begin(dom: corral.virDomain) -> None:
    dom.checkpointCreateXML("<domaincheckpoint><name>part</name><disks><disk name='vdb'/></disks></domaincheckpoint>")
    with refused(corral.VIR_ERR_CHECKPOINT_INCONSISTENT, "'vda'"):
        dom.backupBegin("<domainbackup><incremental>part</incremental><disks><disk name='vda'/></disks></domainbackup>", None)
    with refused(corral.VIR_ERR_XML_DETAIL):
        dom.backupBegin(PUSH, "<domaincheckpoint")
    with refused(corral.VIR_ERR_OPERATION_FAILED, "part already exists"):
        dom.backupBegin(PUSH, "<domaincheckpoint><name>part</name></domaincheckpoint>")
    dom.blockCopy("vda", "<disk type='file'><source file='/copy'/></disk>")
    with refused(corral.VIR_ERR_BLOCK_COPY_ACTIVE):
        dom.backupBegin(PUSH, None)
    dom.blockJobAbort("vda")
    dom.backupBegin(PULL, None)
    with refused(corral.VIR_ERR_OPERATION_INVALID, "another job"):
        dom.backupBegin(PUSH, None)
    dom.destroy()
    with refused(corral.VIR_ERR_OPERATION_INVALID, "not running"):
        dom.backupBegin(PUSH, None)


def test_saving_with_settings(conn: corral.virConnect, dom: corral.virDomain, tmp_path: Path) -> None:
    path = str(tmp_path / "image")
    titled = dom.XMLDesc(corral.VIR_DOMAIN_XML_SECURE).replace("<memory", "<title>moved</title><memory", 1)
    with refused(corral.VIR_ERR_CONFIG_UNSUPPORTED):
        dom.saveParams({"file": path, "dxml": titled.replace("vdb", "vdc")})
    with refused(corral.VIR_ERR_ARGUMENT_UNSUPPORTED, "'path'"):
        dom.saveParams({"path": path})
    with refused(corral.VIR_ERR_INVALID_ARG, "dxml"):
        dom.saveParams({"dxml": titled})
    assert dom.isActive()
    dom.saveParams({"file": path, "dxml": titled})
    assert not dom.isActive()
    with refused(corral.VIR_ERR_OPERATION_INVALID):
        dom.saveParams({"file": path})
    with refused(corral.VIR_ERR_INVALID_ARG, "file"):
        conn.restoreParams({})
    with refused(corral.VIR_ERR_CONFIG_UNSUPPORTED):
        conn.restoreParams({"file": path, "dxml": titled.replace("vdb", "vdc")})
    conn.restoreParams({"file": path}, corral.VIR_DOMAIN_SAVE_PAUSED)
    assert dom.state()[0] == corral.VIR_DOMAIN_PAUSED and "<title>moved</title>" in dom.XMLDesc()


def test_the_document_of_a_managed_image(dom: corral.virDomain) -> None:
    for call in (dom.managedSaveGetXMLDesc, lambda: dom.managedSaveDefineXML(GUEST)):
        with refused(corral.VIR_ERR_OPERATION_INVALID, "managed save image"):
            call()
    dom.saveParams({})
    assert dom.hasManagedSaveImage()
    xml = dom.managedSaveGetXMLDesc()
    with refused(corral.VIR_ERR_CONFIG_UNSUPPORTED):
        dom.managedSaveDefineXML(xml.replace("vdb", "vdc"))
    with refused(corral.VIR_ERR_INVALID_ARG, "mutually exclusive"):
        dom.managedSaveDefineXML(xml, corral.VIR_DOMAIN_SAVE_PAUSED | corral.VIR_DOMAIN_SAVE_RUNNING)
    assert dom.managedSaveGetXMLDesc() == xml
    dom.managedSaveDefineXML(xml.replace("<memory", "<title>woken</title><memory", 1), corral.VIR_DOMAIN_SAVE_PAUSED)
    assert "<title>woken</title>" in dom.managedSaveGetXMLDesc()
    dom.create()
    assert "<title>woken</title>" in dom.XMLDesc() and dom.state()[0] == corral.VIR_DOMAIN_PAUSED
    assert "<title>woken</title>" not in dom.XMLDesc(corral.VIR_DOMAIN_XML_INACTIVE)
    assert not dom.hasManagedSaveImage()


def test_how_fast_memory_is_written_to(conn: corral.virConnect, dom: corral.virDomain) -> None:
    def rate() -> dict:
        return conn.getAllDomainStats(corral.VIR_DOMAIN_STATS_DIRTYRATE)[0][1]

    assert rate() == {"dirtyrate.calc_status": corral.VIR_DOMAIN_DIRTYRATE_UNSTARTED}
    for seconds in (0, 61, -1):
        with refused(corral.VIR_ERR_INVALID_ARG, "within [1, 60]"):
            dom.startDirtyRateCalc(seconds)
    with refused(corral.VIR_ERR_INVALID_ARG, "mutually exclusive"):
        dom.startDirtyRateCalc(1, 3)
    with refused(corral.VIR_ERR_OPERATION_INVALID, "dirty-ring"):
        dom.startDirtyRateCalc(1, corral.VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_RING)
    dom.startDirtyRateCalc(60, corral.VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_BITMAP)
    figures = rate()
    assert figures["dirtyrate.calc_status"] == corral.VIR_DOMAIN_DIRTYRATE_MEASURING
    assert figures["dirtyrate.calc_period"] == 60 and figures["dirtyrate.calc_mode"] == "dirty-bitmap"
    dom.startDirtyRateCalc(1, corral.VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_BITMAP)
    poll(lambda: rate()["dirtyrate.calc_status"] == corral.VIR_DOMAIN_DIRTYRATE_MEASURED)
    assert rate()["dirtyrate.megabytes_per_second"] == 0
    dom.destroy()
    with refused(corral.VIR_ERR_OPERATION_INVALID):
        dom.startDirtyRateCalc(1)
