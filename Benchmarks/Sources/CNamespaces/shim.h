// setns(2), unshare(2) and requests of loop(4), which Swift's Glibc module lacks.
#pragma once

#define _GNU_SOURCE
#include <linux/loop.h>
#include <sched.h>
#include <sys/ioctl.h>

extern int setns(int descriptor, int kind);
extern int unshare(int flags);
static const int network_namespace = 0x40000000;
static const int control_group_namespace = 0x02000000;

// Both return the number, or -1 with errno.
static inline int add_loop_device(int control, int number) { return ioctl(control, LOOP_CTL_ADD, number); }
static inline int remove_loop_device(int control, int number) { return ioctl(control, LOOP_CTL_REMOVE, number); }
