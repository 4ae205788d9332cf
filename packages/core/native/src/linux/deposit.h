/*
 * Descriptors on deposit: how one gets to another process of the tree. pidfd_getfd needs the right to trace, which siblings do not have of each other under Yama, and a socket cannot be opened through
 * /proc/<pid>/fd. So a thread of the depositing process hands duplicates out over a Unix socket: it answers while JavaScript is blocked, as the receiver is while it waits for the answer.
 *
 *     depositing process                                    collecting process
 *     listens at an abstract name of 128 random bits        connects; the listener must be of this user and of the process that the deposit names
 *     accepts; the client must be of this user              sends the ticket, 128 random bits, in one packet
 *     answers with one byte, and the descriptor with it;    reads the answer; an end without one (it was pushed out by a crowd): tries again
 *     without, when there is no such deposit; closes
 */
#ifndef MANYCORE_DEPOSIT_H
#define MANYCORE_DEPOSIT_H

#include <sys/socket.h>
#include <sys/un.h>

#include "manycore.h"

/* The byte of an answer. */
enum { MC_NOT_HERE = 0, MC_HERE = 1 };

/* A duplicate of what was deposited in this process, or -ENOENT. */
int mc_deposit_here(const uint8_t *ticket);

/* The abstract name that belongs to 128 random bits; returns the size of the address. */
socklen_t mc_deposit_address(const uint8_t *name, struct sockaddr_un *out);

int mc_deposit_socket(void);

/* Of an accepted or connected socket; *pid may be NULL. */
int mc_is_own_user(int fd, int *pid);

/* Of the monotonic clock. */
int64_t mc_now_ms(void);

#endif
