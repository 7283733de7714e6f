import type { ForwardJournal } from '../journal/forward/forward-journal';
import type { HistoryRow } from '../plan/history';
import { applyTogether, type UpProgress, type Unfinished } from './apply-together';
import type { Run } from './run';
import type { Upcoming, UpcomingScripts } from './upcoming-scripts';

/** Applies what goes into packets of a forward deployment, and keeps how far that came. */
export class Packets {
  readonly #run: Run;
  readonly #journal: ForwardJournal;
  readonly #scripts: UpcomingScripts;
  readonly #unfinished = new Map<string, UpProgress>();

  /** @param half - the migration that an earlier attempt left half-applied, and with which this one goes on */
  constructor(run: Run, journal: ForwardJournal, scripts: UpcomingScripts, half: HistoryRow | null) {
    this.#run = run;
    this.#journal = journal;
    this.#scripts = scripts;
    if (half !== null) this.#note({ ...NOT_BEGUN, name: half.name, isBegun: true, end: { kind: 'left', row: half } });
  }

  /** How far a migration came that is not applied. */
  howFar(name: string): UpProgress {
    return this.#unfinished.get(name) ?? NOT_BEGUN;
  }

  /** Applies as much from a migration on as goes into packets, until that one is applied or has to go on by itself. */
  async applyFrom(first: Upcoming): Promise<readonly string[]> {
    const { name } = first.entry;
    const all: string[] = [];
    for (;;) {
      const { done, end } = this.howFar(name);
      if (all.includes(name) || end !== null || this.#run.budget.isSpent()) return all;
      const upcoming = this.#scripts.from(first, this.#unfinished);
      const { applied, unfinished } = await applyTogether(this.#run, this.#journal, upcoming, done);
      all.push(...applied);
      if (unfinished !== null) this.#note(unfinished);
      else if (applied.length === 0) return all;
    }
  }

  #note({ name, ...progress }: Unfinished): void {
    this.#unfinished.set(name, { ...progress, tookMs: progress.tookMs + this.howFar(name).tookMs });
  }
}

const NOT_BEGUN: UpProgress = { isBegun: false, done: 0, tookMs: 0, end: null };
