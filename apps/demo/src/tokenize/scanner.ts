/**
 * A scanner for languages of which only comments, strings and words have to be told apart, driven by a table (`syntaxes.ts`).
 *
 * One regular expression per syntax finds the next thing that matters; white space between two matches is never looked at. Comments and
 * strings that may span lines are closed with `indexOf`, so their length costs no backtracking.
 */

import { countIdentifier } from './counts.js';
import type { SourceCounts } from './counts.js';
import { LineTally } from './line-tally.js';

export interface Enclosed {
  /** Source of a regular expression without groups. */
  open: string;
  close: string;
  /** The literal that opens one more level, in languages whose comments nest. */
  nests?: string;
  /** A backslash takes the next character along. */
  escapes?: boolean;
}

export interface Syntax {
  /** Sources of regular expressions for what begins a comment that ends with its line. */
  lineComments?: string[];
  blockComments?: Enclosed[];
  /** Strings that may span lines. */
  longStrings?: Enclosed[];
  /** Sources of regular expressions for whole strings within one line. */
  strings?: string[];
  /** Source of a regular expression for a word; without it identifiers are not counted. */
  identifier?: string;
  reserved?: ReadonlySet<string>;
}

type Scan = (source: string) => SourceCounts;

/** Compiles a syntax to a function that counts one source text. */
export function compileScanner(syntax: Syntax): Scan {
  const enclosed = [
    ...(syntax.blockComments ?? []).map((rule) => ({ ...rule, comment: true })),
    ...(syntax.longStrings ?? []).map((rule) => ({ ...rule, comment: false })),
  ];
  const never = '[^\\s\\S]';
  const anyOf = (sources: string[] | undefined): string => (sources === undefined || sources.length === 0 ? never : sources.join('|'));
  const LINE_END = 1;
  const LINE_COMMENT = 2;
  const WORD = 3;
  const FIRST_ENCLOSED = 4;
  // Order decides between rules that begin alike: `--[[` before `--`, `"""` before `"`. Groups are numbered by what they stand for.
  const next = new RegExp(
    [
      '(\\r\\n?|\\n)',
      ...enclosed.map((rule) => `(${rule.open})`),
      `((?:${anyOf(syntax.lineComments)})[^\\r\\n]*)`,
      anyOf(syntax.strings),
      `(${syntax.identifier ?? never})`,
      '\\S',
    ].join('|'),
    'gum',
  );
  const meaning: number[] = [];
  meaning[1] = LINE_END;
  enclosed.forEach((_, i) => (meaning[2 + i] = FIRST_ENCLOSED + i));
  meaning[2 + enclosed.length] = LINE_COMMENT;
  meaning[3 + enclosed.length] = WORD;

  return (source) => {
    const tally = new LineTally();
    const identifiers = new Map<string, number>();
    next.lastIndex = 0;
    for (let match = next.exec(source); match !== null; match = next.exec(source)) {
      let group = 1;
      while (group < match.length && match[group] === undefined) group++;
      const kind = meaning[group];
      if (kind === undefined) tally.markCode();
      else if (kind === LINE_END) tally.endLine();
      else if (kind === LINE_COMMENT) tally.markComment();
      else if (kind === WORD) {
        tally.markCode();
        if (syntax.reserved?.has(match[0]) !== true) countIdentifier(identifiers, match[0]);
      } else {
        const rule = enclosed[kind - FIRST_ENCLOSED]!;
        const end = endOf(source, next.lastIndex, rule);
        const text = source.slice(match.index, end);
        if (rule.comment) tally.spanComment(text);
        else tally.spanCode(text);
        next.lastIndex = end;
      }
    }
    tally.finish(source);
    return { code: tally.code, comment: tally.comment, blank: tally.blank, identifiers };
  };
}

/**
 * Where what was opened before `from` is closed; the end of the text if it never is. Each marker is searched again only after it was
 * passed, which keeps deep nesting linear.
 */
function endOf(source: string, from: number, rule: Enclosed): number {
  let depth = 1;
  let at = from;
  let close = -1;
  let nested = -1;
  for (;;) {
    if (close < at) close = source.indexOf(rule.close, at);
    if (close < 0) return source.length;
    if (rule.nests !== undefined && nested < at) nested = indexOrEnd(source, rule.nests, at);
    if (rule.nests !== undefined && nested < close) {
      depth++;
      at = nested + rule.nests.length;
    } else if (rule.escapes === true && isEscaped(source, close, from)) {
      at = close + 1;
    } else {
      at = close + rule.close.length;
      if (--depth === 0) return at;
    }
  }
}

function indexOrEnd(source: string, text: string, from: number): number {
  const index = source.indexOf(text, from);
  return index < 0 ? source.length : index;
}

function isEscaped(source: string, at: number, from: number): boolean {
  let backslashes = 0;
  while (at - 1 - backslashes >= from && source.charCodeAt(at - 1 - backslashes) === 92) backslashes++;
  return backslashes % 2 === 1;
}
