# shellcheck shell=bash
# The initramfs: only what it takes to reach the host's files, and the drivers that every guest loads.

initramfs_modules=(
    virtio_pci virtio_console 9p 9pnet_virtio overlay
    # From memory they are loaded in a fraction of the time that modprobe takes on the shared root.
    sg sd_mod sr_mod virtio_scsi megaraid_sas e1000e virtio_net 8139cp xhci_pci usb_storage
)

# built_initramfs RELEASE WORK. Named for what goes into it, so that it is made again when any of that changes.
built_initramfs() {
    local parts=${BASH_SOURCE[0]%/*} modules busybox sum
    busybox=$(type -P busybox)
    if ldd "$busybox" >/dev/null 2>&1; then
        complain "$busybox needs libraries; install one without: sudo apt-get install busybox-static"
        return 1
    fi
    modules=$(module_files "$1") || return 1
    sum=$(xargs -d '\n' cat -- "${BASH_SOURCE[0]}" "$parts/early-init" "$busybox" <<<"$modules" | cksum)
    cached initramfs "$1-${sum%% *}" build_initramfs "$2/initramfs" "$parts/early-init" "$busybox" "$modules"
}

# The modules' files, each after the ones that it needs.
module_files() {
    local module
    for module in "${initramfs_modules[@]}"; do
        /sbin/modprobe -S "$1" --show-depends "$module" || return 1
    done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

# build_initramfs WORK INIT BUSYBOX MODULES FILE. It is not packed: unpacking would cost more than reading.
build_initramfs() {
    local tree=$1 file name
    mkdir -p -- "$tree"/{modules,dev,proc,lower,upper,plain,root}
    install -m 755 -- "$2" "$tree/init"
    install -m 755 -- "$3" "$tree/busybox"
    while read -r file; do
        name=${file##*/}
        name=${name%%.ko*}.ko
        case $file in
        *.ko) cp -- "$file" "$tree/modules/$name" ;;
        *.xz) xz -dc -- "$file" >"$tree/modules/$name" ;;
        *.zst) zstd -dcq -- "$file" >"$tree/modules/$name" ;;
        *) gzip -dc -- "$file" >"$tree/modules/$name" ;;
        esac
        # An emulated stick has no need to settle for a second.
        [[ $name != usb-storage.ko ]] || name+=' delay_use=0'
        printf '%s\n' "$name" >>"$tree/modules/order"
    done <<<"$4"
    (cd -- "$tree" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet) >"$5"
}
