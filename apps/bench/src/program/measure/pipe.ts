import { Pipe, Process } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { runPair } from '../pair.js';
import { report } from '../protocol.js';
import { echoPipe, echoPipeBlocking, pingPipe, pingPipeBlocking, receiveBytes, sendBytes } from '../targets/pipe.js';

export function pipeRoundTripBlocking(order: Work): Promise<void> {
  return roundTrip(order, pingPipeBlocking, echoPipeBlocking);
}

export function pipeRoundTripPromises(order: Work): Promise<void> {
  return roundTrip(order, pingPipe, echoPipe);
}

type RoundTripSide = typeof pingPipe | typeof pingPipeBlocking;

async function roundTrip(order: Work, near: RoundTripSide, far: RoundTripSide): Promise<void> {
  const [nearEnd, farEnd] = Pipe();
  const board = await runPair((memory) => [
    new Process({ target: near, args: [nearEnd, memory, order] }),
    new Process({ target: far, args: [farEnd, memory, order] }),
  ]);
  report(order, board.elapsedNs(), { checked: board.done(0) });
}

export async function pipeOneWay(order: Work): Promise<void> {
  const [reader, writer] = Pipe({ duplex: false });
  const board = await runPair((memory) => [
    new Process({ target: sendBytes, args: [writer, memory, order] }),
    new Process({ target: receiveBytes, args: [reader, memory, order] }),
  ]);
  report(order, board.elapsedNs(), { checked: board.done(1) });
}
