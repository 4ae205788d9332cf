/**
 * Sorts lines into code, comment and blank while a tokenizer goes over them from left to right.
 *
 * A line is code when anything but white space and comments touches it, a comment when only comments do, else blank. A line inside a
 * comment or a string that spans lines belongs to it even when it is empty. LF, CR LF and a lone CR end a line; characters after the last
 * one are a line of their own.
 */

const CODE = 1;
const COMMENT = 2;
const LINE_END = /\r\n?|\n/g;

export class LineTally {
  code = 0;
  comment = 0;
  blank = 0;
  #touched = 0;

  markCode(): void {
    this.#touched |= CODE;
  }

  markComment(): void {
    this.#touched |= COMMENT;
  }

  /** Goes on to the next line. */
  endLine(): void {
    if ((this.#touched & CODE) !== 0) this.code++;
    else if (this.#touched !== 0) this.comment++;
    else this.blank++;
    this.#touched = 0;
  }

  /** A piece of code that may span lines: a template, a long string, text between tags. */
  spanCode(text: string): void {
    this.#span(text, CODE);
  }

  spanComment(text: string): void {
    this.#span(text, COMMENT);
  }

  /** To be called once, after the last token of `source`. */
  finish(source: string): void {
    const last = source.charCodeAt(source.length - 1);
    if (source.length > 0 && last !== 10 && last !== 13) this.endLine();
  }

  #span(text: string, kind: number): void {
    this.#touched |= kind;
    if (!text.includes('\n') && !text.includes('\r')) return;
    const lines = text.match(LINE_END)?.length ?? 0;
    for (let i = 0; i < lines; i++) {
      this.endLine();
      this.#touched |= kind;
    }
  }
}
