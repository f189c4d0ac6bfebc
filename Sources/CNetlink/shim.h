// The libnl headers that Netlink uses, and as inline functions the macros that Swift cannot import.
#pragma once

// Before linux/if_bridge.h, which leaves the types of IPv6 to it then: two definitions do not go together in Swift.
#include <netinet/in.h>

#include <linux/genetlink.h>
#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/net_namespace.h>
#include <linux/netlink.h>
#include <linux/nexthop.h>
#include <linux/nl80211.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/family.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <netlink/socket.h>

// Who sends a message: nlmsg_set_creds takes a struct ucred, unix(7), which glibc has for GNU sources alone.
static inline void nlmsg_set_sender(struct nl_msg *message, pid_t process, uid_t user, gid_t group) {
    struct { pid_t process; uid_t user; gid_t group; } sender = {process, user, group};
    nlmsg_set_creds(message, (struct ucred *)(void *)&sender);
}

static inline int nlmsg_hdr_size(void) { return NLMSG_HDRLEN; }
