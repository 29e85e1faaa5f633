#!/bin/bash
# Installs BUILD below a folder of its own, then builds and runs the consumer by find_package and by pkg-config.
set -euo pipefail
build=$1
here=$(dirname "$(readlink -f "$0")")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
cmake --install "$build" --prefix "$root/usr" >/dev/null
libdir=$(dirname "$(find "$root/usr" -name 'libcorral.so.0')")
export LD_LIBRARY_PATH=$libdir
cmake -G Ninja -S "$here" -B "$root/cmake" -DCMAKE_PREFIX_PATH="$root/usr" >/dev/null
cmake --build "$root/cmake" >/dev/null
[ "$("$root/cmake/consumer")" = test ]
PKG_CONFIG_PATH=$libdir/pkgconfig
export PKG_CONFIG_PATH
gcc -Wall -Werror "$here/consumer.c" -o "$root/consumer" $(pkg-config --cflags --libs corral)
[ "$("$root/consumer")" = test ]
# the field's names for the same files, in their folder
compat=$libdir/corral/compat
PKG_CONFIG_PATH=$compat/lib/pkgconfig
[ "$(pkg-config --modversion libvirt)" = "$(sed -n 's/.*compatible="\([0-9.]*\)".*/\1/p' "$here/../../api.xml")" ]
gcc -Wall -Werror "$here/../compat/client.c" -o "$root/client" $(pkg-config --cflags --libs libvirt libvirt-qemu libvirt-lxc)
LD_LIBRARY_PATH=$compat/lib:$libdir "$root/client" libcorral.so >/dev/null
if [ -d "$build/python/corral" ]; then
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$compat/python:$root/usr/lib/python3/dist-packages /usr/bin/python3 -c '
import libvirt, libvirt_lxc, libvirt_qemu, libvirtaio, libvirtmod, libvirtmod_lxc, libvirtmod_qemu
import corral
assert libvirt is corral and libvirt.__file__.startswith("'"$root"'"), libvirt.__file__
assert libvirtmod.virDomainGetName(libvirt.open("test:///default").lookupByID(1)._o) == "test"'
fi
echo "installed package: all ways work"
