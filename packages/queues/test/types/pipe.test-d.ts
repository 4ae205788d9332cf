/** Checked by the compiler alone: what the two ends of a pipe carry. */
import { expectTypeOf } from 'vitest';
import { Pipe, type Connection, type PipeReader, type PipeWriter } from '../../src/index.js';

expectTypeOf(Pipe()).toEqualTypeOf<[Connection, Connection]>();
expectTypeOf(Pipe<string>()).toEqualTypeOf<[Connection<string, string>, Connection<string, string>]>();
expectTypeOf(Pipe<string, number>({ duplex: true })).toEqualTypeOf<[Connection<number, string>, Connection<string, number>]>();

const [reader, writer] = Pipe<number>({ duplex: false });
expectTypeOf(Pipe<number>({ duplex: false })).toEqualTypeOf<[reader: PipeReader<number>, writer: PipeWriter<number>]>();
expectTypeOf(Pipe({ duplex: false })).toEqualTypeOf<[reader: PipeReader, writer: PipeWriter]>();
expectTypeOf(reader.recvSync()).toBeNumber();
writer.sendSync(1);
// @ts-expect-error -- another type
writer.sendSync('1');
// @ts-expect-error -- nothing can be sent there
reader.sendSync(1);
// @ts-expect-error -- nothing arrives there
export const received: number = await writer.recv().then((value) => value.valueOf());

/** They are connections, for whoever wants one. */
export const pair: [Connection, Connection] = Pipe({ duplex: false });
export const typed: [Connection<number, never>, Connection<never, number>] = Pipe<number>({ duplex: false });

/** What is known at run time only, and both types written out. */
declare const duplex: boolean;
expectTypeOf(Pipe<string>({ duplex })).toEqualTypeOf<[Connection<string, string>, Connection<string, string>]>();
expectTypeOf(Pipe<never, number>({ duplex: false })).toEqualTypeOf<[Connection<number, never>, Connection<never, number>]>();
