"""What a script of the field does: lists, a guest's life with its events, a volume's contents, an error."""

import libvirt

libvirt.registerErrorHandler(lambda context, error: None, None)
libvirt.virEventRegisterDefaultImpl()
conn = libvirt.open("test:///default")
print(conn.getURI(), conn.getType(), conn.getLibVersion())
for objects in (conn.listAllDomains(), conn.listAllNetworks(), conn.listAllStoragePools(), conn.listAllInterfaces()):
    print([item.name() for item in objects])

heard = []
watch = conn.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, lambda *args: heard.append((args[1].name(), *args[2:])), 7)
dom = conn.defineXML("<domain type='test'><name>mine</name><memory unit='MiB'>64</memory><vcpu>3</vcpu><os><type>hvm</type></os></domain>")
for step in (dom.create, dom.suspend, dom.resume, dom.destroy):
    print(step())
print(dom.info()[:4], dom.isPersistent(), dom.state())
dom.undefine()
while len(heard) < 6:
    libvirt.virEventRunDefaultImpl()
print(heard)
conn.domainEventDeregisterAny(watch)

test = conn.lookupByName("test")
test.setMetadata(libvirt.VIR_DOMAIN_METADATA_TITLE, "a title", None, None)
print(test.metadata(libvirt.VIR_DOMAIN_METADATA_TITLE, None), [row[:2] for row in test.vcpus()[0]], test.schedulerParameters())
snap = test.snapshotCreateXML("<domainsnapshot><name>s</name></domainsnapshot>")
print([item.getName() for item in test.listAllSnapshots()], snap.isCurrent())
test.revertToSnapshot(snap)
snap.delete()

pool = conn.storagePoolLookupByName("default-pool")
vol = pool.createXML("<volume><name>v</name><capacity>1048576</capacity></volume>")
print(pool.info()[0], vol.info(), vol.path(), [item.name() for item in pool.listAllVolumes()])
vol.delete()
net = conn.networkLookupByName("default")
print(net.isActive(), net.bridgeName(), net.autostart())
for call in (lambda: conn.lookupByName("nobody"), lambda: dom.info(), lambda: test.create(), lambda: conn.lookupByID(-4)):
    try:
        call()
    except libvirt.libvirtError as error:
        print(error.get_error_code(), error.get_error_domain(), error.get_error_level())
conn.close()
