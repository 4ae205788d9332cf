export { NamedMemoryError } from './named/errors.js';
export { type SharedValue, type ShareableValue } from './named/list-value.js';
export { ShareableList, type ShareableListOptions } from './named/shareable-list.js';
export { SharedMemory, type SharedMemoryOptions } from './named/shared-memory.js';
