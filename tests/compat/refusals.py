"""Prints, as JSON, what libvirt.so.0 says of calls that are wrong: call -> [error code, error domain].

Every call of the description is tried, each argument wrong in turn. Each runs in a process of its own, since a library
may take on trust what another checks."""

import ctypes
import json
import os
import signal
import sys

from generator import builder, shapes
from generator.text import version_key

API = builder.load(os.path.join(os.environ["CORRAL_SOURCE"], "api.xml"))
LIBRARIES = {"": "libvirt.so.0", "qemu": "libvirt-qemu.so.0", "lxc": "libvirt-lxc.so.0"}
VOLUME = b"<volume><name>refused</name><capacity>1024</capacity></volume>"


class Error(ctypes.Structure):
    _fields_ = [("code", ctypes.c_int), ("domain", ctypes.c_int), ("message", ctypes.c_char_p)]


def function(name, result=ctypes.c_void_p):
    found = ctypes.CDLL(LIBRARIES[API.module_of[name].library])[name]
    found.restype = result
    return found


def pointer(name, *arguments):
    return ctypes.c_void_p(function(name)(*arguments))


def objects(open_call):
    """What there is one of in the test driver's world."""
    conn = pointer(open_call, b"test:///default")
    pool = pointer("virStoragePoolLookupByName", conn, b"default-pool")
    return {
        "virConnect": conn,
        "virDomain": pointer("virDomainLookupByName", conn, b"test"),
        "virNetwork": pointer("virNetworkLookupByName", conn, b"default"),
        "virStoragePool": pool,
        "virStorageVol": pointer("virStorageVolCreateXML", pool, VOLUME, 0),
        "virNodeDevice": pointer("virNodeDeviceLookupByName", conn, b"computer"),
        "virInterface": pointer("virInterfaceLookupByName", conn, b"eth1"),
        "virStream": pointer("virStreamNew", conn, 0),
    }


def usual(arg, known):
    """An argument that is as it should be."""
    if arg.type in known and arg.dir == "in" and not arg.array:
        return known[arg.type]
    if arg.type == "closure":
        return None
    text = shapes.c_arg_type(API, arg)
    if arg.type in API.callbacks or arg.type == "virFreeCallback":
        return ctypes.cast(ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 0), ctypes.c_void_p) if arg.type != "virFreeCallback" else None
    if text == "const char *":
        return b"x"
    if text.endswith("*") or arg.type in API.structs or shapes.is_params(API, arg.type):
        return ctypes.create_string_buffer(1 << 16)
    if text == "double":
        return ctypes.c_double(1)
    return ctypes.c_longlong(0 if arg.name == "flags" else max(arg.min or 0, 1))


def is_pointer(arg):
    value = shapes.c_arg_type(API, arg)
    return value.endswith("*") or arg.type in API.structs or arg.type in API.callbacks or shapes.is_params(API, arg.type)


def cases(item, known, lent):
    """(what is wrong, arguments)"""
    usually = [usual(arg, known) for arg in item.args]
    if any(arg.type in API.objects and arg.dir == "in" and not arg.array and arg.type not in known for arg in item.args):
        usually = None
    for at, arg in enumerate(item.args):
        def wrong(value):
            return [*usually[:at], value, *usually[at + 1:]]

        first = at == 0 and arg.type in API.objects and arg.dir == "in" and not arg.array
        if first:
            rest = [usual(other, known) if other.type not in API.objects else None for other in item.args[1:]]
            yield f"{arg.name}=NULL", [None, *rest]
        elif usually and is_pointer(arg) and not arg.nullable and arg.type not in ("closure", "virFreeCallback"):
            yield f"{arg.name}=NULL", wrong(None)
        if usually and arg.min is not None and arg.dir == "in" and not is_pointer(arg):
            yield f"{arg.name}={arg.min - 1}", wrong(ctypes.c_longlong(arg.min - 1))
        if usually:
            for group in arg.exclusive:
                both = sum(API.values[name].number for name in group[:2])
                yield f"{arg.name}={'|'.join(group[:2])}", wrong(ctypes.c_longlong(both))
            for flag, _ in arg.requires:
                yield f"{arg.name}={flag} alone", wrong(ctypes.c_longlong(API.values[flag].number))
    if usually and item.access == "write" and all(arg.type in lent for arg in item.args if arg.type in API.objects):
        yield "read-only", [usual(arg, lent) for arg in item.args]


def answer(item, arguments):
    function("virResetLastError")()
    function(item.name)(*arguments)
    error = ctypes.cast(function("virGetLastError")(), ctypes.POINTER(Error))
    return [error.contents.code, error.contents.domain] if error else None


def in_a_process(work):
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(5)
        os.write(writing, json.dumps(work()).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        text = stream.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else None


def newer(item):
    return version_key(item.since) > version_key(API.compatible)


def main():
    ignore = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(lambda *args: None)
    function("virSetErrorFunc")(None, ignore)
    known, lent = objects("virConnectOpen"), objects("virConnectOpenReadOnly")
    del lent["virStorageVol"]
    found = {}
    for item in API.functions.values():
        # what opens, frees and loops is not for this
        if item.internal or newer(item) or item.impl != "slot":
            continue
        for what, arguments in cases(item, known, lent):
            found[f"{item.name}({what})"] = in_a_process(lambda: answer(item, arguments))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
