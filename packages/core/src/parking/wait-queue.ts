/**
 * The one waiting protocol of the project: a place in shared memory where threads sleep, blocked or in their event loop, until something they wait for may
 * have become true.
 *
 * Layout, in words from the queue's index:
 *
 * | word   | meaning                                                                                                       |
 * | ------ | ------------------------------------------------------------------------------------------------------------- |
 * | 0      | FLAG: odd when some blocked thread may sleep here. A flag and not a count of sleepers: that would stay wrong for ever when one is killed. The kernel keeps the queue of sleepers and forgets the dead. Above the flag it counts wake-ups |
 * | 1      | SUMMARY: bit w is set when word 2 + w may have a bit                                                          |
 * | 2..33  | BITMAP: bit s of it is set when the event loop of slot s waits here                                           |
 *
 * A sleeper: (1) makes FLAG odd, or sets its bit and then its summary bit; (2) tries its condition; (3) sleeps while FLAG is as it left it, or until its doorbell; (4) goes to 1.
 * A waker: (1) makes the condition true; (2) if FLAG is odd: FLAG + 1, and wakes one sleeper, or all; (3) if SUMMARY: takes one bit and rings that slot, or all.
 *
 * No wake-up is lost: all of these are sequentially consistent. Either the waker's look at FLAG comes after the sleeper's step 1, and it wakes; or it comes before,
 * and then so does the waker's step 1, and the sleeper's step 2 succeeds. A sleeper that was woken sets FLAG again before it tries, because others may sleep
 * behind it; what that costs is one needless wake call. That is why FLAG counts: were it the same again, another one that was meant by the same wake-up, and is still between its steps 2 and
 * 3, would sleep on. (Found by the interleaving explorer.)
 *
 * A condition that can be true for several at once (items in a queue, permits) needs the chain rule: whoever took something and sees that more is left wakes one more.
 * Otherwise a second event between a sleeper's wake-up and its step 1 would find FLAG even and wake nobody.
 *
 * Both kinds are woken, one each, at the price of one needless wake-up when both wait. Who is woken is not handed anything: a thread that comes may be faster.
 *
 * | killed after                                   | what is left                                                                        |
 * | ---------------------------------------------- | ----------------------------------------------------------------------------------- |
 * | sleeper 1, 2 or 3                              | FLAG or a bit too many: the next waker makes one needless call and clears it        |
 * | woken, before it tried                         | the others sleep on; their slice ends after at most SLICE_MS and they try           |
 * | waker 1, or between FLAG + 1 and its wake call | the same                                                                            |
 * | waker, between taking bits and ringing         | the same, with the slice of an event loop (see async-waits.ts)                      |
 * | waker, between clearing a summary bit and its second look | a bit without its summary bit: found by the same slice                   |
 */
import type { Words } from '../memory/words.js';
import { now, remaining, type Deadline } from './deadline.js';
import type { Kernel } from './kernel.js';
import { learnFromSleep, type Patience } from './spin.js';

export const WAIT_QUEUE_WORDS = 34;
/** The word a blocked thread sleeps on while it is what `raise` returned. */
export const FLAG = 0;
const RAISED = 1;
const SUMMARY = 1;
const BITMAP = 2;

/** The longest a blocked thread sleeps before it looks again: what bounds recovery when nobody is left to wake it. */
export const SLICE_MS = 50;
/** To wake all sleepers. */
export const EVERYBODY = 0x7fffffff;

/** Whether somebody may wait at `queue`: for a waker that has more to look at before it wakes. */
export function hasWaiters(words: Words, queue: number): boolean {
  return (words.load(queue + FLAG) & RAISED) !== 0 || words.load(queue + SUMMARY) !== 0;
}

/** Wakes one blocked thread and one event loop that wait at `queue`, where there are any. */
export function wakeOne(words: Words, queue: number, kernel: Kernel): void {
  wakeBlocked(words, queue, kernel, 1);
  if (words.load(queue + SUMMARY) !== 0) ringOne(words, queue, kernel);
}

function wakeBlocked(words: Words, queue: number, kernel: Kernel, count: number): void {
  const flag = words.load(queue + FLAG);
  if ((flag & RAISED) === 0) return;
  // When another waker was faster, the word has changed as it should; its wake-up is not ours.
  words.compareExchange(queue + FLAG, flag, (flag + 1) | 0);
  kernel.wake(words, queue + FLAG, count);
}

/** Step 1 of a blocked thread; what FLAG is then. */
function raise(words: Words, queue: number): number {
  return words.or(queue + FLAG, RAISED) | RAISED;
}

/** Wakes everybody who waits at `queue`, once: who waits again before this has returned has looked since, and is not kept looking. */
export function wakeAll(words: Words, queue: number, kernel: Kernel): void {
  wakeBlocked(words, queue, kernel, EVERYBODY);
  for (let left = words.load(queue + SUMMARY); left !== 0; left &= left - 1) ringWord(words, queue, kernel, 31 - Math.clz32(left & -left));
}

