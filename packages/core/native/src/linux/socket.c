/* Stream sockets on Linux. All of them are close-on-exec and never block: waiting is `mc_poll`, or the event loop. */
#define _GNU_SOURCE
#include "manycore.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Bytes of an IPv4 address as it travels through this interface: 4 of the host, 2 of the port, both big-endian. */
enum { INET_BYTES = 6 };

union address {
  struct sockaddr any;
  struct sockaddr_un path;
  struct sockaddr_in inet;
};

/* The size of the system's form of an address, or -EINVAL. */
static int system_address(int family, const uint8_t *bytes, size_t length, union address *out) {
  memset(out, 0, sizeof *out);
  if (family == MC_INET) {
    if (length != INET_BYTES) return -EINVAL;
    out->inet.sin_family = AF_INET;
    memcpy(&out->inet.sin_addr, bytes, 4);
    memcpy(&out->inet.sin_port, bytes + 4, 2);
    return sizeof out->inet;
  }
  /* A path is followed by a NUL; a name that begins with one is exactly its bytes. */
  size_t most = sizeof out->path.sun_path;
  if (length == 0 || length > most || (bytes[0] != 0 && length == most)) return -EINVAL;
  out->path.sun_family = AF_UNIX;
  memcpy(out->path.sun_path, bytes, length);
  return (int)(offsetof(struct sockaddr_un, sun_path) + length + (bytes[0] != 0 ? 1 : 0));
}

static int failed(int fd) {
  int error = -errno;
  close(fd);
  return error;
}

static int new_socket(int family) {
  int fd = socket(family == MC_INET ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  return fd < 0 ? -errno : fd;
}

/* Short messages go out at once. Fails on a Unix socket, which holds nothing back. */
static void send_at_once(int fd) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int mc_socket_listen(int family, const uint8_t *address, size_t length, int backlog) {
  union address at;
  int size = system_address(family, address, length, &at);
  if (size < 0) return size;
  int fd = new_socket(family);
  if (fd < 0) return fd;
  int on = 1;
  if (family == MC_INET && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) return failed(fd);
  if (bind(fd, &at.any, (socklen_t)size) != 0) return failed(fd);
  if (listen(fd, backlog) != 0) {
    int error = failed(fd);
    /* bind has made the file. */
    if (family == MC_UNIX && address[0] != 0) unlink(at.path.sun_path);
    return error;
  }
  return fd;
}

int mc_socket_connect(int family, const uint8_t *address, size_t length) {
  union address at;
  int size = system_address(family, address, length, &at);
  if (size < 0) return size;
  int fd = new_socket(family);
  if (fd < 0) return fd;
  send_at_once(fd);
  if (connect(fd, &at.any, (socklen_t)size) == 0 || errno == EINPROGRESS || errno == EINTR) return fd;
  return failed(fd);
}

int mc_socket_error(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return -errno;
  return -error;
}

int mc_socket_accept(int fd) {
  int accepted;
  do {
    accepted = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  } while (accepted < 0 && errno == EINTR);
  if (accepted < 0) return -errno;
  send_at_once(accepted);
  return accepted;
}

int64_t mc_socket_read(int fd, void *data, size_t length) {
  ssize_t got;
  do {
    got = recv(fd, data, length, 0);
  } while (got < 0 && errno == EINTR);
  return got < 0 ? -errno : (int64_t)got;
}

int64_t mc_socket_write(int fd, const void *data, size_t length) {
  ssize_t written;
  do {
    written = send(fd, data, length, MSG_NOSIGNAL);
  } while (written < 0 && errno == EINTR);
  return written < 0 ? -errno : (int64_t)written;
}

int mc_socket_end(int fd) { return shutdown(fd, SHUT_WR) == 0 ? 0 : -errno; }

int mc_socket_name(int fd, int peer, uint8_t *out, size_t capacity) {
  union address at;
  memset(&at, 0, sizeof at);
  socklen_t size = sizeof at;
  if ((peer ? getpeername : getsockname)(fd, &at.any, &size) != 0) return -errno;
  if (at.any.sa_family == AF_INET) {
    if (capacity < INET_BYTES) return -EINVAL;
    memcpy(out, &at.inet.sin_addr, 4);
    memcpy(out + 4, &at.inet.sin_port, 2);
    return INET_BYTES;
  }
  size_t start = offsetof(struct sockaddr_un, sun_path);
  size_t length = size > start ? size - start : 0;
  if (length > sizeof at.path.sun_path) length = sizeof at.path.sun_path;
  if (length > 0 && at.path.sun_path[0] != 0) length = strnlen(at.path.sun_path, length);
  if (length > capacity) return -EINVAL;
  memcpy(out, at.path.sun_path, length);
  return (int)length;
}

int mc_dup(int fd) {
  int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
  return copy < 0 ? -errno : copy;
}

int mc_poll(int fd, int events, int ms) {
  struct pollfd event = {.fd = fd, .events = (short)((events & MC_READABLE ? POLLIN : 0) | (events & MC_WRITABLE ? POLLOUT : 0))};
  int count = poll(&event, 1, ms);
  if (count < 0) return errno == EINTR ? 0 : -errno;
  if (count == 0) return 0;
  /* An error or a hang-up is found by the read or write that follows. */
  if (event.revents & (POLLERR | POLLHUP | POLLNVAL)) return MC_READABLE | MC_WRITABLE;
  return (event.revents & POLLIN ? MC_READABLE : 0) | (event.revents & POLLOUT ? MC_WRITABLE : 0);
}
