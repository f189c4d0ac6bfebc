#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int linux_setns(int descriptor, int kind) { return setns(descriptor, kind); }

int linux_unshare(int flags) { return unshare(flags); }

int linux_namespace_kind(int descriptor) { return ioctl(descriptor, NS_GET_NSTYPE); }

int linux_pidfd_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

int linux_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

int linux_rename_noreplace(int directory, const char *from, const char *to) {
    return renameat2(directory, from, directory, to, RENAME_NOREPLACE);
}

int linux_bpf(int command, void *attribute, unsigned int size) {
    return (int)syscall(SYS_bpf, command, attribute, size);
}
