"""corral.qemu, under the name that the field's scripts import."""

import sys

import corral.qemu

sys.modules[__name__] = corral.qemu