/** Takes the bits of one word and rings their slots. */
function ringWord(words: Words, queue: number, kernel: Kernel, word: number): void {
  let hidSomebody: boolean;
  do {
    const bits = words.and(queue + BITMAP + word, 0);
    hidSomebody = clearSummary(words, queue, word);
    for (let left = bits; left !== 0; left &= left - 1) kernel.ring(word * 32 + 31 - Math.clz32(left & -left));
  } while (hidSomebody);
}

/** Takes the bits of slots until one of them answers its bell; false when there was none. */
function ringOne(words: Words, queue: number, kernel: Kernel): boolean {
  for (let summary = words.load(queue + SUMMARY); summary !== 0; summary = words.load(queue + SUMMARY)) {
    const word = 31 - Math.clz32(summary & -summary);
    const bits = words.load(queue + BITMAP + word);
    if (bits === 0) {
      clearSummary(words, queue, word);
      continue;
    }
    const bit = bits & -bits;
    // Two wakers may see the same bit: only the one that clears it rings.
    if ((words.and(queue + BITMAP + word, ~bit) & bit) === 0) continue;
    const hidSomebody = bits === bit && clearSummary(words, queue, word);
    if (kernel.ring(word * 32 + 31 - Math.clz32(bit)) && !hidSomebody) return true;
  }
  return false;
}

/**
 * Clears a summary bit. True when a sleeper had set its bit between our look and the clearing: its summary bit is set again, but another waker may have found it cleared meanwhile
 * and rung nobody, so the caller rings once more on its behalf. (Found by the interleaving explorer.)
 */
function clearSummary(words: Words, queue: number, word: number): boolean {
  words.and(queue + SUMMARY, ~(1 << word));
  if (words.load(queue + BITMAP + word) === 0) return false;
  words.or(queue + SUMMARY, 1 << word);
  return true;
}

/** Step 1 of an event loop. */
export function enlist(words: Words, queue: number, slot: number): void {
  words.or(queue + BITMAP + (slot >>> 5), 1 << (slot & 31));
  words.or(queue + SUMMARY, 1 << (slot >>> 5));
}

/** Takes the slot's bit back. False when a waker took it already: its wake-up is ours to use or to pass on. */
export function delist(words: Words, queue: number, slot: number): boolean {
  const bit = 1 << (slot & 31);
  return (words.and(queue + BITMAP + (slot >>> 5), ~bit) & bit) !== 0;
}

export function isEnlisted(words: Words, queue: number, slot: number): boolean {
  return (words.load(queue + BITMAP + (slot >>> 5)) & (1 << (slot & 31))) !== 0;
}

/** Slots whose event loop waits at `queue`, in order. A snapshot; one that was rung and has not looked yet is not among them. */
export function enlisted(words: Words, queue: number): number[] {
  const summary = words.load(queue + SUMMARY);
  const slots: number[] = [];
  for (let word = 0; summary >>> word !== 0 && word < 32; word++) {
    const bits = (summary & (1 << word)) === 0 ? 0 : words.load(queue + BITMAP + word);
    for (let bit = 0; bits >>> bit !== 0 && bit < 32; bit++) if ((bits & (1 << bit)) !== 0) slots.push(word * 32 + bit);
  }
  return slots;
}

/** Looks for what a waiter needs, and how long that is worth it. */
export interface Spinner {
  look(): unknown;
  readonly patience: Patience;
}

/** How a blocked thread sleeps until it is woken, for at most `ms`; `flag` is what FLAG was when it raised it. */
export type Sleep = (ms: number, flag: number) => void;

/**
 * Blocks the thread until `attempt` returns something other than undefined; undefined when the deadline passed first.
 *
 * After a sleep, `spinner` looks a while for what `attempt` needs: whoever woke this thread may have been faster than it. FLAG is raised by then, for those who sleep behind it.
 * `attempt` is told whether it follows a sleep, when a holder that died must be looked for. It is a function call in every slice on purpose: that is where a
 * worker thread can be terminated (trap T4). `sleep` takes the place of sleeping while FLAG is as it was raised.
 */
export function waitBlocked<T>(
  words: Words,
  queue: number,
  kernel: Kernel,
  attempt: (slept: boolean) => T | undefined,
  deadline: Deadline,
  spinner?: Spinner,
  sleep: Sleep = (ms, flag) => kernel.wait(words, queue + FLAG, flag, ms),
): T | undefined {
  for (let slept = false; ; slept = true) {
    const flag = raise(words, queue);
    if (slept) spinner?.look();
    const result = attempt(slept);
    if (result !== undefined) return result;
    const left = remaining(deadline);
    if (left <= 0) return undefined;
    // With a single CPU there is nothing to learn, and the clock is a call into the runtime.
    const learns = spinner !== undefined && spinner.patience.spin > 0;
    const since = learns ? now() : 0;
    sleep(Math.min(left, SLICE_MS), flag);
    if (learns) learnFromSleep(spinner.patience, now() - since);
  }
}
