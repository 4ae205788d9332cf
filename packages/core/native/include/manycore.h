/*
 * The operating-system interface of manycore: every OS call of the project goes through these functions.
 *
 * One folder per system implements them (`src/linux`); `src/binding.c` checks arguments and hands results to JavaScript.
 * Unless said otherwise a function returns 0 or a positive value, or a negative errno.
 *
 * Calling order: mc_memory_create (root) or an inherited descriptor -> mc_memory_reopen, once per thread -> mc_claim on that description
 * -> mc_map, mc_wait, mc_wake, mc_bell_* in any order -> mc_release or closing the description, which the kernel also does at death.
 */
#ifndef MANYCORE_H
#define MANYCORE_H

/* Raised with every change of what the addon offers or of what that means; src/native.ts, which has the same number, refuses a binary of another one. */
#define MC_INTERFACE_VERSION 3

#include <stddef.h>
#include <stdint.h>

/* --- session memory: one sparse file that only the kernel holds --- */

/* A new memory of `size` bytes, which can neither shrink nor grow again; close-on-exec. Returns a descriptor. */
int mc_memory_create(uint64_t size);
/* The same memory through an open file description of its own, so that byte locks belong to the caller alone. */
int mc_memory_reopen(int fd);
/* Bytes that the kernel holds for the memory right now. */
int64_t mc_memory_allocated(int fd);
/* Gives pages back; they read as zero afterwards. Offset and length in whole pages. */
int mc_memory_punch(int fd, uint64_t offset, uint64_t length);
/* Maps a window. `at` is NULL, or a page-aligned address whose pages are replaced. Returns NULL and sets *error (a negative errno). */
void *mc_map(int fd, uint64_t offset, size_t length, void *at, int *error);
int mc_unmap(void *address, size_t length);
size_t mc_page_size(void);
/* Lets the process keep large freed heap blocks for the next ones, instead of giving their pages back at once. No effect where the C library cannot. */
void mc_keep_freed_memory(void);

/* --- parking --- */

enum { MC_WOKEN = 0, MC_CHANGED = 1, MC_TIMED_OUT = 2, MC_INTERRUPTED = 3 };
/* Sleeps until mc_wake on the same word in any process, for at most `ms`; returns at once when the word is not `expected`. */
int mc_wait(int32_t *word, int32_t expected, double ms);
/* Wakes at most `count` sleepers; returns how many. */
int mc_wake(int32_t *word, int count);

/* --- liveness: a byte of the memory, locked as long as its claimant lives --- */

/* 1 when the byte is now ours, 0 when somebody else has it. */
int mc_claim(int fd, uint64_t byte);
int mc_release(int fd, uint64_t byte);
/* 1 while another description holds the byte, else 0 (also when this very description holds it). */
int mc_is_claimed(int fd, uint64_t byte);

/* --- doorbell: wakes an event loop of another process or thread --- */

/* fds[0] is the owner's end to poll, fds[1] its own writing end, kept open so that polling never sees a hang-up; identity names the bell. */
int mc_bell_create(int fds[2], uint64_t *identity);
/* Opens the bell of `pid`, whose owner's end is descriptor `fd` there; refuses (-ESTALE) what is not that very bell. */
int mc_bell_open(int pid, int fd, uint64_t identity);
/* A full bell is a rung bell: 0. -EPIPE when the owner is gone. */
int mc_bell_ring(int fd);
int mc_bell_drain(int fd);

/* --- sockets: stream sockets that never block, close-on-exec --- */

enum { MC_UNIX = 0, MC_INET = 1 };
enum { MC_READABLE = 1, MC_WRITABLE = 2 };
/* An address is bytes: a path without its NUL, or a NUL and an abstract name (MC_UNIX); 4 bytes of IPv4 address and 2 of port, big-endian (MC_INET). */
int mc_socket_listen(int family, const uint8_t *address, size_t length, int backlog);
/* The connection may still be under way: it is decided once the socket polls writable, see mc_socket_error. -EAGAIN: the backlog of a Unix listener is full. */
int mc_socket_connect(int family, const uint8_t *address, size_t length);
/* What became of a connection: 0, or why there is none. */
int mc_socket_error(int fd);
int mc_socket_accept(int fd);
/* Bytes read, 0 at the end of file. */
int64_t mc_socket_read(int fd, void *data, size_t length);
/* Bytes written. No signal at a closed peer, but -EPIPE. */
int64_t mc_socket_write(int fd, const void *data, size_t length);
/* The peer reads the end of file after what was written. */
int mc_socket_end(int fd);
/* The address of this side or of the peer; returns its length, 0 for a socket without a name. */
int mc_socket_name(int fd, int peer, uint8_t *out, size_t capacity);
int mc_dup(int fd);
/* Waits at most `ms` for MC_READABLE, MC_WRITABLE; returns what there is, 0 when nothing came or a signal interrupted. */
int mc_poll(int fd, int events, int ms);

