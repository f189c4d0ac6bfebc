// setns(2) and unshare(2) for network namespaces, which Swift's Glibc module lacks.
#pragma once

#define _GNU_SOURCE
#include <sched.h>

extern int setns(int descriptor, int kind);
extern int unshare(int flags);
static const int network_namespace = 0x40000000;
