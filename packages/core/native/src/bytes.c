/* Bytes of JavaScript: a Uint8Array, or a part of one. */
#include "binding.h"

#include <string.h>

uint8_t *mc_bytes_of(napi_env env, napi_value value, size_t *length) {
  napi_typedarray_type type;
  void *data = NULL;
  if (napi_get_typedarray_info(env, value, &type, length, &data, NULL, NULL) != napi_ok || type != napi_uint8_array) {
    mc_throw(env, "expected a Uint8Array");
    return NULL;
  }
  static uint8_t nothing;
  return data == NULL ? &nothing : data;
}

static uint8_t *part_of(napi_env env, napi_value value, double offset, double count) {
  size_t size;
  uint8_t *bytes = mc_bytes_of(env, value, &size);
  if (bytes == NULL) return NULL;
  if (offset >= 0 && count >= 0 && offset + count <= (double)size) return bytes + (size_t)offset;
  mc_throw(env, "expected a part of the bytes");
  return NULL;
}

uint8_t *mc_part_of(napi_env env, napi_value *arguments, size_t *length) {
  double count = mc_double(env, arguments[2]);
  uint8_t *part = part_of(env, arguments[0], mc_double(env, arguments[1]), count);
  if (part != NULL) *length = (size_t)count;
  return part;
}

/* copyBytes(target, offset, source, offset, length): V8 copies to and from a SharedArrayBuffer word by word, memcpy is two to four times as fast. */
static napi_value copy_bytes(napi_env env, napi_callback_info info) {
  ARGUMENTS(5);
  double length = mc_double(env, arguments[4]);
  uint8_t *target = part_of(env, arguments[0], mc_double(env, arguments[1]), length);
  if (target == NULL) return NULL;
  uint8_t *source = part_of(env, arguments[2], mc_double(env, arguments[3]), length);
  if (source != NULL) memcpy(target, source, (size_t)length);
  return NULL;
}

void mc_bytes_init(napi_env env, napi_value exports) { mc_define(env, exports, "copyBytes", copy_bytes); }
