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
echo "installed package: both ways work"
