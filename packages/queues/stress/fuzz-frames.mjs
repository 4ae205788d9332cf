/**
 * Sends mutated frames and handshakes to a listener and to clients, and watches that nothing crashes, hangs or takes memory beyond what came.
 *
 *     node stress/fuzz-frames.mjs [seconds, default 15] [seed, default by chance]
 *
 * The receiving side is a process of its own. It must say "alive" after each batch; after it each side must still serve an honest peer. Exit code 1 with the seed when something is not as it should be.
 */
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { encode } from '@manycore/core/internal';
import { Client, Listener } from '@manycore/queues';

const KEY = 'the key of the fuzzer';
const LIMIT_BYTES = 1024 * 1024;
/** Above what it had after the first batches: garbage that was not collected yet, and the largest message under way for each connection. */
const MOST_GROWTH = 192 * 1024 * 1024;
const BATCH = 40;
const HANG_MS = 20_000;

const random = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

/** The side under test: receives from whoever connects, in every form, and connects to whoever it is told to. */
async function subject() {
  const listener = await Listener.open({ family: 'AF_INET', backlog: 256, maxMessageBytes: LIMIT_BYTES });
  const keyed = await Listener.open({ family: 'AF_INET', backlog: 256, authkey: KEY, handshakeTimeout: 3000, maxMessageBytes: LIMIT_BYTES });
  console.log(JSON.stringify({ open: listener.address, keyed: keyed.address }));
  const drain = async (conn, turn) => {
    for (let i = turn; ; i++) {
      try {
        if (i % 3 === 0) await conn.recvBytes({ maxLength: i % 2 === 0 ? 1000 : Infinity });
        else if (i % 3 === 1) await conn.recv();
        else await conn.poll({ timeout: 100 });
      } catch (error) {
        if (error.code === undefined) throw error;
        if (error.code !== 'ERR_MANYCORE_SERIALIZATION') break;
      }
    }
    conn.close();
  };
  const serve = async (which) => {
    let turn = 0;
    for await (const conn of which) void drain(conn, turn++).catch(fail);
  };
  const fail = (error) => {
    console.error(error);
    process.exit(1);
  };
  void serve(listener).catch(fail);
  void serve(keyed).catch(fail);
  for await (const line of createInterface({ input: process.stdin })) {
    const order = JSON.parse(line);
    if (order.connect !== undefined) {
      const conn = await Client(order.connect, { authkey: KEY, timeout: 300, maxMessageBytes: LIMIT_BYTES }).catch((error) => (error.code === undefined ? fail(error) : undefined));
      if (conn !== undefined) void drain(conn, 0).catch(fail);
    }
    console.log(JSON.stringify({ alive: process.memoryUsage().rss }));
  }
}

const int32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value | 0);
  return bytes;
};
const frame = (data) => Buffer.concat([int32(data.length), data]);

function valueBytes(value) {
  const message = encode(value, 'value');
  const bytes = Buffer.from(message.bytes.subarray(0, message.length));
  message.commit();
  return bytes;
}

class Fuzzer {
  constructor(seed) {
    this.next = random(seed);
  }

  below(n) {
    return Math.floor(this.next() * n);
  }

