import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Listens, and never takes a connection out of its queue: the kernel does that for two, and drops what comes then. */
const LISTENER = `
  const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    require('node:fs').writeSync(1, String(server.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

/** More than the queue holds. */
const FILLING = 8;

/** A port to which packets vanish, as they do where a security group has no rule or a subnet no route. */
export class BlackHole {
  readonly port: number;
  readonly #listener: ChildProcess;
  readonly #sockets: readonly Socket[];

  private constructor(port: number, listener: ChildProcess, sockets: readonly Socket[]) {
    this.port = port;
    this.#listener = listener;
    this.#sockets = sockets;
  }

  static async open(): Promise<BlackHole> {
    const listener = spawn(process.execPath, ['-e', LISTENER], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(listener.stdout, 'data')) as [Buffer];
    const port = Number(said.toString());
    const sockets = Array.from({ length: FILLING }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    await Promise.all(sockets.slice(0, 2).map((socket) => once(socket, 'connect')));
    return new BlackHole(port, listener, sockets);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const ended = once(this.#listener, 'exit');
    this.#listener.kill('SIGKILL');
    await ended;
  }
}
