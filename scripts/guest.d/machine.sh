# shellcheck shell=bash
# The machine, but for the devices that the tests are about: those are in the file "devices".

# What is off serves nobody here, and the kernel would look for it.
readonly machine_type="q35,smm=off,vmport=off,sata=off,i8042=off,smbus=off,hpet=off,graphics=off"

# A panic ends QEMU, for it may not reboot. The rest saves time that buys nothing in a machine that lives for seconds.
readonly kernel_options="console=ttyS0 loglevel=4 panic=-1 mitigations=off nokaslr no_timer_check cryptomgr.notests"

# describe_machine RUN KERNEL INITRAMFS ACCELERATOR CPUS MEMORY DEVICE_FILE…: leaves QEMU's arguments in machine.
describe_machine() {
    local run=$1 words
    machine=(
        -nodefaults -no-user-config -display none -no-reboot
        -kernel "$2" -initrd "$3" -append "$kernel_options HOSTDEV_RUN=$run"
        -machine "$machine_type" -accel "$4" -cpu max -smp "$5" -m "$6"
        -serial "file:$run/console"
        -chardev "pipe,id=qmp,path=$run/qmp" -mon "chardev=qmp,mode=control"

        # The host's files.
        -fsdev "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap"
        -device "virtio-9p-pci,fsdev=host,mount_tag=host"

        # The channels. Without ioeventfd each write is with the host before the guest goes on: what the command wrote
        # cannot be overtaken by the record of its end.
        -device "virtio-serial-pci,id=channels,ioeventfd=off"
        -chardev "file,id=control,path=/dev/stdout" -device "virtserialport,chardev=control,name=control"
        -chardev "file,id=stdout,path=$run/stdout" -device "virtserialport,chardev=stdout,name=stdout"
        -chardev "file,id=stderr,path=$run/stderr" -device "virtserialport,chardev=stderr,name=stderr"
        -chardev "pipe,id=requests,path=$run/requests" -device "virtserialport,chardev=requests,name=requests"
    )
    shift 6
    while read -ra words; do
        [[ ${words[0]-} == '#'* ]] || machine+=("${words[@]}")
    done < <(cat -- "$@")
}
