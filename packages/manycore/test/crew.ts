/** Participants for the conformance suites of @manycore/testing, over one start method. One that has ended its program is given the next one: starting a process takes a while. */
import { nameOfProgram, type Env, type Participant, type Start } from '@manycore/testing/conformance';
import { functionRef, getAllStartMethods, getContext, Queue, sharedBuffer, type StartMethod } from 'manycore';

const FIXTURE = new URL('./fixtures/sync-participant.mjs', import.meta.url);
const BOARD_WORDS = 32;

interface Job {
  name: string;
  args: unknown[];
  inGrandchild: boolean;
}
type Answer = { value: unknown } | { error: unknown };

interface Running {
  kill(): Promise<void>;
  /** Resolves with how it ended. */
  ended: Promise<string>;
}

/** What the suites run over. */
export const methods: readonly StartMethod[] = getAllStartMethods();

const fixture = (name: string): ((...args: unknown[]) => void) => functionRef<Record<string, (...args: unknown[]) => void>>(FIXTURE, name) as (...args: unknown[]) => void;

/** Starts a participant with `serve`, or with `runOnce` when it is given a job. */
function start(method: StartMethod, results: Queue<Answer>, jobs: Queue<Job> | undefined, job: Job | undefined): Running {
  const { Process } = getContext(method);
  const started = new Process(job === undefined ? { target: fixture('serve'), args: [jobs, results] } : { target: fixture('runOnce'), args: [job, results] }).start();
  const ended = started.join().then(() => `${method} ${started.name} (pid ${started.pid}) ended with ${started.exitCode}: ${started.error?.stack ?? ''}`);
  return {
    ended,
    async kill() {
      started.kill();
      await ended;
    },
  };
}

class Member {
  readonly #results = new Queue<Answer>();
  readonly #jobs = new Queue<Job>();
  readonly #running: Running;
  #isKilled = false;
  /** Has no program at present, and can be given one. */
  isIdle: boolean;

  constructor(method: StartMethod, job?: Job) {
    this.isIdle = job === undefined;
    this.#running = start(method, this.#results, job === undefined ? this.#jobs : undefined, job);
  }

  async run(job: Job): Promise<unknown> {
    this.isIdle = false;
    this.#jobs.putSync(job);
    const value = await this.answer();
    this.#rest();
    return value;
  }

  async answer(): Promise<unknown> {
    const gone = new AbortController();
    void this.#running.ended.then((how) => gone.abort(new Error(how)));
    let answer: Answer;
    try {
      answer = await this.#results.get({ signal: gone.signal });
    } catch (error) {
      // It may have answered right before it ended.
      if (this.#isKilled || this.#results.qsize() === 0) throw error;
      answer = this.#results.getNowait();
    }
    if ('error' in answer) {
      this.#rest();
      throw answer.error;
    }
    return answer.value;
  }

  /** It may have answered right before it was killed: the dead are given nothing. */
  #rest(): void {
    this.isIdle = !this.#isKilled;
  }

  async kill(): Promise<void> {
    this.#isKilled = true;
    this.isIdle = false;
    await this.#running.kill();
  }
}

export class Crew {
  readonly #members: Member[] = [];
  readonly #once: Member[] = [];

  constructor(readonly method: StartMethod) {}

  env<T, O extends unknown[]>(make: (...options: O) => T): Env<T, O> {
    return { make, board: () => new Int32Array(sharedBuffer(BOARD_WORDS * 4).buffer, 0, BOARD_WORDS), start: this.#start, startNew: this.#startNew, startGrandchild: this.#startGrandchild };
  }

  readonly #start: Start = (program, ...args) => this.#give({ name: nameOfProgram(program), args, inGrandchild: false });

  readonly #startGrandchild: Start = (program, ...args) => this.#give({ name: nameOfProgram(program), args, inGrandchild: true });

  readonly #startNew: Start = (program, ...args) => {
    const member = new Member(this.method, { name: nameOfProgram(program), args, inGrandchild: false });
    this.#once.push(member);
    return participant(member, member.answer());
  };

  #give(job: Job): Participant {
    let member = this.#members.find(({ isIdle }) => isIdle);
    if (member === undefined) this.#members.push((member = new Member(this.method)));
    return participant(member, member.run(job));
  }

  /** Kills who is still busy: after a case that failed, or whose participants had no need to end. */
  async endCase(): Promise<void> {
    const busy = [...this.#members.filter(({ isIdle }) => !isIdle), ...this.#once.splice(0)];
    await Promise.all(busy.map((member) => member.kill()));
    for (const member of busy) if (this.#members.includes(member)) this.#members.splice(this.#members.indexOf(member), 1);
  }

  async end(): Promise<void> {
    await this.endCase();
    await Promise.all(this.#members.splice(0).map((member) => member.kill()));
  }
}

function participant(member: Member, result: Promise<unknown>): Participant {
  // A case that has failed looks at no results; one that was killed has none.
  result.catch(() => undefined);
  return { result, kill: () => member.kill() };
}
