# shellcheck shell=bash
# Debian's packages that the scripts need: sourced by them.

# shellcheck disable=SC2034 # Used by those who source this.
# What building needs, besides Swift itself.
build_packages=(libnl-3-dev libnl-route-3-dev libnl-genl-3-dev libxml2-dev pkg-config)

# shellcheck disable=SC2034
# What the tests run.
peer_packages=(
    busybox-static conmon containerd crun docker.io ethtool fdisk iproute2 iputils-ping iw libvirt-clients libvirt-daemon
    libvirt-daemon-driver-lxc libvirt-daemon-system libxml2-utils lsscsi lxc lxd mount mt-st mtx perl-base podman procps
    runc sg3-utils systemd systemd-container udev util-linux
)

# Installs those of the named packages that are missing, and says which. Their daemons are not started, as policy-rc.d of
# Debian's invoke-rc.d(8) has it: tests start them on hosts of their own.
need_packages() {
    local missing=() package policy='' status=0
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    echo "installing from Debian: ${missing[*]}"
    [ -e /usr/sbin/policy-rc.d ] || policy=/usr/sbin/policy-rc.d
    [ -z "$policy" ] || install -m 755 /dev/stdin "$policy" <<<$'#!/bin/sh\nexit 101'
    { apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null; } || status=$?
    [ -z "$policy" ] || rm -f "$policy"
    return "$status"
}

# Ends the script unless it runs as root and finds Swift.
need_root_and_swift() {
    if [ "$(id -u)" != 0 ]; then
        echo "${0##*/}: run this as root: sudo $0" >&2
        exit 77
    fi
    # sudo resets PATH; Swift is often installed beside it.
    PATH=$PATH:/opt/swift/usr/bin:/usr/local/swift/usr/bin
    if ! command -v swift >/dev/null; then
        echo "${0##*/}: needs Swift 6.2 or later in PATH: https://www.swift.org/install/linux/" >&2
        exit 69
    fi
}
