# shellcheck shell=bash
# The kernel: Debian's newest, unpacked, because QEMU boots a plain ELF image without the seconds that the image's own
# decompressor takes in an emulated processor.

# The release of the newest installed kernel that can drive the emulated devices: those made for clouds cannot.
newest_kernel() {
    local image release newest=
    while read -r image; do
        release=${image#/boot/vmlinuz-}
        if compgen -G "/lib/modules/$release/kernel/drivers/scsi/scsi_debug.ko*" >/dev/null; then
            newest=$release
        fi
    done < <(printf '%s\n' /boot/vmlinuz-* | sort -V)
    if [[ ! $newest ]]; then
        complain "no kernel in /boot with all its modules; install with: sudo apt-get install linux-image-amd64"
        return 1
    fi
    printf '%s\n' "$newest"
}

# An upgrade may leave the release as it was, so that the image's own sum is part of the name.
unpacked_kernel() {
    local image=/boot/vmlinuz-$1 sum
    if ! sum=$(cksum <"$image"); then
        complain "$image cannot be read: try with sudo"
        return 1
    fi
    cached vmlinux "$1-${sum%% *}" unpack_kernel "$image"
}

# unpack_kernel IMAGE FILE
unpack_kernel() {
    local image=$1 sectors start length unpack
    # The boot protocol's setup_sects (0 stands for 4), payload_offset and payload_length.
    sectors=$(number_at 497 1 "$image")
    start=$(((${sectors/#0/4} + 1) * 512 + $(number_at 584 4 "$image")))
    length=$(number_at 588 4 "$image")
    # But for gzip, which has it itself, the unpacked size is put behind the packed stream, in four bytes.
    case $(od -An -tx1 -j"$start" -N4 "$image" | tr -d ' ') in
    fd377a58) unpack='xz -dc' length=$((length - 4)) ;;
    28b52ffd) unpack='zstd -dcq' length=$((length - 4)) ;;
    1f8b*) unpack='gzip -dcq' ;;
    *)
        complain "$image is packed in a way that this script does not know"
        return 1
        ;;
    esac
    if ! head -c $((start + length)) "$image" | tail -c "$length" | $unpack >"$2" ||
        ! cmp -s -n 4 "$2" <(printf '\x7fELF'); then
        complain "$image does not unpack to an ELF image"
        return 1
    fi
}

# number_at OFFSET WIDTH FILE
number_at() {
    od -An -tu"$2" -j"$1" -N"$2" "$3" | tr -d ' '
}
