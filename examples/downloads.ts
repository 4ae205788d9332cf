/** Many pages of a server, downloaded and counted by threads: at most eight are ahead of the loop, and one that fails does not end the others. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { asCompleted, isMainProcess, ThreadPoolExecutor } from 'manycore';

export async function countWords(url: string): Promise<number> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} for ${new URL(url).pathname}`);
  return (await response.text()).split(' ').length;
}

if (isMainProcess) {
  const server = createServer(({ url = '/' }, response) => {
    const number = Number(url.slice(1));
    response.statusCode = number === 13 ? 404 : 200;
    response.end('word '.repeat(number).trim());
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const urls = Array.from({ length: 20 }, (_, i) => `http://127.0.0.1:${port}/${i + 1}`);

  {
    await using executor = new ThreadPoolExecutor({ maxWorkers: 2 });
    let words = 0;
    for await (const future of asCompleted(urls.map((url) => executor.submit(countWords, url)))) {
      const error = (await future.exception()) as Error | null;
      if (error === null) words += await future;
      else console.log(error.message);
    }
    console.log(`${words} words`);
    // As p-map does it: in order, a few at a time.
    const first = [];
    for await (const count of executor.with({ bufferSize: 8 }).map(countWords, urls)) if (first.push(count) === 5) break;
    console.log(first.join(' '));
  }
  server.close();
}
