import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Death, FunctionError } from './function-types';
import { forEachLine } from './lines';

/** What a process is started with, and cannot be told later. */
export interface RuntimeProcessSettings {
  readonly nodePath: string;
  readonly memoryMb: number;
  /** Whether it is for one environment after the other, each of which loads its code anew. */
  readonly isReused: boolean;
  readonly variables: Readonly<Record<string, string>>;
}

/** What a process is told. */
export type RuntimeOrder =
  | {
      readonly kind: 'load';
      readonly handlerName: string;
      readonly codeFolder: string;
      /** Where it keeps what V8 has made of the code, for other processes. */
      readonly compiledFolder?: string;
      readonly context: Readonly<Record<string, string>>;
      readonly variables: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'invoke';
      readonly requestId: string;
      readonly event: string;
      readonly deadline: number;
      /** A line that ends both of its logs. */
      readonly endOfLog: string;
      /** When it kills itself; absent where it does not. */
      readonly death?: Death;
    }
  | { readonly kind: 'unload' };

/** What a process says. */
export type RuntimeMessage =
  | { readonly kind: 'returned'; readonly payload: string; readonly initMs: number; readonly maxRssKb: number }
  | { readonly kind: 'failed'; readonly error: FunctionError; readonly initMs: number; readonly maxRssKb: number }
  | { readonly kind: 'crashed'; readonly error: FunctionError }
  | { readonly kind: 'unloaded' };

/** Who is told what a process says and writes, and how it ended. */
export interface RuntimeListener {
  onLogLine(line: string): void;
  onMessage(message: RuntimeMessage): void;
  onEnd(how: string): void;
}

/** A child process with Lambda's Node runtime in it. */
export class RuntimeProcess {
  listener: RuntimeListener = NOBODY;
  /** Resolves when the process is gone, and all that it wrote was read. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;

  constructor({ nodePath, memoryMb, isReused, variables }: RuntimeProcessSettings) {
    this.#child = spawn(
      nodePath,
      [
        // The heap is not all that a process needs memory for.
        `--max-old-space-size=${Math.floor(memoryMb * 0.9)}`,
        ...(isReused ? UNOPTIMIZED : []),
        path.join(__dirname, 'runtime.cjs'),
      ],
      { env: variables, stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'] },
    );
    // A child that died closed its end of this pipe: its exit says so, EPIPE need not.
    this.#orders.on('error', () => undefined);
    for (const output of [1, 2]) {
      forEachLine(this.#child.stdio[output] as Readable, (line) => this.listener.onLogLine(line));
    }
    forEachLine(this.#child.stdio[3] as Readable, (line) =>
      this.listener.onMessage(JSON.parse(line) as RuntimeMessage),
    );
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        this.listener.onEnd(how);
        resolve();
      };
      this.#child.once('error', (error) => end(`did not start: ${error.message}`));
      this.#child.once('close', (code, signal) => end(signal ?? `exit code ${code}`));
    });
  }

  tell(order: RuntimeOrder): void {
    this.#orders.write(`${JSON.stringify(order)}\n`);
  }

  /** Kills it, as a lack of memory would. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  get #orders(): Writable {
    return this.#child.stdio[4] as Writable;
  }
}

/** The code is gone before what its optimization takes has paid: a sixth of all that these processes do. */
const UNOPTIMIZED = ['--no-opt', '--no-maglev', '--single-threaded-gc'];

/** Hears what is of no interest to anybody. */
export const NOBODY: RuntimeListener = {
  onLogLine: () => undefined,
  onMessage: () => undefined,
  onEnd: () => undefined,
};
