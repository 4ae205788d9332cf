import type { Note } from './contract.js';

const EMPTY = 0;

/**
 * Every sequence of notes met, as one number each, so that a sequence is one cell of a state. Sequences share their beginnings.
 */
export class NoteLog {
  private readonly sequences: (readonly Note[])[] = [[]];
  private readonly longer: Map<string, number>[] = [new Map<string, number>()];

  static readonly empty = EMPTY;

  append(sequence: number, actor: string, event: string): number {
    const longer = this.longer[sequence] as Map<string, number>;
    const key = `${actor}\n${event}`;
    const known = longer.get(key);
    if (known !== undefined) return known;
    const id = this.sequences.length;
    this.sequences.push([...this.get(sequence), { actor, event }]);
    this.longer.push(new Map());
    longer.set(key, id);
    return id;
  }

  /** The sequence without the actor's latest note of that event; undefined when there is none. */
  without(sequence: number, actor: string, event: string): number | undefined {
    const notes = this.get(sequence);
    const position = notes.findLastIndex((note) => note.actor === actor && note.event === event);
    if (position === -1) return undefined;
    return notes.toSpliced(position, 1).reduce((shorter, note) => this.append(shorter, note.actor, note.event), EMPTY);
  }

  get(sequence: number): readonly Note[] {
    return this.sequences[sequence] as readonly Note[];
  }
}
