/*
 * What all threads of one process share, whichever of them asks first. The addon is loaded once per process, so its static memory is the place: environment variables would be seen by
 * every program that the process starts, and the authkey must not be.
 */
#include "binding.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_int session_fd = -1;
static atomic_int children = 0;

static pthread_mutex_t identity_lock = PTHREAD_MUTEX_INITIALIZER;
static char *identity_text = NULL;

/* session() -> fd or -1; session(fd): the first one wins. Returns the one in force. */
static napi_value session(napi_env env, napi_callback_info info) {
  napi_value arguments[1];
  size_t count = 1;
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  if (count > 0) {
    int none = -1;
    atomic_compare_exchange_strong(&session_fd, &none, mc_int(env, arguments[0]));
  }
  return mc_from_int(env, atomic_load(&session_fd));
}

/* countChild() -> 1, 2, 3, ... */
static napi_value count_child(napi_env env, napi_callback_info info) {
  (void)info;
  return mc_from_int(env, atomic_fetch_add(&children, 1) + 1);
}

static char *text_of(napi_env env, napi_value value) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok) return NULL;
  char *text = malloc(length + 1);
  if (text != NULL) napi_get_value_string_utf8(env, value, text, length + 1, &length);
  return text;
}

/* identity(text, replace): the first one wins, unless it is to be replaced. Returns the one in force. */
static napi_value identity(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  bool replace = false;
  napi_get_value_bool(env, arguments[1], &replace);
  char *text = text_of(env, arguments[0]);
  if (text == NULL) return mc_throw(env, "expected a string");
  napi_value result = NULL;
  pthread_mutex_lock(&identity_lock);
  if (identity_text == NULL || replace) {
    char *old = identity_text;
    identity_text = text;
    text = old;
  }
  napi_create_string_utf8(env, identity_text, NAPI_AUTO_LENGTH, &result);
  pthread_mutex_unlock(&identity_lock);
  free(text);
  return result;
}

void mc_process_state_init(napi_env env, napi_value exports) {
  mc_define(env, exports, "session", session);
  mc_define(env, exports, "countChild", count_child);
  mc_define(env, exports, "identity", identity);
}
