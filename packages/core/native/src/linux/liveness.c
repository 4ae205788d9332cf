/*
 * Liveness on Linux: an open-file-description lock on one byte (fcntl(2)). The kernel drops it when the description's last descriptor closes,
 * at SIGKILL too, while the process is still a zombie, and knows nothing of pid reuse or pid namespaces.
 */
#define _GNU_SOURCE
#include "manycore.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#ifndef F_OFD_GETLK
#define F_OFD_GETLK 36
#define F_OFD_SETLK 37
#endif

static struct flock byte_lock(short type, uint64_t byte) {
  struct flock lock = {0};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = (off_t)byte;
  lock.l_len = 1;
  return lock;
}

int mc_claim(int fd, uint64_t byte) {
  struct flock lock = byte_lock(F_WRLCK, byte);
  if (fcntl(fd, F_OFD_SETLK, &lock) == 0) return 1;
  return errno == EAGAIN || errno == EACCES ? 0 : -errno;
}

int mc_release(int fd, uint64_t byte) {
  struct flock lock = byte_lock(F_UNLCK, byte);
  return fcntl(fd, F_OFD_SETLK, &lock) == 0 ? 0 : -errno;
}

int mc_is_claimed(int fd, uint64_t byte) {
  struct flock lock = byte_lock(F_WRLCK, byte);
  if (fcntl(fd, F_OFD_GETLK, &lock) != 0) return -errno;
  return lock.l_type != F_UNLCK;
}
