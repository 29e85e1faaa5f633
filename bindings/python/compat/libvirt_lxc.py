"""corral.lxc, under the name that the field's scripts import."""

import sys

import corral.lxc

sys.modules[__name__] = corral.lxc
