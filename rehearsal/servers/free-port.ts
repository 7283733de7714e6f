import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below those that systems give to outgoing connections: Linux from 32768 on, macOS and Windows from 49152. */
const FIRST = 20_000;
const END = 32_000;

/**
 * A port of the loopback address that was free a moment ago. One of a range where no outgoing connection takes it before a server
 * listens there, and a random one: others look at the same moment. get-port would ask the system, which gives out ports of just
 * that range, or try a range from its beginning, as all others would.
 */
export async function findFreePort(): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = randomInt(FIRST, END);
    try {
      await listenOnce(port);
      return port;
    } catch (error) {
      if (attempt === 100) throw error;
    }
  }
}

function listenOnce(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  });
}
