/** Whether the native part is there. */
import { native, nativeFile } from '@manycore/core/internal';

export type AddonReport =
  | {
      /** The binary that was loaded. */
      readonly file: string;
      /** How a SharedArrayBuffer over our memory is made: by Node, or laid over the pages of a growable one. */
      readonly buffers: 'external' | 'laid over';
    }
  | {
      /** What was tried, and what can be done. */
      readonly error: string;
    };

export function addon(): AddonReport {
  try {
    const { canShare } = native();
    return { file: nativeFile()!, buffers: canShare ? 'external' : 'laid over' };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
