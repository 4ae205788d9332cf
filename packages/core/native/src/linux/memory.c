/* Session memory on Linux: a sealed memfd. Nothing of it has a name, so nothing is left when its last holder is gone. */
#define _GNU_SOURCE
#include "manycore.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif
#ifndef F_ADD_SEALS
#define F_ADD_SEALS 1033
#define F_SEAL_SEAL 1
#define F_SEAL_SHRINK 2
#define F_SEAL_GROW 4
#endif

int mc_memory_create(uint64_t size) {
  /* By number: the wrapper is missing in glibc before 2.27. NOEXEC_SEAL is unknown before Linux 6.3 (EINVAL): then without. */
  int fd = (int)syscall(SYS_memfd_create, "manycore", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
  if (fd < 0 && errno == EINVAL) fd = (int)syscall(SYS_memfd_create, "manycore", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) return -errno;
  /* The seals take away the SIGBUS that a truncated file would mean for everybody who mapped it. */
  if (ftruncate(fd, (off_t)size) != 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    int error = -errno;
    close(fd);
    return error;
  }
  return fd;
}

int mc_memory_reopen(int fd) {
  char path[40];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  int own = open(path, O_RDWR | O_CLOEXEC);
  return own < 0 ? -errno : own;
}

int64_t mc_memory_allocated(int fd) {
  struct stat st;
  if (fstat(fd, &st) != 0) return -errno;
  return (int64_t)st.st_blocks * 512;
}

int mc_memory_punch(int fd, uint64_t offset, uint64_t length) {
  int result;
  do {
    result = fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)length);
  } while (result != 0 && errno == EINTR);
  return result == 0 ? 0 : -errno;
}

void *mc_map(int fd, uint64_t offset, size_t length, void *at, int *error) {
  int flags = MAP_SHARED | (at != NULL ? MAP_FIXED : 0);
  void *address = mmap(at, length, PROT_READ | PROT_WRITE, flags, fd, (off_t)offset);
  if (address == MAP_FAILED) {
    *error = -errno;
    return NULL;
  }
  return address;
}

int mc_unmap(void *address, size_t length) { return munmap(address, length) == 0 ? 0 : -errno; }

/*
 * glibc maps a block of 128 KiB or more by itself and unmaps it when it is freed, so that each page of the next one is a fault again. The size from which it does so follows the largest such block that
 * was ever freed, up to 32 MiB, and twice as much it keeps (mallopt(3), M_MMAP_THRESHOLD): it is shown one. None of its pages is touched. Who set the thresholds has switched this off.
 */
void mc_keep_freed_memory(void) {
  void *volatile block = malloc(((size_t)32 << 20) - ((size_t)64 << 10));
  free(block);
}

size_t mc_page_size(void) { return (size_t)sysconf(_SC_PAGESIZE); }

int mc_set_cloexec(int fd) {
  int flags = fcntl(fd, F_GETFD);
  if (flags < 0 || fcntl(fd, F_SETFD, flags | FD_CLOEXEC) != 0) return -errno;
  return 0;
}

uint64_t mc_file_identity(int fd) {
  struct stat st;
  if (fstat(fd, &st) != 0) return 0;
  return ((uint64_t)st.st_dev << 40) ^ (uint64_t)st.st_ino;
}

int mc_close(int fd) { return close(fd) == 0 ? 0 : -errno; }
