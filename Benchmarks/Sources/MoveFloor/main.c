// The floor: moves interfaces into the network namespace of a process, names them and switches them on, with one request
// for each, and does nothing else. It looks at nothing, keeps nothing and can undo nothing.
//
// It can keep a processor busy for some milliseconds before that, as a program with more to do would be: what that costs
// is more than those milliseconds, since the kernel's grace periods begin at ticks of its clock.
//
// Usage: MoveFloor PID MILLISECONDS [NUMBER NAME]...
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct request {
    struct nlmsghdr header;
    struct ifinfomsg link;
    char attributes[64];
};

static void put(struct request *request, int type, const void *value, size_t size) {
    struct rtattr *attribute = (void *)request + NLMSG_ALIGN(request->header.nlmsg_len);
    attribute->rta_type = type;
    attribute->rta_len = RTA_LENGTH(size);
    memcpy(RTA_DATA(attribute), value, size);
    request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len);
}

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

int main(int count, char **arguments) {
    for (double end = milliseconds() + (count > 2 ? atof(arguments[2]) : 0); milliseconds() < end;) {
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/%s/ns/net", count > 1 ? arguments[1] : "");
    int container = open(path, O_RDONLY | O_CLOEXEC);
    int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (container < 0 || netlink < 0) return perror(path), 1;
    for (int i = 3; i + 1 < count; i += 2) {
        struct request request = {
            .header = {.nlmsg_len = NLMSG_LENGTH(sizeof request.link), .nlmsg_type = RTM_NEWLINK,
                       .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
            .link = {.ifi_index = atoi(arguments[i]), .ifi_flags = IFF_UP, .ifi_change = IFF_UP},
        };
        put(&request, IFLA_NET_NS_FD, &container, sizeof container);
        put(&request, IFLA_IFNAME, arguments[i + 1], strlen(arguments[i + 1]) + 1);
        char answer[4096];
        if (send(netlink, &request, request.header.nlmsg_len, 0) < 0) return perror("send"), 1;
        if (recv(netlink, answer, sizeof answer, 0) < 0) return perror("recv"), 1;
        struct nlmsgerr *error = NLMSG_DATA((struct nlmsghdr *)answer);
        if (error->error) return fprintf(stderr, "%s: %s\n", arguments[i + 1], strerror(-error->error)), 1;
    }
    return 0;
}
