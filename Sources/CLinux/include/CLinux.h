// What Swift cannot call: system calls that glibc 2.36 or Swift's Glibc module lack, and macros that do not import.
// And what runs in a forked child, where Swift may not: async-signal-safe calls only.
// Nothing else enters here: no policy, no loops, no state. Every function returns what the system call returns and
// leaves errno as it was set.
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
// The type of the file system that a file is in, -1 for an error: fstatfs(2). Those of namespaces and of processes.
long linux_file_system(int descriptor);
static const long linux_NSFS_MAGIC = 0x6e736673;
static const long linux_PROC_SUPER_MAGIC = 0x9fa0;

// One of the arguments with which the program was started, NULL behind the last: getting them needs no /proc.
const char *linux_argument(int place);

// Processes: pidfd_open(2).
int linux_pidfd_open(pid_t process);

// Who called listen(2) on the other end of a connection: SO_PEERCRED, unix(7).
int linux_peer_user(int socket, uid_t *user);

// Sends bytes with who sends them: SCM_CREDENTIALS, unix(7). No signal when nobody listens.
ssize_t linux_send_with_credentials(int socket, const void *bytes, size_t size);

// signalfd(2), close-on-exec and non-blocking.
int linux_signalfd(const sigset_t *signals);

// A file without a name, close-on-exec: memfd_create(2), Linux 3.17.
int linux_memfd(const char *name);

// What glibc adds to posix_spawn(3): 2.26, 2.29, 2.34.
static const int linux_POSIX_SPAWN_SETSID = 0x80;
int linux_spawn_chdir(posix_spawn_file_actions_t *actions, const char *path);
int linux_spawn_closefrom(posix_spawn_file_actions_t *actions, int first);

// What an interface answers to a command that has one number for an answer: SIOCETHTOOL, ETHTOOL_G*. 0: nothing.
uint32_t linux_ethtool(int socket, const char *interface, uint32_t command);

// Bytes in bytes: memmem(3). Whether they are there.
long linux_find(const void *bytes, size_t size, const void *part, size_t part_size);

// Paths below a directory: openat2(2), renameat2(2).
static const uint64_t linux_RESOLVE_NO_MAGICLINKS = 0x02;
static const uint64_t linux_RESOLVE_NO_SYMLINKS = 0x04;
static const uint64_t linux_RESOLVE_IN_ROOT = 0x10;
// A lock that belongs to an open file: fcntl(2), Linux 3.15.
static const int linux_F_OFD_SETLK = 37;
static const int linux_O_PATH = 010000000;
static const int linux_O_NOFOLLOW = O_NOFOLLOW;
static const int linux_AT_EMPTY_PATH = 0x1000;
static const unsigned long linux_ST_RDONLY = 1;
static const unsigned long linux_ST_NODEV = 4;
int linux_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
int linux_rename_noreplace(int directory, const char *from, const char *to);

// What the kernel knows of a file without asking whoever serves its file system: statx(2) with AT_STATX_DONT_SYNC.
int linux_stat_known(const char *path, struct stat *status);

// Device numbers and node types: makedev(3), mknod(2).
static const mode_t linux_S_IFBLK = S_IFBLK;
static const mode_t linux_S_IFCHR = S_IFCHR;
static inline unsigned int linux_major(dev_t device) { return major(device); }
static inline unsigned int linux_minor(dev_t device) { return minor(device); }
static inline dev_t linux_makedev(unsigned int major, unsigned int minor) { return makedev(major, minor); }

// Detached mounts: fsopen(2), fsconfig(2), fsmount(2), Linux 5.2. configure only creates the file system.
int linux_fsopen(const char *type);
int linux_fsconfig_create(int context);
int linux_fsmount(int context);

// Mounts by descriptor, Linux 5.2: open_tree(2) of an entry as a mount of its own, attached nowhere; move_mount(2) of
// such a mount onto an entry, whose link is not followed.
int linux_open_tree_clone(int directory, const char *entry);
int linux_move_mount(int tree, int directory, const char *entry);

// The calling thread's capabilities in effect, a bit for each: capget(2).
int linux_effective_capabilities(uint64_t *capabilities);

// As whom the calling thread makes files: setfsuid(2), setfsgid(2). They return the id before, and never an error.
int linux_setfsuid(uid_t user);
int linux_setfsgid(gid_t group);

// bpf(2): attribute points to a union bpf_attr of size bytes.
int linux_bpf(int command, void *attribute, unsigned int size);

// A child that joins control groups (v1, v2: descriptors of cgroup.procs files, -1 for none) and asks what it might do
// there: use a node that is open with O_PATH (R_OK, W_OK in mode, 0 for nothing; faccessat2(2), Linux 5.8), and make one
// in a directory (-1 for none; mknod(2) with type and device). Returns its process id, and its pidfd. It ends with 0
// for yes, else with errno of what failed, plus linux_NOT_JOINED when that was the joining.
static const int linux_NOT_JOINED = 0x80;
pid_t linux_ask(int v1, int v2, int node, int mode, int directory, mode_t type, dev_t device, int *pidfd);

// Waits for the end of such a child: waitid(2). Its exit status, -1 when a signal ended it, and in result what the call
// returned.
int linux_wait(int pidfd, int *result);
int linux_pidfd_kill(int pidfd);
