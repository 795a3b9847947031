/*
 * Structures as the system's own headers lay them out, one for each command line, in hexadecimal.
 * Every structure starts out as zeros, so padding is seen as such.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

static void show(const void *memory, size_t length)
{
	const unsigned char *byte = memory;
	for (size_t i = 0; i < length; i++)
		printf("%02x", byte[i]);
}

static void inet(char **arg)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(atoi(arg[1])) };
	inet_pton(AF_INET, arg[0], &a.sin_addr);
	show(&a, sizeof a);
}

static void inet6(char **arg)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6, .sin6_port = htons(atoi(arg[1])) };
	inet_pton(AF_INET6, arg[0], &a.sin6_addr);
	a.sin6_scope_id = strtoul(arg[2], NULL, 10);
	show(&a, sizeof a);
}

/* unix(7): a path counts with its terminator, an abstract name with the zero byte before it. */
static void local(char **arg, size_t before, size_t after)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t length = strlen(arg[0]);
	if (before + length + after > sizeof a.sun_path)
		exit(1);
	memcpy(a.sun_path + before, arg[0], length);
	show(&a, offsetof(struct sockaddr_un, sun_path) + before + length + after);
}

/* The two ends of a connection: family, host and port, host and port, interface. */
static void sockid(struct inet_diag_sockid *id, char **arg)
{
	int family = strcmp(arg[0], "inet6") == 0 ? AF_INET6 : AF_INET;
	inet_pton(family, arg[1], id->idiag_src);
	id->idiag_sport = htons(atoi(arg[2]));
	inet_pton(family, arg[3], id->idiag_dst);
	id->idiag_dport = htons(atoi(arg[4]));
	id->idiag_if = atoi(arg[5]);
}

/* sock_diag(7): what asks for one TCP connection. */
static void diag_request(char **arg)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 request;
	} message = {
		.header = {
			.nlmsg_len = sizeof message,
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST,
		},
		.request = {
			.sdiag_family = strcmp(arg[0], "inet6") == 0 ? AF_INET6 : AF_INET,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_states = ~0u,
			.id.idiag_cookie = { INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE },
		},
	};
	sockid(&message.request.id, arg);
	show(&message, sizeof message);
}

/* ... and what answers: the state, then the connection. */
static void diag_answer(char **arg)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_msg answer;
	} message = {
		.header = { .nlmsg_len = sizeof message, .nlmsg_type = SOCK_DIAG_BY_FAMILY },
		.answer.idiag_state = atoi(arg[0]),
	};
	sockid(&message.answer.id, arg + 1);
	show(&message, sizeof message);
}

static void netlink_error(char **arg)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
	} message = {
		.header = { .nlmsg_len = sizeof message, .nlmsg_type = NLMSG_ERROR },
		.error.error = -atoi(arg[0]),
	};
	show(&message, sizeof message);
}

static void tcp_info(char **arg)
{
	struct tcp_info info = { .tcpi_state = atoi(arg[0]) };
	info.tcpi_unacked = atoi(arg[1]);
	info.tcpi_sacked = atoi(arg[2]);
	info.tcpi_segs_in = atoi(arg[3]);
	info.tcpi_bytes_received = strtoull(arg[4], NULL, 10);
	info.tcpi_notsent_bytes = atoi(arg[5]);
	show(&info, sizeof info);
}

int main(int count, char **arg)
{
	const char *what = arg[1];
	arg += 2;
	if (strcmp(what, "inet") == 0)
		inet(arg);
	else if (strcmp(what, "inet6") == 0)
		inet6(arg);
	else if (strcmp(what, "unix") == 0)
		local(arg, 0, 1);
	else if (strcmp(what, "abstract") == 0)
		local(arg, 1, 0);
	else if (strcmp(what, "linger") == 0)
		show(&(struct linger){ atoi(arg[0]), atoi(arg[1]) }, sizeof(struct linger));
	else if (strcmp(what, "timeval") == 0)
		show(&(struct timeval){ atoll(arg[0]), atoll(arg[1]) }, sizeof(struct timeval));
	else if (strcmp(what, "storage") == 0)
		printf("%zu", sizeof(struct sockaddr_storage));
	else if (strcmp(what, "diag-request") == 0)
		diag_request(arg);
	else if (strcmp(what, "diag-answer") == 0)
		diag_answer(arg);
	else if (strcmp(what, "netlink-error") == 0)
		netlink_error(arg);
	else if (strcmp(what, "tcp-info") == 0)
		tcp_info(arg);
	else
		return 1;
	return count < 2;
}
