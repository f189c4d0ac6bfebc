# shellcheck shell=bash
# The Debian packages that the guest needs on the host, and for each a command or file that proves it to be there.

guest_requirements() {
    cat <<'END'
qemu-system-x86    qemu-system-x86_64
linux-image-amd64  /boot/vmlinuz-*
busybox-static     busybox
cpio               cpio
kmod               modprobe
xz-utils           xz
zstd               zstd
END
}

guest_packages() {
    guest_requirements | cut -d' ' -f1
}

require_packages() {
    local package proof missing=()
    while read -r package proof; do
        if [[ $proof == /* ]]; then
            compgen -G "$proof" >/dev/null
        else
            PATH=$PATH:/usr/sbin:/sbin type -P "$proof" >/dev/null
        fi || missing+=("$package")
    done < <(guest_requirements)
    [[ ${#missing[@]} -gt 0 ]] || return 0
    complain "missing: ${missing[*]}; install with: sudo apt-get install ${missing[*]}"
    return 1
}