/* --- deposits: how a descriptor gets to another process of the tree --- */

enum { MC_TICKET_BYTES = 16 };
/*
 * Deposits a duplicate of `fd` for whoever shows the ticket, as long as the 4 bytes at `offset` of the file `memory` are `expected`; `memory` must stay open. `name`, as long as a ticket, is where others ask
 * for it. A thread of this process, started with the first deposit, gives it out: also while JavaScript is blocked, and until the process ends.
 */
int mc_deposit(int fd, const uint8_t *ticket, int memory, uint64_t offset, int32_t expected, uint8_t *name);
/*
 * A duplicate of a deposit of this process, or else of process `pid`; close-on-exec. Blocks for at most `ms`. -ENOENT: there is no such deposit any more; -ECONNREFUSED: nobody serves there, the process has ended;
 * -EPERM: somebody else does; -EMFILE, -ETIMEDOUT.
 */
int mc_collect(int pid, const uint8_t *name, const uint8_t *ticket, int ms);

/* --- files with names: named memory, and what a tracker removes at the end of a session --- */

/* A file of `size` bytes in `folder` that has no name yet and vanishes with its descriptor. Its pages are reserved: touching them later cannot fail. Mode 0600. */
int mc_file_make(const char *folder, uint64_t size);
/* Gives it its name, all at once. -EEXIST when there is something of that name. */
int mc_file_publish(int fd, const char *path);
/* A regular file for reading and writing; follows no link. -EINVAL for anything else. */
int mc_file_open(const char *path);
int64_t mc_file_size(int fd);
int mc_file_remove(const char *path);
enum { MC_FILE_MARK_LENGTH = 64 };
/* What names a file for ever, whatever it is called: device, inode, moment of birth; as text. Of `fd`, or of `path` when it is not NULL (which follows no link). */
int mc_file_mark(int fd, const char *path, char mark[MC_FILE_MARK_LENGTH]);
/* Removes the folder that has this mark, with the file `inside` it; nothing when there is more in it. With an empty mark: an empty folder. Follows no link. -ESTALE for a folder with another mark. */
int mc_folder_remove(const char *path, const char *mark, const char *inside);

/* --- processes --- */

/*
 * Starts a program that belongs to nobody: no child of this process, a session of its own, nothing open but `fd` as descriptor 3 and /dev/null as 0 to 2, the folder / as its own. Returns when it has
 * been started. It has no child's duties either: who starts it need not wait for its end.
 */
int mc_spawn_detached(const char *path, char *const argv[], char *const envp[], int fd);
/* Waits, for ever, until nobody else holds the byte, and holds it then. The process ignores SIGINT, SIGTERM and SIGHUP from now on. */
int mc_claim_at_end(int fd, uint64_t byte);

/* Both ends close-on-exec and blocking. */
int mc_pipe(int fds[2]);
/* Waits at most `ms` for the end of a child without reaping it. 1: ended, *code or *signal set (the other is -1); 0: still running. */
int mc_process_wait(int pid, int ms, int *code, int *signal_number);
/* A descriptor that polls readable once the process has ended. */
int mc_process_open(int pid);
/* Ends this process when `fd`, an end of a pipe or socket, hangs up: SIGTERM, then SIGKILL after `grace_ms`. Works while JavaScript is blocked. What is written into it is not looked at. */
int mc_watch_parent(int fd, int grace_ms);
/* Whether the calling thread is the process's first, and how many CPUs it may run on. */
int mc_is_main_thread(void);
int mc_cpu_count(void);
/* The CPUs, at most `capacity` of them, that the calling thread may run on; how many. */
int mc_affinity(int *cpus, int capacity);
/* For the calling thread, and what it starts later. The system leaves out CPUs that there are not; -EINVAL when none is left. */
int mc_set_affinity(const int *cpus, int count);
/* Takes the CPU that the caller runs on from those of the main thread of `pid`, which sleeps: woken by the caller, it need not wait until that sleeps. -EINVAL when none would be left. */
int mc_wake_elsewhere(int pid);
int mc_set_cloexec(int fd);
/* Identity of the open file behind `fd` (device and inode mixed), or 0 when there is none. */
uint64_t mc_file_identity(int fd);
int mc_close(int fd);

#endif
