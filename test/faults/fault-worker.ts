import { findServerProgram } from '../../rehearsal/servers/server-program';
import type { Database } from '../../rehearsal/servers/database-types';
import { type PointResult, playPoint } from './fault-point';
import { type FaultlessRuns, playWithoutFaults, type SeriesPoint } from './fault-series';
import { FaultStage } from './fault-stage';

/** What a worker is told. */
export type WorkerOrder =
  | {
      readonly kind: 'start';
      readonly server: Database['kind'];
      readonly releases: string;
      readonly runs?: FaultlessRuns;
    }
  | { readonly kind: 'play'; readonly point: SeriesPoint };

/** A command of a point, for the report. */
export interface ReportedCommand {
  readonly text: string;
  readonly target: string;
  readonly replies: readonly (string | number)[];
}

/** What is known of a point that was played. */
export type ReportedResult = Omit<PointResult, 'counted' | 'struck'> & {
  readonly struck?: ReportedCommand;
  readonly counted: readonly ReportedCommand[];
};

/** What a worker says. */
export type WorkerReport =
  | { readonly kind: 'started'; readonly version: string; readonly runs: FaultlessRuns }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'played'; readonly result: ReportedResult }
  | { readonly kind: 'failed'; readonly message: string };

/** A process with a server and a stage of its own, which plays the points that it is given, one after the other. */
class FaultWorker {
  #stage: FaultStage | undefined;
  #runs: FaultlessRuns | undefined;

  async do(order: WorkerOrder): Promise<WorkerReport> {
    if (order.kind === 'start') return this.#start(order);
    const { kind, moment, target, run, order: codeOrder, command } = order.point;
    const point = { run, order: codeOrder, fault: { kind, moment, target, command } };
    return { kind: 'played', result: reported(await playPoint(this.#stage!, point, this.#runs!.expected)) };
  }

  async stop(): Promise<void> {
    await this.#stage?.stop();
  }

  async #start({ server, releases, runs }: WorkerOrder & { kind: 'start' }): Promise<WorkerReport> {
    const program = await findServerProgram(server);
    if (program === undefined) return { kind: 'unavailable' };
    const stage = await FaultStage.start(program, releases);
    this.#stage = stage;
    this.#runs = runs ?? (await playWithoutFaults(stage));
    return { kind: 'started', version: stage.server.version, runs: this.#runs };
  }
}

function reported({ struck, counted, ...result }: PointResult): ReportedResult {
  const simple = ({
    text,
    target,
    replies,
    isSent,
    isUnanswered,
  }: PointResult['counted'][number]): ReportedCommand => ({
    text: text.slice(0, 2_000),
    target,
    replies: isUnanswered ? ['unanswered'] : isSent ? replies.map(({ result: reply }) => reply) : ['not sent'],
  });
  return { ...result, struck: struck && simple(struck), counted: counted.map(simple) };
}

const worker = new FaultWorker();
process.on('message', (order: WorkerOrder) => {
  worker.do(order).then(
    (report) => process.send?.(report),
    (error: unknown) =>
      process.send?.({ kind: 'failed', message: error instanceof Error ? String(error.stack) : String(error) }),
  );
});
process.on('disconnect', () => {
  void worker.stop().finally(() => process.exit());
});
