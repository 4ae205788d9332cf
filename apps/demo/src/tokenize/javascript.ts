/** Counts JavaScript, TypeScript and JSX by their real tokens. */

import jsTokens from 'js-tokens';
import { countIdentifier } from './counts.js';
import type { SourceCounts } from './counts.js';
import { LineTally } from './line-tally.js';
import { ECMASCRIPT_WORDS, TYPESCRIPT_WORDS } from './reserved-words.js';

export interface JavaScriptDialect {
  /** Read `<` in front of an expression as a tag. Plain TypeScript must not: there it begins type parameters and casts. */
  jsx: boolean;
  types: boolean;
}

export function tokenizeJavaScript(source: string, dialect: JavaScriptDialect): SourceCounts {
  const tally = new LineTally();
  const identifiers = new Map<string, number>();
  const reserved = dialect.types ? TYPESCRIPT_WORDS : ECMASCRIPT_WORDS;
  // The two overloads differ in the type of their tokens; a union of both is what a variable option gives.
  for (const token of dialect.jsx ? jsTokens(source, { jsx: true }) : jsTokens(source)) {
    switch (token.type) {
      case 'WhiteSpace':
        break;
      case 'LineTerminatorSequence':
        // U+2028 and U+2029 end a statement in JavaScript, but no editor shows a new line there.
        if (token.value !== '\u2028' && token.value !== '\u2029') tally.endLine();
        break;
      case 'MultiLineComment':
      case 'SingleLineComment':
      case 'HashbangComment':
        tally.spanComment(token.value);
        break;
      case 'IdentifierName':
        tally.markCode();
        if (!reserved.has(token.value)) countIdentifier(identifiers, token.value);
        break;
      case 'PrivateIdentifier':
      case 'JSXIdentifier':
        tally.markCode();
        countIdentifier(identifiers, token.value);
        break;
      case 'JSXText':
        spanText(tally, token.value);
        break;
      case 'Punctuator':
      case 'NumericLiteral':
        tally.markCode();
        break;
      default:
        tally.spanCode(token.value);
    }
  }
  tally.finish(source);
  return { code: tally.code, comment: tally.comment, blank: tally.blank, identifiers };
}

/** Text between tags: indentation is not content, so a line that holds nothing else stays blank. */
function spanText(tally: LineTally, text: string): void {
  for (const [piece] of text.matchAll(/\r\n?|\n|[^\r\n]+/g)) {
    if (piece.startsWith('\n') || piece.startsWith('\r')) tally.endLine();
    else if (piece.trim() !== '') tally.markCode();
  }
}
