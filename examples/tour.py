"""A tour: objects, a guest's life, events, a volume's contents, an error. tour.lua prints the same."""

import os

import corral

HERE = os.path.dirname(os.path.abspath(__file__))
EVENTS = {0: "defined", 1: "undefined", 2: "started", 3: "suspended", 4: "resumed", 5: "stopped", 6: "shut down"}


def read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as stream:
        return stream.read()


def show_lists(conn):
    print("connected to", conn.getURI())
    for kind, objects in (
        ("guests", conn.listAllDomains()),
        ("networks", conn.listAllNetworks()),
        ("pools", conn.listAllStoragePools()),
    ):
        print(f"{kind}: {', '.join(item.name() for item in objects)}")


def run_events():
    # events wait for the loop: one turn delivers what has happened
    corral.virEventRunDefaultImpl()


def on_lifecycle(conn, dom, event, detail, opaque):
    print(f"  event: {dom.name()} {EVENTS[event]}")


def guest(conn):
    watch = conn.domainEventRegisterAny(None, corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE, on_lifecycle, None)
    dom = conn.defineXML(read("guest.xml"))
    for step in (dom.create, dom.suspend, dom.resume, dom.destroy):
        step()
        run_events()
    state, max_memory, memory, vcpus, _ = dom.info()
    print(f"{dom.name()}: state {state}, {max_memory} KiB, {vcpus} vcpus")
    dom.undefine()
    run_events()
    conn.domainEventDeregisterAny(watch)


def volume(conn):
    pool = conn.storagePoolLookupByName("default-pool")
    vol = pool.createXML(read("volume.xml"))
    stream = conn.newStream()
    vol.upload(stream, 0, 11)
    stream.send(b"hello world")
    stream.finish()
    stream = conn.newStream()
    vol.download(stream, 6, 5)
    print("volume", vol.name(), "holds", stream.recv(64).decode())
    stream.finish()
    vol.delete()


def documents(conn):
    pool = conn.storagePoolLookupByName("default-pool").XMLDesc()
    net = conn.networkLookupByName("default").XMLDesc()
    for xml in (pool, net):
        print(xml.splitlines()[0], "…", len(xml.splitlines()), "lines")


def error(conn):
    try:
        conn.lookupByName("nobody")
    except corral.libvirtError as problem:
        print("error", problem.get_error_code(), problem)


def main():
    corral.virEventRegisterDefaultImpl()
    with corral.open("test:///default") as conn:
        show_lists(conn)
        guest(conn)
        volume(conn)
        documents(conn)
        error(conn)


main()
