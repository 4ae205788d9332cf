/**
 * Serves one page on the loopback interface, and tells those who have it open when there is a new one (server-sent events).
 *
 * Only requests for the very address are answered: a foreign web page that has its own name point to 127.0.0.1 cannot read the report.
 */

import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where the page listens for changes (`report/client/live.ts`). */
const EVENTS_PATH = '/events';

export class PageServer {
  readonly #server: Server;
  readonly #listeners = new Set<ServerResponse>();
  #page: string;

  private constructor(page: string) {
    this.#page = page;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** @param port - 0: any that is free. Rejects when it is taken. */
  static async open(port: number, page: string): Promise<PageServer> {
    const server = new PageServer(page);
    await new Promise<void>((resolve, reject) => server.#server.once('error', reject).listen(port, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://${this.#host}/`;
  }

  /** Every open page loads this one. */
  show(page: string): void {
    this.#page = page;
    for (const listener of this.#listeners) listener.write('data: changed\n\n');
  }

  /** Ends all connections. */
  [Symbol.dispose](): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  get #host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (request.headers.host !== this.#host || request.method !== 'GET') {
      response.writeHead(403).end();
    } else if (request.url === '/') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(this.#page);
    } else if (request.url === EVENTS_PATH) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).flushHeaders();
      this.#listeners.add(response);
      response.once('close', () => this.#listeners.delete(response));
    } else {
      // Browsers also ask for an icon, and write into their console when they are told that there is none.
      response.writeHead(request.url === '/favicon.ico' ? 204 : 404).end();
    }
  }
}
