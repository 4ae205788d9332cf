/** What goes on giving tasks to an engine that was closed meanwhile. */
export interface Feeder {
  /** The engine was closed: from now on it waits for this to end. */
  engineCloses(): void;
  /** What has not begun is given up, and with it what it has not given to the engine. */
  dropped?(): void;
}
