import type { ProveEvent } from '../prove-folder';
import type { Summary } from './summary';

/** What came of a run. */
export interface ProveResult {
  readonly directory: string;
  readonly server: string;
  readonly events: readonly ProveEvent[];
  readonly summary: Summary;
  readonly milliseconds: number;
}

/** The whole result as one object. */
export function jsonOf({ directory, server, events, summary, milliseconds }: ProveResult): string {
  return JSON.stringify({
    directory,
    server,
    milliseconds,
    summary,
    migrations: events.flatMap((event) => (event.kind === 'migration' ? [event.proof] : [])),
    notReached: events.flatMap((event) => (event.kind === 'not-reached' ? event.names : [])),
    folder: events.flatMap((event) => (event.kind === 'folder' ? [event.proof] : []))[0] ?? null,
  });
}
