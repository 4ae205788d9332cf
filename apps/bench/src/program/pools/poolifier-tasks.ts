import { addOne, echo, pid } from './tasks.js';

/** The tasks as poolifier types them: the value may be missing. */
export const poolifierTasks = { addOne: (x?: unknown): unknown => addOne(x as number), echo: (value?: unknown): unknown => echo(value), pid: (): unknown => pid() };
