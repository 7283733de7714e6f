import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Database } from '../../rehearsal/servers/database-types';
import type { FaultlessRuns, SeriesPoint } from './fault-series';
import type { ReportedResult, WorkerOrder, WorkerReport } from './fault-worker';

/** Worker processes for one kind of server, as many as are asked for. */
export class WorkerPool {
  readonly #server: Database['kind'];
  readonly #releases: string;
  readonly #workers: ChildProcess[] = [];
  /** Of the first worker: the others need not find out. */
  #first: { readonly version: string; readonly runs: FaultlessRuns } | undefined;

  /** @param releases - folder of the synthesized releases */
  constructor(server: Database['kind'], releases: string) {
    this.#server = server;
    this.#releases = releases;
  }

  /** Starts the first worker; null where this machine has no server of the kind. */
  async start(): Promise<{ readonly version: string; readonly runs: FaultlessRuns } | null> {
    return (await this.#add()) === null ? null : this.#first!;
  }

  /** Plays points on that many workers at once. Where a worker fails, another one plays its point again. */
  async play(
    count: number,
    queue: { readonly next: () => SeriesPoint | undefined; readonly length: number },
    onResult: (point: SeriesPoint, result: ReportedResult) => void,
  ): Promise<void> {
    const wanted = Math.min(count, queue.length);
    while (this.#workers.length < wanted) await this.#add();
    await Promise.all(
      this.#workers.slice(0, wanted).map(async (first) => {
        let worker = first;
        for (let point = queue.next(); point !== undefined; point = queue.next()) {
          let report = await ask(worker, { kind: 'play', point });
          if (report.kind === 'failed') {
            process.stderr.write(`a worker failed: ${report.message}\n`);
            worker = await this.#replace(worker);
            report = await ask(worker, { kind: 'play', point });
          }
          if (report.kind !== 'played') throw new Error(report.kind === 'failed' ? report.message : report.kind);
          onResult(point, report.result);
        }
      }),
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map(end));
  }

  async #replace(worker: ChildProcess): Promise<ChildProcess> {
    this.#workers.splice(this.#workers.indexOf(worker), 1);
    await end(worker);
    const other = await this.#add();
    if (other === null) throw new Error(`no ${this.#server} any more`);
    return other;
  }

  async #add(): Promise<ChildProcess | null> {
    const worker = fork(path.join(__dirname, 'fault-worker.ts'), {
      execArgv: ['--require', path.join(__dirname, '../../scripts/typescript.cjs')],
    });
    const start = { kind: 'start', server: this.#server, releases: this.#releases, runs: this.#first?.runs } as const;
    const report = await ask(worker, start);
    if (report.kind === 'failed') throw new Error(report.message);
    if (report.kind !== 'started') {
      worker.disconnect();
      return null;
    }
    this.#first ??= { version: report.version, runs: report.runs };
    this.#workers.push(worker);
    return worker;
  }
}

async function end(worker: ChildProcess): Promise<void> {
  if (!worker.connected) return;
  const gone = once(worker, 'exit');
  worker.disconnect();
  await gone;
}

async function ask(worker: ChildProcess, order: WorkerOrder): Promise<WorkerReport> {
  const stopped = new AbortController();
  const { signal } = stopped;
  const report = once(worker, 'message', { signal }) as Promise<[WorkerReport]>;
  const exit = once(worker, 'exit', { signal }).then((): [WorkerReport] => [
    { kind: 'failed', message: 'a worker process ended' },
  ]);
  worker.send(order);
  const [first] = await Promise.race([report, exit]);
  stopped.abort();
  await Promise.allSettled([report, exit]);
  return first;
}
