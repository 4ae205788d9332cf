import { ProgramFolder as Folder } from '@manycore/testing/program-folder';

/** Beside the examples, where every package can be imported. */
export class ProgramFolder extends Folder {
  constructor() {
    super(new URL('..', import.meta.url));
  }
}
