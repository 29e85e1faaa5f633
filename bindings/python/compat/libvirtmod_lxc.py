"""The calls that only one driver has, by their C names; see libvirtmod."""

from libvirtmod import calls_of

__getattr__, __dir__ = calls_of("lxc", globals())
