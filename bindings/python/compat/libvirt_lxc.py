"""corral.lxc, under the name that the field's scripts import."""

import sys

import corral.lxc
import libvirt
import libvirtmod_lxc
from _libvirt_names import CONSTANTS

corral.lxc.libvirt, corral.lxc.libvirtmod_lxc = libvirt, libvirtmod_lxc
vars(corral.lxc).update({name: getattr(corral, name) for name in CONSTANTS["lxc"]})
sys.modules[__name__] = corral.lxc
