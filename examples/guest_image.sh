#!/bin/sh
# guest_image.sh DIR: puts a kernel (Debian's) and an initramfs (busybox) into DIR, as DIR/kernel and DIR/initrd. The guest
# greets on its console, and answers there: "ping", "disks", "memory", "off". Its power button works.
set -e
cd "$1"
work=work.$$
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/unpacked" "$work/root/bin" "$work/root/modules"

if [ ! -f kernel.deb ]; then
    package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: //p' | head -n 1)
    (cd "$work" && apt-get download -qq "$package" 2>/dev/null)
    mv "$work"/*.deb kernel.deb
fi
dpkg-deb -x kernel.deb "$work/unpacked"
cp "$work"/unpacked/boot/vmlinuz-* "$work/kernel"

cp "$(command -v busybox)" "$work/root/bin/busybox"
number=10
for module in virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk virtio_balloon evdev button; do
    cp "$(find "$work/unpacked" -name "$module.ko" | head -n 1)" "$work/root/modules/$number-$module.ko"
    number=$((number + 1))
done
cat >"$work/root/init" <<'END'
#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /run /var/run
/bin/busybox mount -t proc none /proc
/bin/busybox mount -t sysfs none /sys
/bin/busybox mount -t devtmpfs none /dev
for module in /modules/*.ko; do /bin/busybox insmod "$module"; done
button=$(/bin/busybox grep -l '^Power Button' /sys/class/input/event*/device/name | /bin/busybox cut -d/ -f5)
exec 3<"/dev/input/$button"
(/bin/busybox dd bs=24 count=1 <&3 >/dev/null 2>&1 && /bin/busybox poweroff -f) &
exec </dev/ttyS0 >/dev/ttyS0 2>&1
/bin/busybox stty -echo
echo "guest: ready"
while read -r word; do
    case $word in
    ping) echo "guest: pong" ;;
    disks) echo "guest: disks" $(/bin/busybox ls /sys/block) ;;
    memory) echo "guest:" $(/bin/busybox grep MemTotal /proc/meminfo) ;;
    off) /bin/busybox poweroff -f ;;
    crash) echo c >/proc/sysrq-trigger ;;
    '') ;;
    *) echo "guest: $word?" ;;
    esac
done
END
chmod +x "$work/root/init"
(cd "$work/root" && find . | cpio --quiet -o -H newc | gzip -1) >"$work/initrd"
mv "$work/kernel" kernel
mv "$work/initrd" initrd
