export { cpuCount, processCpuCount } from './cpu-count.js';
export { activeChildren, currentProcess, isMainProcess, parentProcess } from './current.js';
export { BootstrappingError, ProcessError } from './errors.js';
export type { ParentProcess } from './parent-process.js';
export type { ProcessOptions } from './process-options.js';
export { Process, type SignalOptions } from './process.js';
export type { StdioTarget } from './start/options.js';
