"""Migration between two worlds of the test driver: phases, events, refusals, and failures at each phase."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Callable, Iterator

import corral
import pytest
from job_support import GUEST, UUID, Heard, open_world, poll, refused

LIVE, PEER, TUNNEL = corral.VIR_MIGRATE_LIVE, corral.VIR_MIGRATE_PEER2PEER, corral.VIR_MIGRATE_TUNNELLED
PERSIST, UNDEFINE, OFFLINE = corral.VIR_MIGRATE_PERSIST_DEST, corral.VIR_MIGRATE_UNDEFINE_SOURCE, corral.VIR_MIGRATE_OFFLINE
PAST = corral.VIR_DOMAIN_JOB_STATS_COMPLETED
RUNNING, PAUSED, SHUTOFF = corral.VIR_DOMAIN_RUNNING, corral.VIR_DOMAIN_PAUSED, corral.VIR_DOMAIN_SHUTOFF
MOVED = [SHUTOFF, corral.VIR_DOMAIN_SHUTOFF_MIGRATED]
SLOW = {"bandwidth": 1}  # 256 s for its 256 MiB: as good as for ever


def life(event: str, detail: str) -> tuple:
    return ("lifecycle", getattr(corral, f"VIR_DOMAIN_EVENT_{event}"), getattr(corral, f"VIR_DOMAIN_EVENT_{event}_{detail}"))


@pytest.fixture
def source(tmp_path: Path) -> Iterator[corral.virConnect]:
    conn = open_world(tmp_path, name="source.xml")
    yield conn
    conn.close()


@pytest.fixture
def destination(tmp_path: Path) -> Iterator[corral.virConnect]:
    conn = open_world(tmp_path, name="destination.xml")
    yield conn
    conn.close()


@pytest.fixture
def dom(source: corral.virConnect) -> corral.virDomain:
    dom = source.defineXML(GUEST)
    dom.create()
    return dom


def names(conn: corral.virConnect) -> list[str]:
    return [dom.name() for dom in conn.listAllDomains()]


def test_a_guest_moves_with_its_events(source: corral.virConnect, destination: corral.virConnect, dom: corral.virDomain) -> None:
    here, there = Heard(source, "lifecycle", "iteration"), Heard(destination, "lifecycle")
    moved = dom.migrate(destination, LIVE | PERSIST | UNDEFINE)
    assert moved.name() == "worker" and moved.UUIDString() == UUID and moved.connect() is destination
    assert moved.state() == [RUNNING, corral.VIR_DOMAIN_RUNNING_MIGRATED] and moved.isPersistent()
    assert names(source) == []
    here.wait(("iteration", 1), ("iteration", 2), life("SUSPENDED", "MIGRATED"), life("STOPPED", "MIGRATED"), life("UNDEFINED", "REMOVED"))
    there.wait(life("STARTED", "MIGRATED"), life("DEFINED", "ADDED"), life("RESUMED", "MIGRATED"))


def test_a_guest_that_is_not_live_stands_still_from_the_start(source, destination, dom) -> None:
    heard = Heard(source, "lifecycle", "iteration", "completed")
    moved = dom.migrate2(destination, None, 0, None, None, 0)
    assert not moved.isPersistent() and dom.state() == MOVED
    poll(lambda: len(heard.list) == 5 or corral.virEventRunDefaultImpl())
    assert [entry[:1] if entry[0] == "completed" else entry for entry in heard.list] == [
        ("iteration", 1), life("SUSPENDED", "MIGRATED"), ("iteration", 2), life("STOPPED", "MIGRATED"), ("completed",)]
    figures = heard.list[4][1]
    assert figures["operation"] == corral.VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT
    assert figures["memory_processed"] == figures["memory_total"] == 256 << 20
    assert dom.jobStats(PAST) == figures | {"type": corral.VIR_DOMAIN_JOB_COMPLETED}
    assert moved.jobStats(PAST)["operation"] == corral.VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN


def test_a_paused_guest_stays_paused(destination, dom) -> None:
    dom.suspend()
    heard = Heard(destination, "lifecycle")
    moved = dom.migrate3(destination, {}, LIVE)
    assert moved.state() == [PAUSED, corral.VIR_DOMAIN_PAUSED_USER]
    heard.wait(life("STARTED", "MIGRATED"), life("SUSPENDED", "PAUSED"))
    moved.resume()


def test_settings(destination, dom) -> None:
    titled = dom.XMLDesc().replace("<memory", "<title>there</title><memory", 1)
    stored = GUEST.replace("<memory", "<title>stored</title><memory", 1)
    moved = dom.migrate3(destination, {"destination_name": "other", "destination_xml": titled, "persistent_xml": stored,
                                       "migrate_uri": "tcp:host:1", "bandwidth": 1 << 20, "migrate_disks": ["vda", "vdb"]},
                         LIVE | PERSIST | corral.VIR_MIGRATE_PAUSED | corral.VIR_MIGRATE_NON_SHARED_DISK)
    assert moved.name() == "other" and moved.state()[0] == PAUSED
    assert "<title>there</title>" in moved.XMLDesc()
    assert "<title>stored</title>" in moved.XMLDesc(corral.VIR_DOMAIN_XML_INACTIVE)
    assert "<name>other</name>" in moved.XMLDesc(corral.VIR_DOMAIN_XML_INACTIVE)


def test_by_way_of_the_source(source, destination, dom) -> None:
    uri = destination.getURI()
    dom.migrateToURI(uri, PEER | LIVE, "first")
    first = destination.lookupByName("first")
    assert first.isActive() and dom.state() == MOVED
    dom.undefine()
    first.migrateToURI2(source.getURI(), None, None, PEER | TUNNEL, "second")
    assert names(destination) == [] and names(source) == ["second"]
    source.lookupByName("second").migrateToURI3(uri, {"destination_name": "third"}, PEER | PERSIST)
    assert names(destination) == ["third"]
    back = destination.lookupByName("third").migrate(source, PEER, "fourth")
    assert back.name() == "fourth" and back.connect() is source


def test_a_definition_moves_alone(source, destination, dom) -> None:
    here, there = Heard(source, "lifecycle"), Heard(destination, "lifecycle")
    dom.migrate(destination, OFFLINE | PERSIST)
    assert dom.isActive() and names(destination) == ["worker"] and not destination.listAllDomains()[0].isActive()
    there.wait(life("DEFINED", "ADDED"))
    dom.destroy()
    here.wait(life("STOPPED", "DESTROYED"))
    dom.migrateToURI3(destination.getURI(), {}, PEER | OFFLINE | PERSIST | UNDEFINE)
    assert names(source) == []
    there.wait(life("DEFINED", "UPDATED"))
    here.wait(life("UNDEFINED", "REMOVED"))


@pytest.mark.parametrize("flags, code, text", [
    (corral.VIR_MIGRATE_NON_SHARED_DISK | corral.VIR_MIGRATE_NON_SHARED_INC, corral.VIR_ERR_INVALID_ARG, "mutually exclusive"),
    (PEER | TUNNEL | corral.VIR_MIGRATE_PARALLEL, corral.VIR_ERR_INVALID_ARG, "mutually exclusive"),
    (corral.VIR_MIGRATE_NON_SHARED_SYNCHRONOUS_WRITES, corral.VIR_ERR_INVALID_ARG, "is required by flag"),
    (TUNNEL, corral.VIR_ERR_OPERATION_INVALID, "peer2peer"),
    (OFFLINE, corral.VIR_ERR_OPERATION_INVALID, "persistent flag"),
    (OFFLINE | PERSIST | corral.VIR_MIGRATE_NON_SHARED_DISK, corral.VIR_ERR_OPERATION_INVALID, "non-shared storage"),
    (OFFLINE | PERSIST | PEER | TUNNEL, corral.VIR_ERR_OPERATION_INVALID, "tunnelled offline"),
    (corral.VIR_MIGRATE_POSTCOPY | PEER | TUNNEL, corral.VIR_ERR_OPERATION_INVALID, "post-copy"),
    (corral.VIR_MIGRATE_POSTCOPY_RESUME, corral.VIR_ERR_OPERATION_INVALID, "interrupted"),
    (corral.VIR_MIGRATE_ZEROCOPY, corral.VIR_ERR_OPERATION_INVALID, "parallel"),
    (1 << 29, corral.VIR_ERR_INVALID_ARG, "unsupported flags"),
])
def test_flags_that_do_not_go_together(destination, dom, flags: int, code: int, text: str) -> None:
    before = dom.XMLDesc()
    with refused(code, text):
        dom.migrate(destination, flags)
    assert dom.state()[0] == RUNNING and dom.XMLDesc() == before and names(destination) == []


def test_ways_that_lead_nowhere(source, destination, dom, tmp_path: Path) -> None:
    with refused(corral.VIR_ERR_INVALID_ARG, "virDomainMigrateToURI3"):
        dom.migrate3(destination, {}, PEER)
    with refused(corral.VIR_ERR_INVALID_ARG, "peer2peer"):
        dom.migrate3(destination, {}, TUNNEL)
    with refused(corral.VIR_ERR_ARGUMENT_UNSUPPORTED, "direct migration"):
        dom.migrateToURI("tcp:host", LIVE)
    with refused(corral.VIR_ERR_INVALID_ARG, "dconnuri"):
        dom.migrateToURI3(None, {}, PEER)
    for uri in ("test:///nowhere", "qemu:///system", "no uri", ""):
        with refused(corral.VIR_ERR_OPERATION_FAILED, f"'{uri}'"):
            dom.migrateToURI3(uri, {}, PEER)
    with refused(corral.VIR_ERR_INTERNAL_ERROR, "same host"):
        dom.migrate(source)
    with refused(corral.VIR_ERR_INTERNAL_ERROR, "same host"):
        dom.migrateToURI(source.getURI(), PEER)
    twin = corral.open(destination.getURI())
    with refused(corral.VIR_ERR_OPERATION_FAILED, "one connection"):
        dom.migrateToURI(destination.getURI(), PEER)
    twin.close()
    with refused(corral.VIR_ERR_OPERATION_DENIED):
        dom.migrate(corral.openReadOnly("test:///default"))
    assert dom.state()[0] == RUNNING


def test_settings_that_are_wrong(destination, dom) -> None:
    other = GUEST.replace("<vcpu>2", "<vcpu>3")
    for settings, code in [({"speed": 1}, corral.VIR_ERR_ARGUMENT_UNSUPPORTED), ({"destination_xml": "<domain"}, corral.VIR_ERR_XML_DETAIL),
                           ({"destination_xml": other}, corral.VIR_ERR_CONFIG_UNSUPPORTED),
                           ({"persistent_xml": other}, corral.VIR_ERR_CONFIG_UNSUPPORTED),
                           ({"migrate_disks": ["vdz"]}, corral.VIR_ERR_INVALID_ARG)]:
        with refused(code):
            dom.migrate3(destination, settings, LIVE | PERSIST)
    assert dom.state()[0] == RUNNING and names(destination) == []


def test_states_in_which_a_guest_stays(source, destination, dom) -> None:
    dom.blockPull("vda", 1)
    with refused(corral.VIR_ERR_OPERATION_INVALID, "active block job"):
        dom.migrate(destination)
    dom.blockJobAbort("vda")
    dom.backupBegin("<domainbackup mode='pull'/>", None)
    with refused(corral.VIR_ERR_OPERATION_TIMEOUT, "backup"):
        dom.migrate(destination)
    dom.abortJob()
    dom.snapshotCreateXML("<domainsnapshot><name>s</name></domainsnapshot>")
    with refused(corral.VIR_ERR_OPERATION_INVALID, "1 snapshots"):
        dom.migrate(destination)
    dom.snapshotLookupByName("s").delete()
    dom.destroy()
    with refused(corral.VIR_ERR_OPERATION_INVALID, "not running"):
        dom.migrate(destination)
    source.defineXML(GUEST.replace("type='qcow2'/><source file='/pool/top'", "type='qcow2' cache='writeback'/><source file='/pool/top'"))
    dom.create()
    with refused(corral.VIR_ERR_MIGRATE_UNSAFE, "cache"):
        dom.migrate(destination)
    dom.migrate(destination, corral.VIR_MIGRATE_UNSAFE)


def test_a_destination_that_has_the_guest(destination, dom) -> None:
    there = destination.defineXML(GUEST)
    dom.migrate(destination, LIVE)
    assert there.isActive() and there.isPersistent()
    dom.create()
    with refused(corral.VIR_ERR_OPERATION_INVALID, "already active"):
        dom.migrate(destination)
    with refused(corral.VIR_ERR_OPERATION_FAILED, UUID):
        dom.migrate(destination, 0, "other")
    there.destroy()
    there.undefine()
    destination.defineXML(GUEST.replace(UUID, UUID.replace("4d", "5d")))
    with refused(corral.VIR_ERR_OPERATION_FAILED, "already exists"):
        dom.migrate(destination)
    assert dom.state()[0] == RUNNING


PHASES = {"Begin": "source", "Prepare": "destination", "Perform": "source", "Finish": "destination"}


@pytest.mark.parametrize("peer", [0, PEER], ids=["managed", "peer to peer"])
@pytest.mark.parametrize("protected", [0, corral.VIR_MIGRATE_CHANGE_PROTECTION], ids=["", "protected"])
@pytest.mark.parametrize("phase", PHASES)
def test_a_failure_leaves_everything_as_it_was(tmp_path: Path, phase: str, protected: int, peer: int) -> None:
    fault = f"<corral:call name='virDomainMigrate{phase}3Params' error='VIR_ERR_OPERATION_FAILED' message='broken' count='1'/>"
    source = open_world(tmp_path, fault if PHASES[phase] == "source" else "", "a.xml")
    destination = open_world(tmp_path, fault if PHASES[phase] == "destination" else "", "b.xml")
    dom = source.defineXML(GUEST)
    dom.create()
    here, there = Heard(source, "lifecycle"), Heard(destination, "lifecycle")
    with refused(corral.VIR_ERR_OPERATION_FAILED, "broken"):
        dom.migrate(destination, LIVE | PERSIST | UNDEFINE | protected | peer)
    assert dom.state()[0] == RUNNING and dom.isPersistent() and names(destination) == []
    dom.setMemory(1024)
    if phase == "Finish":
        here.wait(life("SUSPENDED", "MIGRATED"), life("RESUMED", "MIGRATED"))
    if phase in ("Perform", "Finish") and not (peer and phase == "Perform"):
        there.wait(life("STARTED", "MIGRATED"), life("STOPPED", "FAILED"))
    assert here.list == there.list == []
    source.close()
    destination.close()


def test_sending_breaks_off(tmp_path: Path, destination) -> None:
    source = open_world(tmp_path, "<corral:job name='virDomainMigratePerform3Params' message='cable cut' count='1'/>", "broken.xml")
    dom = source.defineXML(GUEST)
    dom.create()
    heard = Heard(source, "lifecycle")
    with refused(corral.VIR_ERR_OPERATION_FAILED, "migration out job: cable cut"):
        dom.migrate(destination)
    heard.wait(life("SUSPENDED", "MIGRATED"), life("RESUMED", "MIGRATED"))
    assert dom.jobStats(PAST)["type"] == corral.VIR_DOMAIN_JOB_FAILED and names(destination) == []
    dom.migrate(destination)
    source.close()


@pytest.mark.direct("the fault is the daemon's, whose source never hears of the last phase")
def test_the_last_phase_cannot_undo_a_move(tmp_path: Path, destination) -> None:
    fault = "<corral:call name='virDomainMigrateConfirm3Params' error='VIR_ERR_OPERATION_FAILED'/>"
    source = open_world(tmp_path, fault, "late.xml")
    dom = source.defineXML(GUEST)
    dom.create()
    assert dom.migrate(destination).isActive() and dom.state() == MOVED
    source.close()


def in_background(call: Callable[[], object]) -> tuple[threading.Thread, list]:
    outcome: list = []

    def run() -> None:
        try:
            outcome.append(call())
        except corral.libvirtError as error:
            outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome


def test_somebody_calls_it_off(source, destination, dom) -> None:
    thread, outcome = in_background(lambda: dom.migrate3(destination, SLOW, LIVE))
    poll(lambda: dom.jobInfo()[0])
    arriving = destination.lookupByName("worker")
    assert arriving.state() == [PAUSED, corral.VIR_DOMAIN_PAUSED_MIGRATION] and dom.state()[0] == RUNNING
    for call in (arriving.jobInfo, arriving.jobStats, arriving.abortJob):
        with refused(corral.VIR_ERR_OPERATION_INVALID):
            call()
    figures = dom.jobStats()
    assert figures["memory_total"] == 256 << 20 and figures["memory_iteration"] == 1
    # what changes the guest has to wait, and does not; what reads need not
    for change in (lambda: dom.setMemory(1024), dom.undefine, dom.shutdown, dom.managedSave, lambda: dom.save("/nowhere"),
                   lambda: dom.blockPull("vda"), lambda: dom.detachDeviceAlias("x"), lambda: dom.migrate(destination)):
        with refused(corral.VIR_ERR_OPERATION_TIMEOUT, "migration out"):
            change()
    with refused(corral.VIR_ERR_OPERATION_INVALID, "another job"):
        dom.backupBegin("<domainbackup/>", None)
    with refused(corral.VIR_ERR_OPERATION_INVALID, "VIR_MIGRATE_POSTCOPY"):
        dom.migrateStartPostCopy()
    with refused(corral.VIR_ERR_OPERATION_INVALID, "post-copy"):
        dom.abortJobFlags(corral.VIR_DOMAIN_ABORT_JOB_POSTCOPY)
    dom.abortJob()
    thread.join()
    assert outcome[0].get_error_code() == corral.VIR_ERR_OPERATION_ABORTED
    assert dom.jobStats(PAST)["type"] == corral.VIR_DOMAIN_JOB_CANCELLED
    assert dom.state()[0] == RUNNING and names(destination) == []


def test_speed_and_downtime(source, destination, dom) -> None:
    assert dom.migrateGetMaxSpeed() == (1 << 63) - 1 >> 20 and dom.migrateGetMaxSpeed(1) == 0
    assert dom.migrateGetMaxDowntime() == 300 and dom.migrateGetCompressionCache() == 64 << 20
    dom.migrateSetMaxSpeed(1)
    dom.migrateSetMaxSpeed(5, corral.VIR_DOMAIN_MIGRATE_MAX_SPEED_POSTCOPY)
    dom.migrateSetMaxDowntime(7)
    dom.migrateSetCompressionCache(4096)
    assert (dom.migrateGetMaxSpeed(), dom.migrateGetMaxSpeed(1), dom.migrateGetMaxDowntime()) == (1, 5, 7)
    assert dom.migrateGetCompressionCache() == 4096
    with refused(corral.VIR_ERR_OVERFLOW, "bandwidth must be less than"):
        dom.migrateSetMaxSpeed(1 << 44)
    thread, outcome = in_background(lambda: dom.migrate(destination, LIVE | corral.VIR_MIGRATE_COMPRESSED | corral.VIR_MIGRATE_AUTO_CONVERGE))
    poll(lambda: dom.jobInfo()[0])
    figures = dom.jobStats()
    assert figures["compression_cache"] == 4096 and figures["downtime"] == 7 and figures["auto_converge_throttle"] == 0
    dom.migrateSetMaxSpeed(1 << 30)
    thread.join()
    assert outcome[0].isActive()
    for call in (dom.migrateGetMaxDowntime, lambda: dom.migrateSetMaxDowntime(1), dom.migrateGetCompressionCache,
                 lambda: dom.migrateSetCompressionCache(1), lambda: dom.migrateGetMaxSpeed(1), lambda: dom.migrateSetMaxSpeed(1, 1),
                 dom.migrateStartPostCopy):
        with refused(corral.VIR_ERR_OPERATION_INVALID, "not running"):
            call()
    assert dom.migrateGetMaxSpeed() == 1 << 30


def test_postcopy(source, destination, dom) -> None:
    with refused(corral.VIR_ERR_OPERATION_INVALID, "in progress"):
        dom.migrateStartPostCopy()
    heard = Heard(source, "lifecycle")
    thread, outcome = in_background(lambda: dom.migrate3(destination, SLOW, LIVE | corral.VIR_MIGRATE_POSTCOPY))
    poll(lambda: dom.jobInfo()[0])
    dom.migrateStartPostCopy()
    thread.join()
    assert outcome[0].state()[0] == RUNNING
    heard.wait(life("SUSPENDED", "POSTCOPY"), life("STOPPED", "MIGRATED"))


def test_a_guest_that_dies_on_its_way(source, destination, dom) -> None:
    thread, outcome = in_background(lambda: dom.migrate3(destination, SLOW, LIVE))
    poll(lambda: dom.jobInfo()[0])
    dom.destroy()
    thread.join()
    assert outcome[0].get_error_code() == corral.VIR_ERR_OPERATION_FAILED
    assert dom.state()[0] == SHUTOFF and names(destination) == []


def test_a_deadline_ends_it(source, destination, dom) -> None:
    source.setCallTimeout(50)
    with refused(corral.VIR_ERR_OPERATION_TIMEOUT):
        dom.migrate3(destination, SLOW, LIVE)
    source.setCallTimeout(0)
    assert dom.state()[0] == RUNNING and names(destination) == []
    dom.destroy()  # a daemon has not heard of the deadline
