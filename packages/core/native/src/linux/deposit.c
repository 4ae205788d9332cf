/*
 * Descriptors on deposit (deposit.h), the depositing side: the list of them, and the thread that serves it.
 *
 * Nobody can hold the thread up: it never blocks on a client. A silent one is dropped after CLIENT_MS, and the oldest one when there are MOST_CLIENTS.
 *
 * A deposit ends when its word of session memory is not what it was: nobody holds the block any more that stands for it. The thread looks after each event, then twice as late each time, up to LONGEST_PAUSE_MS.
 * Without deposits and clients it sleeps. It is never joined: it ends with the process, and so do its deposits.
 */
#define _GNU_SOURCE
#include "deposit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CLIENTS = 32, CLIENT_MS = 2000, LONGEST_PAUSE_MS = 1000, REST_MS = 20, STACK_BYTES = 64 * 1024 };

struct deposit {
  struct deposit *next;
  uint8_t ticket[MC_TICKET_BYTES];
  int fd;
  /* Where in which memory is what it must be. */
  int memory;
  int32_t expected;
  uint64_t offset;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* Under the lock. Only the thread takes out of the list. */
static struct deposit *deposits = NULL;
static int is_serving = 0;
/* Fixed once it serves. */
static int listener, bell;
static uint8_t own_name[MC_TICKET_BYTES];

int64_t mc_now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- the list --- */

static int is_held(const struct deposit *deposit) {
  int32_t word;
  return pread(deposit->memory, &word, sizeof word, (off_t)deposit->offset) == (ssize_t)sizeof word && word == deposit->expected;
}

/* Takes the same time wherever the bytes differ. */
static int is_same(const uint8_t *a, const uint8_t *b) {
  unsigned difference = 0;
  for (int i = 0; i < MC_TICKET_BYTES; i++) difference |= (unsigned)(a[i] ^ b[i]);
  return difference == 0;
}

static const struct deposit *find(const uint8_t *ticket) {
  for (const struct deposit *deposit = deposits; deposit != NULL; deposit = deposit->next)
    if (is_same(deposit->ticket, ticket)) return deposit;
  return NULL;
}

/* Whether there are any left. */
static int drop_ended(void) {
  pthread_mutex_lock(&lock);
  for (struct deposit **at = &deposits; *at != NULL;) {
    struct deposit *deposit = *at;
    if (is_held(deposit)) {
      at = &deposit->next;
      continue;
    }
    *at = deposit->next;
    close(deposit->fd);
    free(deposit);
  }
  int any = deposits != NULL;
  pthread_mutex_unlock(&lock);
  return any;
}

/* --- the thread --- */

struct client {
  int fd;
  int64_t deadline;
};

int mc_is_own_user(int fd, int *pid) {
  struct ucred credentials;
  socklen_t size = sizeof credentials;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return 0;
  if (pid != NULL) *pid = credentials.pid;
  return credentials.uid == geteuid();
}

/* One byte, and a descriptor unless it is negative. A client that cannot take it at once gets nothing. */
static void answer(int client, uint8_t byte, int fd) {
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
  } control;
  memset(&control, 0, sizeof control);
  struct iovec part = {.iov_base = &byte, .iov_len = 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (fd >= 0) {
    message.msg_control = &control;
    message.msg_controllen = sizeof control.room;
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
  }
  sendmsg(client, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Whether the client is through: it was answered, has gone, or said something else. */
static int serve_client(int fd) {
  uint8_t ticket[MC_TICKET_BYTES + 1];
  ssize_t got = recv(fd, ticket, sizeof ticket, MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (got != MC_TICKET_BYTES) return 1;
  pthread_mutex_lock(&lock);
  const struct deposit *deposit = find(ticket);
  answer(fd, deposit == NULL ? MC_NOT_HERE : MC_HERE, deposit == NULL ? -1 : deposit->fd);
  pthread_mutex_unlock(&lock);
  return 1;
}

static void drop_client(struct client *clients, int *count, int index) {
  close(clients[index].fd);
  (*count)--;
  /* Oldest first. */
  memmove(clients + index, clients + index + 1, (size_t)(*count - index) * sizeof *clients);
}

/* Whether more may come: not when the process has no descriptor left, say. */
static int accept_clients(struct client *clients, int *count) {
  for (int i = 0; i < MOST_CLIENTS; i++) {
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
    /* Its ticket is here already, as a rule. */
    if (!mc_is_own_user(fd, NULL) || serve_client(fd)) {
      close(fd);
      continue;
    }
    if (*count == MOST_CLIENTS) drop_client(clients, count, 0);
    clients[(*count)++] = (struct client){.fd = fd, .deadline = mc_now_ms() + CLIENT_MS};
  }
  return 1;
}

static void drain(void) {
  uint64_t rings;
  while (read(bell, &rings, sizeof rings) < 0 && errno == EINTR) {
  }
}

static int shorter(int a, int b) { return a < 0 || (b >= 0 && b < a) ? b : a; }

static void *serve(void *unused) {
  (void)unused;
  struct client clients[MOST_CLIENTS];
  int count = 0, pause = 1, accepts = 1;
  for (;;) {
    struct pollfd events[2 + MOST_CLIENTS] = {{.fd = bell, .events = POLLIN}, {.fd = accepts ? listener : -1, .events = POLLIN}};
    for (int i = 0; i < count; i++) events[2 + i] = (struct pollfd){.fd = clients[i].fd, .events = POLLIN};
    int wait = drop_ended() ? pause : -1;
    if (!accepts) wait = shorter(wait, REST_MS);
    if (count > 0) {
      int64_t left = clients[0].deadline - mc_now_ms();
      wait = shorter(wait, left < 0 ? 0 : (int)left);
    }
    int ready = poll(events, (nfds_t)(2 + count), wait);
    accepts = 1;
    if (ready <= 0) {
      pause = pause * 2 < LONGEST_PAUSE_MS ? pause * 2 : LONGEST_PAUSE_MS;
    } else {
      pause = 1;
      if (events[0].revents != 0) drain();
      for (int i = count - 1; i >= 0; i--)
        if (events[2 + i].revents != 0 && serve_client(clients[i].fd)) drop_client(clients, &count, i);
      if (events[1].revents != 0) accepts = accept_clients(clients, &count);
    }
    while (count > 0 && clients[0].deadline <= mc_now_ms()) drop_client(clients, &count, 0);
  }
  return NULL;
}

/* --- for both sides --- */

socklen_t mc_deposit_address(const uint8_t *name, struct sockaddr_un *out) {
  static const char prefix[] = "manycore-deposit-", digits[] = "0123456789abcdef";
  memset(out, 0, sizeof *out);
  out->sun_family = AF_UNIX;
  char *at = out->sun_path + 1;
  memcpy(at, prefix, sizeof prefix - 1);
  at += sizeof prefix - 1;
  for (int i = 0; i < MC_TICKET_BYTES; i++) {
    *at++ = digits[name[i] >> 4];
    *at++ = digits[name[i] & 15];
  }
  return (socklen_t)(at - (char *)out);
}

int mc_deposit_socket(void) { return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

static int start_thread(void) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  /* Signals go to the threads that expect them: this one takes none. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int error = pthread_create(&thread, &attributes, serve, NULL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  return -error;
}

/* Under the lock. 0, or why this process cannot serve; the next call tries again. */
static int start_serving(void) {
  if (is_serving) return 0;
  if (getrandom(own_name, sizeof own_name, 0) != (ssize_t)sizeof own_name) return -EIO;
  struct sockaddr_un address;
  socklen_t size = mc_deposit_address(own_name, &address);
  listener = mc_deposit_socket();
  bell = listener < 0 ? -1 : eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  int error = bell < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, SOMAXCONN) != 0 ? -errno : start_thread();
  if (error == 0) {
    is_serving = 1;
    return 0;
  }
  if (listener >= 0) close(listener);
  if (bell >= 0) close(bell);
  return error;
}

static void ring(void) {
  uint64_t one = 1;
  /* Fails only when it is full, which is a rung bell. */
  while (write(bell, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

int mc_deposit(int fd, const uint8_t *ticket, int memory, uint64_t offset, int32_t expected, uint8_t *name) {
  struct deposit *deposit = malloc(sizeof *deposit);
  if (deposit == NULL) return -ENOMEM;
  *deposit = (struct deposit){.memory = memory, .expected = expected, .offset = offset};
  memcpy(deposit->ticket, ticket, MC_TICKET_BYTES);
  deposit->fd = mc_dup(fd);
  int error = deposit->fd < 0 ? deposit->fd : 0;
  pthread_mutex_lock(&lock);
  if (error == 0) error = start_serving();
  if (error == 0) {
    deposit->next = deposits;
    deposits = deposit;
    memcpy(name, own_name, MC_TICKET_BYTES);
    ring();
  }
  pthread_mutex_unlock(&lock);
  if (error == 0) return 0;
  if (deposit->fd >= 0) close(deposit->fd);
  free(deposit);
  return error;
}

int mc_deposit_here(const uint8_t *ticket) {
  pthread_mutex_lock(&lock);
  const struct deposit *deposit = find(ticket);
  int fd = deposit == NULL ? -ENOENT : mc_dup(deposit->fd);
  /* It may be over soon. */
  if (deposit != NULL) ring();
  pthread_mutex_unlock(&lock);
  return fd;
}
