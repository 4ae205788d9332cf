/**
 * Walks a folder and says what is in it: files to map, and entries that cannot be.
 *
 * Real folders come first and links last, so that a file that can be reached both ways is reported under its own path. A folder is entered
 * once, whatever leads to it: its identity is device and inode, which is what ends loops. Entries are taken in code-unit order, so two
 * walks of the same tree give the same sequence.
 */

import { lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import path from 'node:path';
import { byName } from './order.js';
import { codeOf, messageOf } from './skip.js';
import type { Skip } from './skip.js';

export interface SourceFile {
  /** Relative to the root of the walk, with `/` between the parts. */
  path: string;
  /** In bytes, when the walk saw it. */
  size: number;
  /** When its content or attributes last changed, in milliseconds since the epoch: a file that has another value than before is another one. */
  changedAt: number;
}

export type WalkEvent = { file: SourceFile } | { skip: Skip };

interface Place {
  absolute: string;
  relative: string;
}

const identity = (stats: BigIntStats): string => `${stats.dev}:${stats.ino}`;

const join = (relative: string, name: string): string => (relative === '' ? name : `${relative}/${name}`);

const isInside = (parent: string, child: string): boolean =>
  child === parent || child.startsWith(parent.endsWith(path.sep) ? parent : parent + path.sep);

class Walker {
  readonly #seenFolders = new Set<string>();
  readonly #seenFiles = new Set<string>();
  #links: Place[] = [];

  *run(root: string): Generator<WalkEvent> {
    yield* this.#enter({ absolute: root, relative: '' });
    // What a link leads to may hold further links: those of one round are complete before the next begins.
    while (this.#links.length > 0) {
      const round = this.#links.sort((a, b) => byName(a.relative, b.relative));
      this.#links = [];
      for (const link of round) yield* this.#follow(link);
    }
  }

  *#enter(top: Place): Generator<WalkEvent> {
    const folders = [top];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      let names: string[];
      try {
        const id = identity(statSync(folder.absolute, { bigint: true }));
        if (this.#seenFolders.has(id)) {
          yield { skip: { path: folder.relative, reason: 'linked-again', detail: 'the same folder was mapped under another path' } };
          continue;
        }
        this.#seenFolders.add(id);
        names = readdirSync(folder.absolute).sort(byName);
      } catch (error) {
        yield { skip: { path: folder.relative || '.', reason: 'unreadable-folder', detail: messageOf(error) } };
        continue;
      }
      const below: Place[] = [];
      for (const name of names) {
        const place = { absolute: `${folder.absolute}/${name}`, relative: join(folder.relative, name) };
        const event = this.#look(place, below);
        if (event !== undefined) yield event;
      }
      for (const place of below.reverse()) folders.push(place);
    }
  }

  #look(place: Place, folders: Place[]): WalkEvent | undefined {
    let stats: BigIntStats;
    try {
      stats = lstatSync(place.absolute, { bigint: true });
    } catch (error) {
      return { skip: { path: place.relative, reason: 'unreadable', detail: messageOf(error) } };
    }
    if (stats.isFile()) return this.#found(place, stats);
    if (stats.isDirectory()) folders.push(place);
    else if (stats.isSymbolicLink()) this.#links.push(place);
    else return { skip: { path: place.relative, reason: 'special', detail: kindOf(stats) } };
    return undefined;
  }

  #found(place: Place, stats: BigIntStats): WalkEvent {
    this.#seenFiles.add(identity(stats));
    return { file: { path: place.relative, size: Number(stats.size), changedAt: Number(stats.ctimeNs) / 1e6 } };
  }

  *#follow(link: Place): Generator<WalkEvent> {
    let stats: BigIntStats;
    let target: string;
    try {
      stats = statSync(link.absolute, { bigint: true });
      target = realpathSync.native(link.absolute);
    } catch (error) {
      yield { skip: { path: link.relative, ...failureOfLink(link, error) } };
      return;
    }
    const id = identity(stats);
    if (stats.isDirectory()) {
      if (!this.#seenFolders.has(id)) yield* this.#enter({ absolute: link.absolute, relative: link.relative });
      else
        yield { skip: { path: link.relative, reason: leadsUp(link, target) ? 'link-loop' : 'linked-again', detail: `leads to ${target}` } };
    } else if (!stats.isFile()) {
      yield { skip: { path: link.relative, reason: 'special', detail: `leads to a ${kindOf(stats)}` } };
    } else if (this.#seenFiles.has(id)) {
      yield { skip: { path: link.relative, reason: 'linked-again', detail: `leads to ${target}` } };
    } else {
      yield this.#found(link, stats);
    }
  }
}

/** Whether the folder a link leads to holds the link itself. */
function leadsUp(link: Place, target: string): boolean {
  return isInside(target, realpathSync.native(path.dirname(link.absolute)));
}

function failureOfLink(link: Place, error: unknown): { reason: Skip['reason']; detail: string } {
  if (codeOf(error) === 'ELOOP') return { reason: 'link-loop', detail: `leads to ${readlinkSync(link.absolute)}` };
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR')
    return { reason: 'broken-link', detail: `leads to ${readlinkSync(link.absolute)}` };
  return { reason: 'unreadable', detail: messageOf(error) };
}

function kindOf(stats: BigIntStats): string {
  if (stats.isFIFO()) return 'named pipe';
  if (stats.isSocket()) return 'socket';
  if (stats.isBlockDevice() || stats.isCharacterDevice()) return 'device';
  return 'special file';
}

/**
 * Every file below `root`, and every entry that has to be skipped, in an order that depends on the tree alone.
 *
 * Synchronous and lazy: the caller decides how much of the walk to do at a time. Throws nothing for what it finds; a `root` that is gone
 * is one skip.
 */
export function walk(root: string): Generator<WalkEvent> {
  return new Walker().run(root);
}
