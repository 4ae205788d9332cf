/* Sockets for JavaScript. Each belongs to the thread that made it and is closed when the environment of that thread ends. */
#include "binding.h"

static void close_at_exit(void *fd) { mc_close((int)(intptr_t)fd); }

/* A hook may be registered once only: `close_socket` takes it away before the number can be used again. */
napi_value mc_owned(napi_env env, int fd) {
  if (fd >= 0) napi_add_env_cleanup_hook(env, close_at_exit, (void *)(intptr_t)fd);
  return mc_from_int(env, fd);
}

static napi_value listen_socket(napi_env env, napi_callback_info info) {
  ARGUMENTS(3);
  size_t length;
  uint8_t *address = mc_bytes_of(env, arguments[1], &length);
  return address == NULL ? NULL : mc_owned(env, mc_socket_listen(mc_int(env, arguments[0]), address, length, mc_int(env, arguments[2])));
}

static napi_value connect_socket(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  size_t length;
  uint8_t *address = mc_bytes_of(env, arguments[1], &length);
  return address == NULL ? NULL : mc_owned(env, mc_socket_connect(mc_int(env, arguments[0]), address, length));
}

static napi_value socket_error(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  return mc_from_int(env, mc_socket_error(mc_int(env, arguments[0])));
}

static napi_value accept_socket(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  return mc_owned(env, mc_socket_accept(mc_int(env, arguments[0])));
}

/* readSocket(fd, bytes, offset, length) */
static napi_value read_socket(napi_env env, napi_callback_info info) {
  ARGUMENTS(4);
  size_t length;
  uint8_t *part = mc_part_of(env, arguments + 1, &length);
  return part == NULL ? NULL : mc_from_double(env, (double)mc_socket_read(mc_int(env, arguments[0]), part, length));
}

/* writeSocket(fd, bytes, offset, length) */
static napi_value write_socket(napi_env env, napi_callback_info info) {
  ARGUMENTS(4);
  size_t length;
  uint8_t *part = mc_part_of(env, arguments + 1, &length);
  return part == NULL ? NULL : mc_from_double(env, (double)mc_socket_write(mc_int(env, arguments[0]), part, length));
}

static napi_value end_socket(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  return mc_from_int(env, mc_socket_end(mc_int(env, arguments[0])));
}

/* socketName(fd, peer) -> bytes, none for a socket without a name; or a negative errno. */
static napi_value socket_name(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  bool peer = false;
  napi_get_value_bool(env, arguments[1], &peer);
  uint8_t name[128];
  int length = mc_socket_name(mc_int(env, arguments[0]), peer, name, sizeof name);
  if (length < 0) return mc_from_int(env, length);
  napi_value result = NULL;
  napi_create_buffer_copy(env, (size_t)length, name, NULL, &result);
  return result;
}

static napi_value dup_socket(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  return mc_owned(env, mc_dup(mc_int(env, arguments[0])));
}

static napi_value close_socket(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  int fd = mc_int(env, arguments[0]);
  napi_remove_env_cleanup_hook(env, close_at_exit, (void *)(intptr_t)fd);
  return mc_from_int(env, mc_close(fd));
}

/* Bytes as long as a ticket, or NULL with an exception pending. */
static uint8_t *ticket_of(napi_env env, napi_value value) {
  size_t length;
  uint8_t *bytes = mc_bytes_of(env, value, &length);
  if (bytes == NULL || length == MC_TICKET_BYTES) return bytes;
  mc_throw(env, "expected 16 bytes");
  return NULL;
}

/* depositSocket(fd, ticket, memory, offset, expected) -> the name to ask at, or a negative errno. */
static napi_value deposit_socket(napi_env env, napi_callback_info info) {
  ARGUMENTS(5);
  uint8_t *ticket = ticket_of(env, arguments[1]);
  if (ticket == NULL) return NULL;
  uint8_t name[MC_TICKET_BYTES];
  int error = mc_deposit(mc_int(env, arguments[0]), ticket, mc_int(env, arguments[2]), (uint64_t)mc_double(env, arguments[3]), mc_int(env, arguments[4]), name);
  if (error < 0) return mc_from_int(env, error);
  napi_value result = NULL;
  napi_create_buffer_copy(env, sizeof name, name, NULL, &result);
  return result;
}

/* collectSocket(pid, name, ticket, ms) */
static napi_value collect_socket(napi_env env, napi_callback_info info) {
  ARGUMENTS(4);
  uint8_t *name = ticket_of(env, arguments[1]);
  uint8_t *ticket = name == NULL ? NULL : ticket_of(env, arguments[2]);
  return ticket == NULL ? NULL : mc_owned(env, mc_collect(mc_int(env, arguments[0]), name, ticket, mc_int(env, arguments[3])));
}

/* pollFd(fd, events, ms) */
static napi_value poll_fd(napi_env env, napi_callback_info info) {
  ARGUMENTS(3);
  return mc_from_int(env, mc_poll(mc_int(env, arguments[0]), mc_int(env, arguments[1]), mc_int(env, arguments[2])));
}

void mc_socket_init(napi_env env, napi_value exports) {
  mc_define(env, exports, "listenSocket", listen_socket);
  mc_define(env, exports, "connectSocket", connect_socket);
  mc_define(env, exports, "socketError", socket_error);
  mc_define(env, exports, "acceptSocket", accept_socket);
  mc_define(env, exports, "readSocket", read_socket);
  mc_define(env, exports, "writeSocket", write_socket);
  mc_define(env, exports, "endSocket", end_socket);
  mc_define(env, exports, "socketName", socket_name);
  mc_define(env, exports, "dupSocket", dup_socket);
  mc_define(env, exports, "closeSocket", close_socket);
  mc_define(env, exports, "depositSocket", deposit_socket);
  mc_define(env, exports, "collectSocket", collect_socket);
  mc_define(env, exports, "pollFd", poll_fd);
}
