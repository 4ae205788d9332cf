export type { ElementOf, InputOf, SharedType, ViewOf } from './element-type.js';
export { RawArray } from './raw-array.js';
export { RawValue } from './raw-value.js';
export { share } from './share.js';
export { SharedArray, SharedArray as Array } from './shared-array.js';
export type { SharedLock, SharedOptions } from './shared-object.js';
export type { Typecode } from './typecode.js';
export { Value } from './value.js';
export { sharedBuffer } from '@manycore/core';
