// What Swift cannot call: system calls that glibc 2.36 or Swift's Glibc module lack, and macros that are not imported. Also the
// code of a forked child, which may make async-signal-safe calls only.
// No policy, no loops, no state. Every function returns the result of its system call and leaves errno as that set it.
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <sys/xattr.h>

// Namespaces: setns(2), unshare(2), namespaces(7).
static const int linux_CLONE_FS = 0x00000200;
static const int linux_CLONE_NEWNS = 0x00020000;
static const int linux_CLONE_NEWNET = 0x40000000;
int linux_setns(int descriptor, int kind);
int linux_unshare(int flags);
int linux_namespace_kind(int descriptor);  // ioctl_ns(2), Linux 4.11
int linux_namespace_owner(int descriptor, uid_t *user);
// The type of the file system that contains a file, -1 for an error: fstatfs(2). The types of nsfs and of proc(5).
long linux_file_system(int descriptor);
static const long linux_NSFS_MAGIC = 0x6e736673;
static const long linux_PROC_SUPER_MAGIC = 0x9fa0;

// An argument of the program, or NULL after the last. Needs no /proc.
const char *linux_argument(int place);

// Processes: pidfd_open(2).
int linux_pidfd_open(pid_t process);

// The user who called listen(2) on the other end of a connection: SO_PEERCRED, unix(7).
int linux_peer_user(int socket, uid_t *user);

// Sends bytes with the sender's credentials: SCM_CREDENTIALS, unix(7). Raises no SIGPIPE.
ssize_t linux_send_with_credentials(int socket, const void *bytes, size_t size);

// signalfd(2), close-on-exec and non-blocking.
int linux_signalfd(const sigset_t *signals);
// eventfd(2), close-on-exec and non-blocking.
int linux_eventfd(void);

// Makes a file without a name, close-on-exec: memfd_create(2), Linux 3.17.
int linux_memfd(const char *name);

// Extensions of posix_spawn(3) in glibc 2.26, 2.29 and 2.34.
static const int linux_POSIX_SPAWN_SETSID = 0x80;
int linux_spawn_chdir(posix_spawn_file_actions_t *actions, const char *path);
int linux_spawn_closefrom(posix_spawn_file_actions_t *actions, int first);

// The result of an ETHTOOL_G command that has one number as its result, 0 for an error: SIOCETHTOOL.
uint32_t linux_ethtool(int socket, const char *interface, uint32_t command);

// The offset of bytes in other bytes, -1 when they do not occur: memmem(3).
long linux_find(const void *bytes, size_t size, const void *part, size_t part_size);

// Paths below a directory: openat2(2), renameat2(2).
static const uint64_t linux_RESOLVE_NO_MAGICLINKS = 0x02;
static const uint64_t linux_RESOLVE_NO_SYMLINKS = 0x04;
static const uint64_t linux_RESOLVE_IN_ROOT = 0x10;
// An open file description lock: fcntl(2), Linux 3.15.
static const int linux_F_OFD_SETLK = 37;
static const int linux_O_PATH = 010000000;
static const int linux_O_NOFOLLOW = O_NOFOLLOW;
static const int linux_AT_EMPTY_PATH = 0x1000;
static const unsigned long linux_ST_RDONLY = 1;
static const unsigned long linux_ST_NODEV = 4;
int linux_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
int linux_rename_noreplace(int directory, const char *from, const char *to);

// The status of a file as the kernel has cached it, without a request to a server of the file system: statx(2) with
// AT_STATX_DONT_SYNC.
int linux_stat_cached(const char *path, struct stat *status);

// Device numbers and node types: makedev(3), mknod(2).
static const mode_t linux_S_IFBLK = S_IFBLK;
static const mode_t linux_S_IFCHR = S_IFCHR;
static inline unsigned int linux_major(dev_t device) { return major(device); }
static inline unsigned int linux_minor(dev_t device) { return minor(device); }
static inline dev_t linux_makedev(unsigned int major, unsigned int minor) { return makedev(major, minor); }

// Detached mounts: fsopen(2), fsconfig(2) with FSCONFIG_CMD_CREATE, fsmount(2), Linux 5.2.
int linux_fsopen(const char *type);
int linux_fsconfig_create(int context);
int linux_fsmount(int context);

// Mounts by descriptor, Linux 5.2: open_tree(2) makes a detached bind mount of an entry; move_mount(2) attaches such a mount to an
// entry. Neither follows a symbolic link.
int linux_open_tree_clone(int directory, const char *entry);
int linux_move_mount(int tree, int directory, const char *entry);

// The effective capabilities of the calling thread, a bit for each: capget(2).
int linux_effective_capabilities(uint64_t *capabilities);

// The file system ids of the calling thread: setfsuid(2), setfsgid(2). They return the previous id, and never an error.
int linux_setfsuid(uid_t user);
int linux_setfsgid(gid_t group);

// bpf(2): attribute points to a union bpf_attr of size bytes.
int linux_bpf(int command, void *attribute, unsigned int size);

// Starts a child that joins control groups (v1, v2: descriptors of cgroup.procs files, -1 for none) and tries access to a device
// there: to a node that is open with O_PATH (R_OK, W_OK in mode, 0 for none; faccessat2(2), Linux 5.8), and by making a node in a
// directory (-1 for none; mknod(2) with type and device). Returns its process id and its pidfd. Its exit status is 0 when both are
// allowed, else the errno of the failure, plus linux_NOT_JOINED when joining a group failed.
static const int linux_NOT_JOINED = 0x80;
pid_t linux_try_access(int v1, int v2, int node, int mode, int directory, mode_t type, dev_t device, int *pidfd);

// Waits for such a child to end: waitid(2). Returns its exit status, -1 when a signal ended it; result gets the result of the call.
int linux_wait(int pidfd, int *result);
int linux_pidfd_kill(int pidfd);
