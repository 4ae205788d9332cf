/**
 * The messages of CPython's mutual challenge, form of version 3.12 and later:
 *
 *     challenger   #CHALLENGE# {sha256} 40 random bytes         = M from the brace on
 *     prover       {digest} HMAC(authkey, M)                    digest: sha256, sha384, sha3_256 or sha3_384
 *     challenger   #WELCOME# or #FAILURE#
 *
 * Until 3.11 there were no braces and the answer was HMAC-MD5, 16 bytes: refused.
 */
import type * as Crypto from 'node:crypto';

/** Longer messages are refused during the handshake. */
export const MAX_HANDSHAKE_BYTES = 256;

const CHALLENGE = Buffer.from('#CHALLENGE#');
export const WELCOME = Buffer.from('#WELCOME#');
export const FAILURE = Buffer.from('#FAILURE#');

/** Python's names and Node's. */
const DIGESTS = new Map([
  ['sha256', 'sha256'],
  ['sha384', 'sha384'],
  ['sha3_256', 'sha3-256'],
  ['sha3_384', 'sha3-384'],
]);
const NONCE_BYTES = 40;
const OLD_CHALLENGE_BYTES = 20;
const OLD_ANSWER_BYTES = 16;

/** Not imported: it takes a fifth of the time in which this package loads, and most programs open no sockets. */
const crypto = (): typeof Crypto => process.getBuiltinModule('node:crypto');

/** M, new each time. */
export const newChallenge = (): Buffer => Buffer.concat([Buffer.from('{sha256}'), crypto().randomBytes(NONCE_BYTES)]);

export const asMessage = (challenge: Buffer): Buffer => Buffer.concat([CHALLENGE, challenge]);

/** M, or undefined when the message is no challenge. */
export function challengeIn(message: Buffer): Buffer | undefined {
  return message.length >= CHALLENGE.length + OLD_CHALLENGE_BYTES && isChallenge(message) ? message.subarray(CHALLENGE.length) : undefined;
}

export const isChallenge = (message: Buffer): boolean => message.subarray(0, CHALLENGE.length).equals(CHALLENGE);

/** The digest named at the beginning, as Python calls it. */
function digestOf(text: Buffer): string | undefined {
  return /^\{([a-z0-9_]{1,8})\}/.exec(text.toString('latin1', 0, 10))?.[1];
}

const hmac = (digest: string, key: Buffer, challenge: Buffer): Buffer => crypto().createHmac(DIGESTS.get(digest)!, key).update(challenge).digest();

/** What proves that we have the key; undefined when the challenge wants MD5, or a digest that nobody knows. */
export function answerTo(challenge: Buffer, key: Buffer): Buffer | undefined {
  const digest = digestOf(challenge);
  if (digest === undefined || !DIGESTS.has(digest)) return undefined;
  return Buffer.concat([Buffer.from(`{${digest}}`), hmac(digest, key, challenge)]);
}

export type Verdict = 'right' | 'wrong' | 'old' | 'nonsense';

/** The comparison takes the same time wherever the bytes differ. */
export function judge(answer: Buffer, challenge: Buffer, key: Buffer): Verdict {
  if (answer.length === OLD_ANSWER_BYTES) return 'old';
  const digest = digestOf(answer);
  if (digest === 'md5') return 'old';
  if (digest === undefined || !DIGESTS.has(digest)) return 'nonsense';
  const proof = answer.subarray(digest.length + 2);
  const expected = hmac(digest, key, challenge);
  if (proof.length !== expected.length) return 'nonsense';
  return crypto().timingSafeEqual(proof, expected) ? 'right' : 'wrong';
}
