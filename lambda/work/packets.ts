import type { ForwardJournal } from '../journal/forward/forward-journal';
import { applyTogether, type Unfinished } from './apply-together';
import type { Run } from './run';
import type { Upcoming, UpcomingScripts } from './upcoming-scripts';

/** Applies what goes into packets of a forward deployment, and keeps how far that came. */
export class Packets {
  readonly #run: Run;
  readonly #journal: ForwardJournal;
  readonly #scripts: UpcomingScripts;
  readonly #unfinished = new Map<string, Unfinished>();

  /** @param half - the name of a migration that an earlier attempt began: it goes on by itself */
  constructor(run: Run, journal: ForwardJournal, scripts: UpcomingScripts, half: string | undefined) {
    this.#run = run;
    this.#journal = journal;
    this.#scripts = scripts;
    if (half !== undefined) this.#note({ name: half, isBegun: true, done: 0, tookMs: 0, end: { kind: 'alone' } });
  }

  /** How far a migration came that is not applied; undefined where nothing of it was tried. */
  stateOf(name: string): Unfinished | undefined {
    return this.#unfinished.get(name);
  }

  /** Applies as much from a migration on as goes into packets, until that one is applied or has to go on by itself. */
  async applyFrom(first: Upcoming): Promise<readonly string[]> {
    const { name } = first.entry;
    const all: string[] = [];
    for (;;) {
      const state = this.#unfinished.get(name);
      if (all.includes(name) || (state?.end ?? null) !== null || this.#run.budget.isSpent()) return all;
      const upcoming = this.#scripts.from(first, this.#unfinished);
      const { applied, unfinished } = await applyTogether(this.#run, this.#journal, upcoming, state?.done ?? 0);
      all.push(...applied);
      if (unfinished !== null) this.#note(unfinished);
      else if (applied.length === 0) return all;
    }
  }

  #note(unfinished: Unfinished): void {
    const earlier = this.#unfinished.get(unfinished.name)?.tookMs ?? 0;
    this.#unfinished.set(unfinished.name, { ...unfinished, tookMs: unfinished.tookMs + earlier });
  }
}
