import { describe, expect, it } from 'vitest';
import type { Answer, Request } from '../src/program/pools/messages.js';
import { RoundRobin, type Peer } from '../src/program/pools/round-robin.js';

class FakePeer implements Peer {
  readonly got: Request[] = [];
  answer!: (answer: Answer) => void;
  lose!: (error: Error) => void;

  send(request: Request): void {
    this.got.push(request);
  }

  listen(onAnswer: (answer: Answer) => void, onLost: (error: Error) => void): void {
    this.answer = onAnswer;
    this.lose = onLost;
  }
}

describe('RoundRobin', () => {
  const pair = () => {
    const peers = [new FakePeer(), new FakePeer()] as const;
    return { peers, robin: new RoundRobin(peers) };
  };

  it('gives tasks to the workers in turn', () => {
    const { peers, robin } = pair();
    for (let i = 0; i < 4; i++) void robin.run('addOne', i);
    expect(peers.map(({ got }) => got.map(({ value }) => value))).toEqual([[0, 2], [1, 3]]);
  });

  it('gives each answer to its own task, whatever the order they come in', async () => {
    const { peers, robin } = pair();
    const results = [robin.run('addOne', 10), robin.run('addOne', 20)];
    peers[1].answer({ id: 1, value: 21 });
    peers[0].answer({ id: 0, value: 11 });
    expect(await Promise.all(results)).toEqual([11, 21]);
  });

  it('refuses an answer to a task that has one already', async () => {
    const { peers, robin } = pair();
    const result = robin.run('addOne', 10);
    peers[0].answer({ id: 0, value: 11 });
    expect(() => peers[0].answer({ id: 0, value: 12 })).toThrow('answer came to task 0');
    expect(await result).toBe(11);
  });

  it('fails what is under way, and what comes after, when a worker ends early', async () => {
    const { peers, robin } = pair();
    const result = robin.run('addOne', 10);
    peers[1].lose(new Error('A worker ended early.'));
    await expect(result).rejects.toThrow('ended early');
    await expect(robin.run('addOne', 11)).rejects.toThrow('ended early');
  });
});
