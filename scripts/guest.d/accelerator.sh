# shellcheck shell=bash
# KVM where it works, emulation elsewhere.

# best_accelerator KERNEL
best_accelerator() {
    if kvm_works "$1"; then echo kvm; else echo tcg; fi
}

# A /dev/kvm that opens proves little: where the processor says nothing of virtualization it has been seen to run
# firmware and then hang in the kernel. So the processor is asked first, and then the kernel must get as far as its
# panic for want of a root. The answer holds until the host boots again.
kvm_works() {
    local answer
    [[ -w /dev/kvm ]] && grep -qwE 'vmx|svm' /proc/cpuinfo || return 1
    answer=$(cached kvm "$(</proc/sys/kernel/random/boot_id)" try_kvm "$1") || return 1
    [[ $(<"$answer") == yes ]]
}

# try_kvm KERNEL FILE
try_kvm() {
    if timeout -k 1 20 qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot \
        -machine q35 -accel kvm -cpu max -m 512 -kernel "$1" -append panic=-1 </dev/null >/dev/null 2>&1; then
        echo yes
    else
        echo no
    fi >"$2"
}
