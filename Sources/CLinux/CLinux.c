#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/nsfs.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/sockios.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

static int argument_count;
static char **arguments;

// glibc passes the arguments of main to constructors, also in a static program.
__attribute__((constructor)) static void keep_arguments(int count, char **words) {
    argument_count = count;
    arguments = words;
}

const char *linux_argument(int place) { return place < argument_count ? arguments[place] : NULL; }

int linux_stat_cached(const char *path, struct stat *status) {
    struct statx found;
    if (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &found) != 0) return -1;
    *status = (struct stat){
        .st_dev = makedev(found.stx_dev_major, found.stx_dev_minor),
        .st_ino = found.stx_ino,
        .st_mode = found.stx_mode,
        .st_uid = found.stx_uid,
        .st_gid = found.stx_gid,
        .st_size = (off_t)found.stx_size,
        .st_rdev = makedev(found.stx_rdev_major, found.stx_rdev_minor),
    };
    return 0;
}

int linux_setns(int descriptor, int kind) { return setns(descriptor, kind); }

int linux_unshare(int flags) { return unshare(flags); }

int linux_namespace_kind(int descriptor) { return ioctl(descriptor, NS_GET_NSTYPE); }

long linux_file_system(int descriptor) {
    struct statfs status;
    return fstatfs(descriptor, &status) == 0 ? (long)status.f_type : -1;
}

int linux_namespace_owner(int descriptor, uid_t *user) { return ioctl(descriptor, NS_GET_OWNER_UID, user); }

int linux_pidfd_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

int linux_peer_user(int socket, uid_t *user) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    int result = getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size);
    if (result == 0) *user = peer.uid;
    return result;
}

ssize_t linux_send_with_credentials(int socket, const void *bytes, size_t size) {
    struct ucred self = {.pid = getpid(), .uid = getuid(), .gid = getgid()};
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof self)];
    } control = {0};
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = size};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.bytes};
    control.header.cmsg_len = CMSG_LEN(sizeof self);
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_CREDENTIALS;
    memcpy(CMSG_DATA(&control.header), &self, sizeof self);
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

int linux_signalfd(const sigset_t *signals) { return signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK); }

int linux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int linux_spawn_closefrom(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int linux_spawn_chdir(posix_spawn_file_actions_t *actions, const char *path) {
    return posix_spawn_file_actions_addchdir_np(actions, path);
}

long linux_find(const void *bytes, size_t size, const void *part, size_t part_size) {
    const char *found = memmem(bytes, size, part, part_size);
    return found ? found - (const char *)bytes : -1;
}

int linux_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

int linux_rename_noreplace(int directory, const char *from, const char *to) {
    return renameat2(directory, from, directory, to, RENAME_NOREPLACE);
}

int linux_fsopen(const char *type) { return (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC); }

int linux_fsconfig_create(int context) {
    return (int)syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
}

int linux_fsmount(int context) { return (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0); }

int linux_open_tree_clone(int directory, const char *entry) {
    return (int)syscall(SYS_open_tree, directory, entry, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);
}

int linux_move_mount(int tree, int directory, const char *entry) {
    return (int)syscall(SYS_move_mount, tree, "", directory, entry, MOVE_MOUNT_F_EMPTY_PATH);
}

int linux_effective_capabilities(uint64_t *capabilities) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct halves[_LINUX_CAPABILITY_U32S_3] = {0};
    int result = (int)syscall(SYS_capget, &header, halves);
    *capabilities = (uint64_t)halves[1].effective << 32 | halves[0].effective;
    return result;
}

int linux_setfsuid(uid_t user) { return setfsuid(user); }

int linux_setfsgid(gid_t group) { return setfsgid(group); }

int linux_bpf(int command, void *attribute, unsigned int size) {
    return (int)syscall(SYS_bpf, command, attribute, size);
}

static int join(int group) { return group < 0 || write(group, "0", 1) == 1 ? 0 : errno | linux_NOT_JOINED; }

pid_t linux_try_access(int v1, int v2, int node, int mode, int directory, mode_t type, dev_t device, int *pidfd) {
    // Without an exit signal, so that other code of this process that waits for children does not get this one.
    struct clone_args arguments = {.flags = CLONE_PIDFD, .pidfd = (uint64_t)(uintptr_t)pidfd};
    long child = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (child != 0) return (pid_t)child;
    // Otherwise a child in a frozen group would outlive this process.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int error = join(v1);
    if (!error) error = join(v2);
    if (!error && mode && syscall(SYS_faccessat2, node, "", mode, AT_EMPTY_PATH | AT_EACCESS) != 0) error = errno;
    if (!error && directory >= 0 && mknodat(directory, "made", type, device) != 0) error = errno;
    _exit(error);
}

int linux_wait(int pidfd, int *result) {
    siginfo_t information = {0};
    *result = waitid(P_PIDFD, (id_t)pidfd, &information, WEXITED | __WALL);
    return information.si_code == CLD_EXITED ? information.si_status : -1;
}

int linux_pidfd_kill(int pidfd) { return (int)syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0); }

int linux_memfd(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

uint32_t linux_ethtool(int socket, const char *interface, uint32_t command) {
    struct ethtool_value value = {.cmd = command};
    struct ifreq request = {.ifr_data = (void *)&value};
    if (strlen(interface) >= sizeof request.ifr_name) return 0;
    strcpy(request.ifr_name, interface);
    return ioctl(socket, SIOCETHTOOL, &request) == 0 ? value.data : 0;
}
