"""corral.qemu, under the name that the field's scripts import."""

import sys

import corral.qemu
import libvirt
import libvirtmod_qemu
from _libvirt_names import CONSTANTS

corral.qemu.libvirt, corral.qemu.libvirtmod_qemu = libvirt, libvirtmod_qemu
vars(corral.qemu).update({name: getattr(corral, name) for name in CONSTANTS["qemu"]})


def _dispatch(conn, dom, event, seconds, micros, details, cbData):
    cbData["cb"](conn, libvirt.virDomain(conn, _obj=dom), event, seconds, micros, details, cbData["opaque"])
    return 0


corral.qemu._dispatchQemuMonitorEventCallback = _dispatch
sys.modules[__name__] = corral.qemu
