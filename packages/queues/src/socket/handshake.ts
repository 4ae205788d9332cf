/** Both sides prove that they have the key, the connecting one first; see challenge.ts for the messages. */
import type { Deadline } from '@manycore/core/internal';
import { RawMessage } from '../connection/bytes.js';
import type { Channel, Demand } from '../connection/channel.js';
import { BrokenPipeError, ConnectionError, EOFError } from '../errors.js';
import { answerTo, asMessage, challengeIn, FAILURE, judge, MAX_HANDSHAKE_BYTES, newChallenge, WELCOME } from './challenge.js';

/** How long a side may take for all of it. */
export const HANDSHAKE_MS = 10_000;

/**
 * - `wrong`: one of the two does not have the other's key.
 * - `old`: the other side knows the MD5 form only.
 * - `nonsense`: what came is no part of a handshake.
 * - `silent`: the time passed.
 * - `gone`: the other side closed the connection.
 */
export type Outcome = 'welcome' | 'wrong' | 'old' | 'nonsense' | 'silent' | 'gone';

const SHORT: Demand = { kind: 'bytes', maxLength: MAX_HANDSHAKE_BYTES };

class Dialogue {
  constructor(
    readonly channel: Channel,
    readonly key: Buffer,
    readonly deadline: Deadline,
    readonly signal: AbortSignal | undefined,
  ) {}

  /** Asks for a proof. */
  async challenge(): Promise<Outcome> {
    const challenge = newChallenge();
    const answer = (await this.#send(asMessage(challenge))) ? await this.#receive() : undefined;
    if (answer === undefined) return 'silent';
    const verdict = judge(answer, challenge, this.key);
    if (!(await this.#send(verdict === 'right' ? WELCOME : FAILURE))) return 'silent';
    return verdict === 'right' ? 'welcome' : verdict;
  }

  /** Gives one. */
  async prove(): Promise<Outcome> {
    const message = await this.#receive();
    if (message === undefined) return 'silent';
    const challenge = challengeIn(message);
    if (challenge === undefined) return 'nonsense';
    const answer = answerTo(challenge, this.key);
    if (answer === undefined) return 'old';
    const reply = (await this.#send(answer)) ? await this.#receive() : undefined;
    if (reply === undefined) return 'silent';
    if (reply.equals(WELCOME)) return 'welcome';
    return reply.equals(FAILURE) ? 'wrong' : 'nonsense';
  }

  #send(message: Buffer): Promise<boolean> {
    return this.channel.send('bytes', new RawMessage(message), this.deadline, this.signal);
  }

  async #receive(): Promise<Buffer | undefined> {
    return (await this.channel.receive(SHORT, this.deadline, this.signal))?.bytes;
  }
}

/**
 * Rejects with the signal's reason only, and with ClosedError when the channel is closed meanwhile.
 * @param side - the listener asks for a proof first.
 */
export async function shakeHands(side: 'listener' | 'client', channel: Channel, key: Buffer, deadline: Deadline, signal?: AbortSignal): Promise<Outcome> {
  const dialogue = new Dialogue(channel, key, deadline, signal);
  try {
    const first = await (side === 'listener' ? dialogue.challenge() : dialogue.prove());
    if (first !== 'welcome') return first;
    return await (side === 'listener' ? dialogue.prove() : dialogue.challenge());
  } catch (error) {
    if (EOFError.isInstance(error) || BrokenPipeError.isInstance(error)) return 'gone';
    // Too long, or no frame at all.
    if (ConnectionError.isInstance(error)) return 'nonsense';
    throw error;
  }
}
