/** The worker program of workerpool. */
import { Transfer, worker } from 'workerpool';
import { addOne, echo, pid } from './tasks.js';

worker({ addOne, echo, pid, echoMoved: (bytes: Uint8Array<ArrayBuffer>) => new Transfer(bytes, [bytes.buffer]) });
