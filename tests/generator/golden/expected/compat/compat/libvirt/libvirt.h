/* Everything but errors and what belongs to one driver. */
#pragma once

#include <libvirt/libvirt-common.h>
#include <libvirt/libvirt-farm.h>
