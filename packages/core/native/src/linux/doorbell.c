/*
 * Doorbell on Linux: an anonymous pipe that others open through /proc/<pid>/fd/<n>. It has no name, so nothing is left behind; only the same
 * user can open it. A pid may be reused and a descriptor number too, so what is found there is verified before a byte is written.
 */
#define _GNU_SOURCE
#include "manycore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t fifo_identity(int fd) {
  struct stat st;
  if (fstat(fd, &st) != 0 || !S_ISFIFO(st.st_mode)) return 0;
  return ((uint64_t)st.st_dev << 40) ^ (uint64_t)st.st_ino;
}

int mc_bell_create(int fds[2], uint64_t *identity) {
  if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) != 0) return -errno;
  *identity = fifo_identity(fds[0]);
  return 0;
}

int mc_bell_open(int pid, int fd, uint64_t identity) {
  char path[48];
  snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, fd);
  /* O_PATH neither opens nor disturbs whatever is there; only after it is known to be the bell is it opened for writing. */
  int probe = open(path, O_PATH | O_CLOEXEC);
  if (probe < 0) return -errno;
  if (fifo_identity(probe) != identity) {
    close(probe);
    return -ESTALE;
  }
  snprintf(path, sizeof path, "/proc/self/fd/%d", probe);
  int bell = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK);
  int error = bell < 0 ? -errno : 0;
  close(probe);
  return bell < 0 ? error : bell;
}

int mc_bell_ring(int fd) {
  static const char byte = 1;
  ssize_t written;
  do {
    written = write(fd, &byte, 1);
  } while (written < 0 && errno == EINTR);
  return written == 1 || errno == EAGAIN ? 0 : -errno;
}

int mc_bell_drain(int fd) {
  char sink[256];
  for (;;) {
    ssize_t got = read(fd, sink, sizeof sink);
    if (got == (ssize_t)sizeof sink) continue;
    if (got >= 0 || errno == EAGAIN) return 0;
    if (errno != EINTR) return -errno;
  }
}
