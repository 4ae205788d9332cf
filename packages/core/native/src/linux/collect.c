/* Descriptors on deposit (deposit.h), the collecting side. */
#define _GNU_SOURCE
#include "deposit.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RETRY_MS = 2 };

/* A descriptor; -EAGAIN where there was no answer. */
static int receive(int fd) {
  uint8_t byte = MC_NOT_HERE;
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec part = {.iov_base = &byte, .iov_len = 1};
  /* No room for a second one. */
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_LEN(sizeof(int))};
  ssize_t got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  if (got <= 0) return -EAGAIN;
  int received = -1;
  const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN(sizeof(int))) {
    memcpy(&received, CMSG_DATA(header), sizeof received);
  }
  if (byte == MC_HERE && received >= 0 && !(message.msg_flags & MSG_CTRUNC)) return received;
  if (received >= 0) close(received);
  /* It was sent, and there was no number for it here. */
  return byte == MC_HERE ? -EMFILE : -ENOENT;
}

/* Waits until there is an answer, or the end. */
static int wait_for(int fd, int64_t deadline) {
  for (;;) {
    int64_t left = deadline - mc_now_ms();
    if (left <= 0) return -ETIMEDOUT;
    struct pollfd event = {.fd = fd, .events = POLLIN};
    int count = poll(&event, 1, (int)left);
    if (count > 0) return 0;
    if (count < 0 && errno != EINTR) return -errno;
  }
}

/* A descriptor; -EAGAIN when it is worth another try. */
static int ask(int pid, const struct sockaddr_un *address, socklen_t size, const uint8_t *ticket, int64_t deadline) {
  int fd = mc_deposit_socket();
  if (fd < 0) return -errno;
  int result, listening = 0;
  /* EAGAIN: its backlog is full. */
  if (connect(fd, (const struct sockaddr *)address, size) != 0) result = errno == EINTR ? -EAGAIN : -errno;
  else if (!mc_is_own_user(fd, &listening) || listening != pid) result = -EPERM;
  else if (send(fd, ticket, MC_TICKET_BYTES, MSG_NOSIGNAL) != MC_TICKET_BYTES) result = -EAGAIN;
  else if ((result = wait_for(fd, deadline)) == 0) result = receive(fd);
  close(fd);
  return result;
}

int mc_collect(int pid, const uint8_t *name, const uint8_t *ticket, int ms) {
  int fd = mc_deposit_here(ticket);
  if (fd != -ENOENT) return fd;
  struct sockaddr_un address;
  socklen_t size = mc_deposit_address(name, &address);
  int64_t deadline = mc_now_ms() + ms;
  for (;;) {
    fd = ask(pid, &address, size, ticket, deadline);
    if (fd != -EAGAIN) return fd;
    if (mc_now_ms() >= deadline) return -ETIMEDOUT;
    struct timespec pause = {0, RETRY_MS * 1000000};
    nanosleep(&pause, NULL);
  }
}
