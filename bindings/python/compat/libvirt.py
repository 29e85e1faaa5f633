"""corral, under the name that the field's scripts import."""

import sys

import corral

sys.modules[__name__] = corral
