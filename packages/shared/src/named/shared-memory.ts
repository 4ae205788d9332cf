export interface SharedMemoryOptions {
  name?: string;
  create?: boolean;
  size?: number;
  track?: boolean;
}

/** A named segment of shared memory. */
export class SharedMemory {
  constructor(readonly options: SharedMemoryOptions = {}) {}
}
