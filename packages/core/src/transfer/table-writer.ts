/** The table of a message under construction: the shapes, types and blocks that its value mentions by index. */
import type { Shape } from './shape.js';
import type { BlockRef } from './shareable.js';
import type { TypeKind } from './tag.js';
import type { Writer } from './writer.js';

/** A list of shapes grown longer than this is not kept. */
const MANY_SHAPES = 64;

interface TypeEntry {
  readonly kind: TypeKind;
  readonly name: string;
  readonly module: string;
}

export class TableWriter {
  empty = true;
  refs: BlockRef[] | undefined;
  /** Reused from message to message; the entries from `shapeCount` on are stale. */
  private shapes: Shape[] = [];
  private shapeCount = 0;
  private types: TypeEntry[] | undefined;
  private blocks: Map<string, number> | undefined;

  addShape(shape: Shape): number {
    this.empty = false;
    this.shapes[this.shapeCount] = shape;
    return this.shapeCount++;
  }

  addType(kind: TypeKind, name: string, module: string): number {
    this.empty = false;
    const types = (this.types ??= []);
    const known = types.findIndex((entry) => entry.name === name && entry.kind === kind);
    return known >= 0 ? known : types.push({ kind, name, module }) - 1;
  }

  /** Keeps the very object: it may be what holds the block until the message does. */
  addBlock(block: BlockRef): number {
    this.empty = false;
    this.refs ??= [];
    this.blocks ??= new Map();
    const key = `${block.id}:${block.generation}`;
    let index = this.blocks.get(key);
    if (index === undefined) {
      index = this.refs.push(block) - 1;
      this.blocks.set(key, index);
    }
    return index;
  }

  /** Writes the table and forgets it. The list of blocks that was in `refs` is not touched again. */
  write(out: Writer): void {
    const { shapes, shapeCount, types, refs } = this;
    out.varint(shapeCount);
    out.varint(types?.length ?? 0);
    out.varint(refs?.length ?? 0);
    for (let i = 0; i < shapeCount; i++) out.raw(shapes[i]!.tableEntry());
    for (const { kind, name, module } of types ?? []) {
      out.byte(kind);
      out.string(name);
      out.string(module);
    }
    for (const { id, generation } of refs ?? []) {
      out.double(id);
      out.double(generation);
    }
    this.clear();
  }

  clear(): void {
    this.empty = true;
    this.refs = this.types = this.blocks = undefined;
    if (this.shapeCount > MANY_SHAPES) this.shapes = [];
    this.shapeCount = 0;
  }
}
