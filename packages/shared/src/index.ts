export { ShareableList, type ShareableValue } from './named/shareable-list.js';
export { SharedMemory, type SharedMemoryOptions } from './named/shared-memory.js';
