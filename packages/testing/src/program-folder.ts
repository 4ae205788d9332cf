/** Programs as they are once their types are gone. That TypeScript is loaded by tsx costs more than most of them do, in each of their processes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** A folder of its own in one from which everything can be imported that the programs do. Disposing removes it. */
export class ProgramFolder implements Disposable {
  readonly #path: string;

  /** @param parent - folder of a package; ends in a slash. */
  constructor(parent: URL) {
    this.#path = mkdtempSync(fileURLToPath(new URL('.readme-', parent)));
  }

  /** The file of the program. */
  add(name: string, code: string): string {
    const file = join(this.#path, `${name}.js`);
    writeFileSync(file, ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } }).outputText);
    return file;
  }

  addFile(name: string, file: URL): string {
    return this.add(name, readFileSync(file, 'utf8'));
  }

  [Symbol.dispose](): void {
    rmSync(this.#path, { recursive: true });
  }
}
