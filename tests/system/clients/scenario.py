"""scenario.py MODULE URI: what scripts do with guests, events, errors and keepalive. Prints the same for every client and daemon."""

import importlib
import sys

library = importlib.import_module(sys.argv[1])
library.virEventRegisterDefaultImpl()
library.registerErrorHandler(lambda *args: None, None)
GUEST = "<domain type='test'><name>{0}</name><memory unit='KiB'>65536</memory><vcpu>2</vcpu><os><type>hvm</type></os></domain>"


def run_until(done):
    timer = library.virEventAddTimeout(20, lambda *args: None, None)
    while not done():
        library.virEventRunDefaultImpl()
    library.virEventRemoveTimeout(timer)


conn = library.open(sys.argv[2])
print(conn.getType(), conn.isAlive(), conn.isSecure(), conn.isEncrypted(), conn.setKeepAlive(5, 3))
heard = []
number = conn.domainEventRegisterAny(None, library.VIR_DOMAIN_EVENT_ID_LIFECYCLE, lambda c, d, event, detail, o: heard.append((d.name(), event, detail, o)), "o")
dom = conn.defineXML(GUEST.format("client"))
dom.create()
print(dom.info()[:4], dom.maxMemory(), dom.isPersistent(), sorted(guest.name() for guest in conn.listAllDomains()))
dom.suspend()
dom.resume()
dom.setMetadata(library.VIR_DOMAIN_METADATA_TITLE, "title", None, None, library.VIR_DOMAIN_AFFECT_LIVE)
print(dom.metadata(library.VIR_DOMAIN_METADATA_TITLE, None, library.VIR_DOMAIN_AFFECT_LIVE))
snapshot = dom.snapshotCreateXML("<domainsnapshot><name>one</name></domainsnapshot>")
print(dom.snapshotListNames(), dom.snapshotCurrent().getName())
snapshot.delete()
print(sorted(conn.getAllDomainStats(library.VIR_DOMAIN_STATS_STATE)[0][1]))
dom.destroy()
dom.undefine()
run_until(lambda: len(heard) >= 6)
conn.domainEventDeregisterAny(number)
print(heard)
for wrong in (lambda: conn.lookupByName("nobody"), lambda: conn.defineXML("<domain"), lambda: dom.info()):
    try:
        wrong()
    except library.libvirtError as error:
        print(error.get_error_code(), error.get_error_level())
stream = conn.newStream()
conn.lookupByName("test").screenshot(stream, 0)
size = 0
while data := stream.recv(10_000):
    size += len(data)
stream.finish()
print(size > 100)
stream = conn.newStream()
conn.lookupByName("test").screenshot(stream, 0)
stream.abort()
network = conn.networkDefineXML("<network><name>lan</name></network>")
network.create()
print(sorted(it.name() for it in conn.listAllNetworks()), network.isActive())
network.destroy()
network.undefine()
conn.close()
