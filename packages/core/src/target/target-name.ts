/**
 * How a function is called in another process: plain data, so that it travels like any other value.
 *
 * An `export` name says which module to import and which path of its exports to take; `match` says how sure the sender is:
 *
 * | match      | the sender                                               | the receiver takes the value at `path` if                  |
 * |------------|----------------------------------------------------------|------------------------------------------------------------|
 * | `identity` | saw this very function there, or was told (`task`)       | name and length agree, or the source text does             |
 * | `name`     | knows only the function's own name (CommonJS not loaded) | name, length and source text agree                         |
 * | `search`   | saw the function inside an anonymous default export      | it is the only function below `path` that agrees in all    |
 */

/** What one function looks like from outside. Two functions of one text in one module cannot be told apart by it. */
export interface Fingerprint {
  name: string;
  length: number;
  /** Of the source text, which differs between a transformed and an untransformed copy of one module. */
  hash: number;
}

export interface ExportName {
  kind: 'export';
  /** The module's URL: `file:`, `data:` or `node:`. */
  url: string;
  /** `['resize']`, `['Tools', 'resize']`, `['default', 'deep', 'f']`. */
  path: string[];
  /** The module is the program's main script, which a child imports only for the sake of such a name. */
  isMain: boolean;
  match: 'identity' | 'name' | 'search';
  /** Absent where the caller named the function by hand. */
  fingerprint?: Fingerprint;
  /** Of a function named by `task()`: tells tasks of one name apart that were bundled into one file. */
  declared?: Fingerprint;
}

export interface InlineName {
  kind: 'inline';
  /** An expression that evaluates to the function. */
  source: string;
  captures: Record<string, unknown>;
  /** Captured functions that are `inline()` themselves, by the name under which they were captured. */
  functions: Record<string, InlineName>;
  /** `<url or file>:<line>` of the `inline()` call: names stack frames and is where relative imports start. */
  at: string;
}

export type TargetName = ExportName | InlineName;
