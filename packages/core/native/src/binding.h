/* What the Node-API files share. */
#ifndef MANYCORE_BINDING_H
#define MANYCORE_BINDING_H

#define NAPI_VERSION 8
#include <node_api.h>

#include "manycore.h"

/* Arguments come from our own TypeScript only, which checks ranges; what is checked here is that a wrong kind cannot become a wild access. */
#define MAX_ARGUMENTS 5
#define ARGUMENTS(count)                                                                              \
  napi_value arguments[MAX_ARGUMENTS];                                                                \
  size_t argument_count = MAX_ARGUMENTS;                                                              \
  if (napi_get_cb_info(env, info, &argument_count, arguments, NULL, NULL) != napi_ok) return NULL;    \
  if (argument_count < (count)) return mc_throw(env, "too few arguments")

napi_value mc_throw(napi_env env, const char *message);
int32_t mc_int(napi_env env, napi_value value);
double mc_double(napi_env env, napi_value value);
napi_value mc_from_int(napi_env env, int32_t value);
napi_value mc_from_double(napi_env env, double value);
void mc_define(napi_env env, napi_value exports, const char *name, napi_callback callback);

/* bytes.c: NULL with an exception pending when it is no Uint8Array. */
uint8_t *mc_bytes_of(napi_env env, napi_value value, size_t *length);
/* The part that three arguments name: bytes, offset, length. NULL also when it is not inside. */
uint8_t *mc_part_of(napi_env env, napi_value *arguments, size_t *length);
void mc_bytes_init(napi_env env, napi_value exports);

/* process_state.c: what all threads of the process share. */
void mc_process_state_init(napi_env env, napi_value exports);

/* thread.c: what belongs to a thread. */
void mc_thread_init(napi_env env, napi_value exports);

/* event_loop.c: polling a descriptor on the thread's event loop. */
napi_status mc_event_loop_init(napi_env env, napi_value exports);

/* socket.c: stream sockets, and what else is closed by `closeSocket` or with the environment. */
void mc_socket_init(napi_env env, napi_value exports);
/* An errno is handed on as it is. */
napi_value mc_owned(napi_env env, int fd);

/* file.c: named files, and the process that removes them. */
void mc_file_init(napi_env env, napi_value exports);

#endif