  bytes(length) {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  /** Flips, cuts, doubles and inserts. */
  mutate(bytes) {
    let out = Buffer.from(bytes);
    for (let i = 1 + this.below(4); i > 0; i--) {
      const at = this.below(out.length + 1);
      switch (this.below(5)) {
        case 0:
          if (at < out.length) out[at] ^= 1 << this.below(8);
          break;
        case 1:
          out = out.subarray(0, at);
          break;
        case 2:
          out = Buffer.concat([out.subarray(0, at), this.bytes(this.below(20)), out.subarray(at)]);
          break;
        case 3:
          out = Buffer.concat([out, out.subarray(0, at)]);
          break;
        default:
          if (out.length >= 4) out.writeInt32BE([-1, -2, 0, 0x7fff_ffff, LIMIT_BYTES, LIMIT_BYTES + 1, -0x8000_0000][this.below(7)], Math.min(at, out.length - 4));
      }
      out = Buffer.from(out);
    }
    return out;
  }

  stream() {
    const values = [1, 'text', { a: [1, 2, { b: new Date(0) }] }, new Map([[1, new Set([2])]]), new Uint8Array(50), new RangeError('x'), Object.assign(new Array(3), { 2: 3 }), 10n ** 30n, /x+/g];
    const parts = [];
    for (let i = 1 + this.below(6); i > 0; i--) {
      const whole = frame(this.below(4) === 0 ? this.bytes(this.below(2000)) : valueBytes(values[this.below(values.length)]));
      // The head is kept half of the time, so that the decoder has its share.
      const kind = this.below(4);
      parts.push(kind === 0 ? whole : kind === 1 ? this.mutate(whole) : frame(this.mutate(whole.subarray(4))));
    }
    return Buffer.concat(parts);
  }

  /** What a client with the key, nearly, says to a challenge. */
  answer(challenge) {
    const digest = ['sha256', 'sha384', 'sha3-256', 'md5'][this.below(4)];
    const right = Buffer.concat([Buffer.from(`{${digest.replace('-', '_')}}`), createHmac(digest, KEY).update(challenge).digest()]);
    return this.below(3) === 0 ? frame(right) : this.below(2) === 0 ? this.mutate(frame(right)) : frame(this.mutate(right));
  }
}

const settled = (socket) => new Promise((resolve) => socket.on('close', resolve));

/** One connection of the fuzzer to `address`; resolves when it is over. */
async function attack(address, fuzzer, isKeyed) {
  const socket = connect(address[1], address[0]);
  socket.on('error', () => undefined);
  const over = settled(socket);
  let received = Buffer.alloc(0);
  let answers = 0;
  socket.on('data', (data) => {
    received = Buffer.concat([received, data]);
    if (!isKeyed || answers > 2) return;
    answers++;
    if (received.length > 15) {
      const challenge = received.subarray(15);
      received = Buffer.alloc(0);
      socket.write(fuzzer.answer(challenge));
      if (fuzzer.below(2) === 0) socket.write(frame(fuzzer.mutate(Buffer.from(`#CHALLENGE#{sha256}${'x'.repeat(40)}`))));
    }
  });
  const how = fuzzer.below(4);
  if (!isKeyed || how === 0) {
    const stream = fuzzer.stream();
    const cut = fuzzer.below(stream.length + 1);
    socket.write(stream.subarray(0, cut));
    setImmediate(() => {
      socket.write(stream.subarray(cut));
      if (how === 1) socket.resetAndDestroy();
      else socket.end();
    });
  } else setTimeout(() => socket.end(), 20);
  // Whatever the other side does, this connection is over soon.
  const timer = setTimeout(() => socket.destroy(), 1000);
  await over;
  clearTimeout(timer);
}

async function main() {
  const seconds = Number(process.argv[2] ?? 15);
  const seed = Number(process.argv[3] ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`fuzz-frames: ${seconds} s, seed ${seed}`);
  const fuzzer = new Fuzzer(seed);
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--subject'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const stop = (why) => {
    console.error(`fuzz-frames: ${why} (seed ${seed})`);
    child.kill('SIGKILL');
    process.exit(1);
  };
  let isOver = false;
  child.on('exit', (code, signal) => isOver || stop(`the receiving side ended with ${signal ?? code}`));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => {
    const timer = setTimeout(() => stop('the receiving side hangs'), HANG_MS);
    const { value } = await lines.next();
    clearTimeout(timer);
    return JSON.parse(value);
  };
  const { open, keyed } = await line();
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(fuzzer.below(2) === 0 ? fuzzer.stream() : fuzzer.mutate(frame(Buffer.from(`#CHALLENGE#{sha256}${'y'.repeat(40)}`))));
    socket.on('data', () => (fuzzer.below(2) === 0 ? socket.write(frame(Buffer.from('#WELCOME#'))) : socket.end(fuzzer.stream())));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const end = performance.now() + seconds * 1000;
  let connections = 0;
  let base = 0;
  for (let batch = 0; performance.now() < end; batch++) {
    await Promise.all(Array.from({ length: BATCH }, (_, i) => attack(i % 2 === 0 ? open : keyed, fuzzer, i % 2 === 1)));
    connections += BATCH + 1;
    child.stdin.write(`${JSON.stringify({ connect: ['127.0.0.1', server.address().port] })}\n`);
    const { alive } = await line();
    if (batch === 5) base = alive;
    if (base > 0 && alive - base > MOST_GROWTH) stop(`the receiving side grew by ${Math.round((alive - base) / 2 ** 20)} MiB`);
    for (const [address, authkey] of [[open], [keyed, KEY]]) {
      const conn = await Client(address, { authkey, timeout: HANG_MS }).catch((error) => stop(`an honest client was not served: ${error}`));
      await conn.send('honest');
      conn.close();
    }
  }
  isOver = true;
  child.kill();
  server.close();
  server.closeAllConnections?.();
  console.log(`fuzz-frames: ${connections} connections, no crash, no hang`);
  process.exit(0);
}

await (process.argv[2] === '--subject' ? subject() : main());
