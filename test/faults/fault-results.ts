import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { FaultSeries, SeriesPoint } from './fault-series';
import type { ReportedResult } from './fault-worker';

/** A point that was played, as a line of the file of results. */
export interface ResultLine extends SeriesPoint {
  readonly server: string;
  /** Tells which code was tried: results of other code are not counted. */
  readonly code: string;
  readonly verdict: ReportedResult['verdict'];
  readonly status: string;
  readonly durationMs: number;
  /** The command at which the fault struck. */
  readonly text: string;
  readonly problems: readonly string[];
}

/** The results of one code, in memory and, where a file is named, in it, so that a run can be cut in pieces. */
export class FaultResults {
  readonly #code: string;
  readonly #file: string | undefined;
  readonly #lines = new Map<string, ResultLine>();

  /** @param isResumed - whether results that the file holds already are counted, and their points not played again */
  constructor(code: string, file: string | undefined, isResumed: boolean) {
    this.#code = code;
    this.#file = file;
    if (file === undefined || !isResumed || !existsSync(file)) return;
    for (const text of readFileSync(file, 'utf8').split('\n')) {
      // The last line may be half a line: the run was cut off.
      const line = parsed(text);
      if (line?.code === code) this.#lines.set(keyOf(line), line);
    }
  }

  has(server: string, point: SeriesPoint): boolean {
    return this.#lines.has(keyOf({ server, ...point }));
  }

  add(server: string, point: SeriesPoint, result: ReportedResult): void {
    const { verdict, status, durationMs, problems, struck } = result;
    const text = readable(struck?.text ?? '').slice(0, 200);
    const line: ResultLine = { server, code: this.#code, ...point, verdict, status, durationMs, text, problems };
    this.#lines.set(keyOf(line), line);
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  get lines(): readonly ResultLine[] {
    return [...this.#lines.values()];
  }
}

/** The journal's statements hold their values in hexadecimal. */
export function readable(text: string): string {
  return text
    .replace(/_utf8mb4 X'([0-9a-f]*)'/g, (_, hex: string) => `'${Buffer.from(hex, 'hex').toString('utf8')}'`)
    .replace(/\s+/g, ' ');
}

/** What a series is called in the table and in messages. */
export function nameOf({ kind, moment, target }: FaultSeries): string {
  return target === 'work' ? `${kind} ${moment}` : `${kind} ${moment} (${target})`;
}

function keyOf({
  server,
  kind,
  moment,
  target,
  run,
  order,
  command,
}: SeriesPoint & { readonly server: string }): string {
  return [server, kind, moment, target, run, order, command].join(' ');
}

function parsed(text: string): ResultLine | undefined {
  try {
    return JSON.parse(text) as ResultLine;
  } catch {
    return undefined;
  }
}
