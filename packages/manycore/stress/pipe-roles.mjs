/** The members of the pipe campaign. Each loops until it is told to stop, or killed; none closes what it was given: that ends with its process. */
import { ITEMS_PER_PRODUCER } from './ledger.mjs';
import { random } from './random.mjs';

/** Words of the board. */
export const STOP = 0;
export const FAULTS = 1;
/** Progress of whoever sits there. */
export const STEPS = 8;

const SIZES = [0, 10, 500, 4_000, 60_000, 70_000, 300_000, 2 ** 21];
const GONE = ['ERR_MANYCORE_EOF', 'ERR_MANYCORE_BROKEN_PIPE', 'ERR_MANYCORE_QUEUE_SHUTDOWN'];

const step = ({ board, seat }) => Atomics.add(board, STEPS + seat, 1);
const isStopped = ({ board }) => Atomics.load(board, STOP) !== 0;

/** The bytes of message `i` of a sender: how many, and each four of them, follow from the two numbers. */
function contents(from, i) {
  const next = random(from * 65_536 + i);
  const most = SIZES[Math.floor(next() ** 2 * SIZES.length)];
  const words = new Int32Array(Math.floor((next() * most) / 4) + 2).fill(Math.floor(next() * 2 ** 31));
  words[0] = from;
  words[1] = i;
  return new Uint8Array(words.buffer);
}

/** Whether the bytes are a message as it was made; its numbers are in its first words. */
function isWhole(bytes) {
  const [from, i] = new Int32Array(bytes.buffer, bytes.byteOffset, 2);
  return Buffer.compare(bytes, contents(from, i)) === 0;
}

function fault({ board, name }, what) {
  Atomics.add(board, FAULTS, 1);
  console.error(`${name}: ${what}`);
}

/** Runs `body` until a call in it finds that everybody else is gone. */
async function untilGone(body) {
  try {
    await body();
  } catch (error) {
    if (!GONE.includes(error.code)) throw error;
  }
}

/** Pipes and queues alike. */
const put = (carrier, form, value) => (form === 'promise' ? (carrier.send?.(value) ?? carrier.put(value)) : carrier.sendSync === undefined ? carrier.putSync(value) : carrier.sendSync(value));
const take = (carrier, form) => (form === 'promise' ? (carrier.recv?.() ?? carrier.get()) : carrier.recvSync === undefined ? carrier.getSync() : carrier.recvSync());

export async function sender(member, carrier, form, ledger) {
  const { number } = member;
  for (let i = 0; i < ITEMS_PER_PRODUCER - 1 && !isStopped(member); i++) {
    await put(carrier, form, { number, i, data: contents(number, i) });
    Atomics.store(ledger.put, number, i + 1);
    step(member);
  }
}

export function receiver(member, carrier, form, ledger) {
  return untilGone(async () => {
    for (;;) {
      const { number, i, data } = await take(carrier, form);
      const [from, index] = new Int32Array(data.buffer, data.byteOffset, 2);
      if (from !== number || index !== i || !isWhole(data)) fault(member, `message ${i} of ${number} is damaged: it holds ${index} of ${from}`);
      Atomics.add(ledger.seen, number * ITEMS_PER_PRODUCER + i, 1);
      step(member);
    }
  });
}

/** Both of a pair: they play over one pipe until the other one is gone, and then over the one that the main program sends; null is the last, so that no end stays in the mailbox. */
async function play(member, first, mailbox, game) {
  for (let end = first; end !== null; end = await mailbox.get()) {
    await untilGone(() => game(end));
    end.close();
  }
}

export function asker(member, first, form, mailbox) {
  let i = 0;
  return play(member, first, mailbox, async (end) => {
    for (; !isStopped(member); i++) {
      const question = contents(member.number, i);
      if (form === 'promise') await end.sendBytes(question);
      else end.sendBytesSync(question);
      const answer = form === 'promise' ? await end.recvBytes() : end.recvBytesSync();
      if (Buffer.compare(answer, question) !== 0) fault(member, `the answer to ${i}, of ${question.length} bytes, is another one, of ${answer.length} bytes`);
      step(member);
    }
  });
}

export function answerer(member, first, form, mailbox) {
  return play(member, first, mailbox, async (end) => {
    for (;;) {
      const question = form === 'promise' ? await end.recvBytes() : end.recvBytesSync();
      if (!isWhole(question)) fault(member, `a question of ${question.length} bytes is damaged`);
      if (form === 'promise') await end.sendBytes(question);
      else end.sendBytesSync(question);
      step(member);
    }
  });
}
