/*
 * Named files on Linux, and folders for sockets. A new file is made without a name (O_TMPFILE) and gets it when it is complete, so that a kill leaves nothing and nobody ever finds half of one.
 */
#define _GNU_SOURCE
#include "manycore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* A signal ends fallocate with nothing done: in parts, it gets on also where signals keep coming. */
static const uint64_t PART_BYTES = (uint64_t)64 << 20;

static int reserve(int fd, uint64_t size) {
  for (uint64_t done = 0; done < size;) {
    uint64_t part = size - done < PART_BYTES ? size - done : PART_BYTES;
    if (fallocate(fd, 0, (off_t)done, (off_t)part) == 0) {
      done += part;
    } else if (errno != EINTR) {
      return -errno;
    }
  }
  return 0;
}

int mc_file_make(const char *folder, uint64_t size) {
  if (size > (uint64_t)INT64_MAX) return -EFBIG;
  int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) return -errno;
  int error = reserve(fd, size);
  if (error == 0) return fd;
  close(fd);
  return error;
}

int mc_file_publish(int fd, const char *path) {
  char open_file[40];
  snprintf(open_file, sizeof open_file, "/proc/self/fd/%d", fd);
  return linkat(AT_FDCWD, open_file, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 ? 0 : -errno;
}

int mc_file_open(const char *path) {
  /* Not blocking: a pipe of that name must not hold us up. It means nothing to a regular file. */
  int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return -errno;
  struct stat st;
  if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) return fd;
  close(fd);
  return -EINVAL;
}

int64_t mc_file_size(int fd) {
  struct stat st;
  return fstat(fd, &st) == 0 ? (int64_t)st.st_size : -errno;
}

int mc_file_remove(const char *path) { return unlink(path) == 0 ? 0 : -errno; }

/* The kernel's interface, in no C library before 2018. */
struct moment {
  int64_t seconds;
  uint32_t nanoseconds;
  int32_t unused;
};
struct statx_answer {
  uint32_t mask, block_size;
  uint64_t attributes;
  uint32_t links, uid, gid;
  uint16_t mode, unused;
  uint64_t inode, size, blocks, attributes_mask;
  struct moment accessed, born, changed, modified;
  uint32_t device_major, device_minor;
  uint32_t file_device_major, file_device_minor;
  uint64_t more[14];
};
enum { WANT_INODE = 0x100, WANT_BIRTH = 0x800, EMPTY_PATH = 0x1000 };

#ifndef SYS_statx
#if defined(__x86_64__)
#define SYS_statx 332
#else
#define SYS_statx 291
#endif
#endif

int mc_file_mark(int fd, const char *path, char mark[MC_FILE_MARK_LENGTH]) {
  struct statx_answer found = {0};
  struct moment born = {0};
  uint32_t major_number, minor_number;
  uint64_t inode;
  long result = path == NULL ? syscall(SYS_statx, fd, "", EMPTY_PATH, WANT_INODE | WANT_BIRTH, &found)
                             : syscall(SYS_statx, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, WANT_INODE | WANT_BIRTH, &found);
  if (result == 0) {
    /* Not every file system knows when a file was made: then device and inode have to do. */
    if ((found.mask & WANT_BIRTH) != 0) born = found.born;
    major_number = found.file_device_major;
    minor_number = found.file_device_minor;
    inode = found.inode;
  } else if (errno == ENOSYS || errno == EPERM) {
    struct stat st;
    if ((path == NULL ? fstat(fd, &st) : lstat(path, &st)) != 0) return -errno;
    major_number = major(st.st_dev);
    minor_number = minor(st.st_dev);
    inode = (uint64_t)st.st_ino;
  } else {
    return -errno;
  }
  snprintf(mark, MC_FILE_MARK_LENGTH, "%x.%x.%llx.%llx.%x", major_number, minor_number, (unsigned long long)inode, (unsigned long long)born.seconds, born.nanoseconds);
  return 0;
}

/* Through a descriptor of the folder: whatever is of its name by then, nothing of another folder is removed. */
static int remove_inside(const char *path, const char *mark, const char *inside) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -errno;
  char found[MC_FILE_MARK_LENGTH];
  int result = mc_file_mark(fd, NULL, found);
  if (result == 0 && strcmp(found, mark) != 0) result = -ESTALE;
  if (result == 0 && unlinkat(fd, inside, 0) != 0 && errno != ENOENT) result = -errno;
  close(fd);
  return result;
}

int mc_folder_remove(const char *path, const char *mark, const char *inside) {
  int result = *mark == '\0' ? 0 : remove_inside(path, mark, inside);
  if (result != 0) return result;
  return rmdir(path) == 0 ? 0 : -errno;
}
