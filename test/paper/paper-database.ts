import type { HistoryRow } from '../../lambda/plan/history';
import type { Intent } from '../../lambda/plan/intent';
import { plan } from '../../lambda/plan/plan';
import type { Plan } from '../../lambda/plan/plan-types';
import type { Manifest } from '../../lambda/manifest/types';
import type { Ending } from './paper-engine';
import type { Fate, Surroundings } from './paper-run';
import { PaperEngine } from './paper-engine';
import type { PaperJournal } from './paper-journal';
import { historyOf, NO_JOURNAL, noteStackStatus } from './paper-journal';
import { schemaText } from './paper-schema';
import { OURS } from './releases';

/** What befalls an invocation: a run of the engine that goes wrong, or the end of the process after one of its writes. */
export interface Befalls extends Fate {
  readonly diesAfter?: number;
}

/** What came of an invocation. */
export interface Invoked {
  readonly plan: Plan;
  readonly ending: Ending | 'died';
  /** Whether something befell it. */
  readonly isStruck: boolean;
}

/** A database, and the function that is invoked with requests for it, on paper. */
export class PaperDatabase {
  journal: PaperJournal = NO_JOURNAL;

  constructor(
    private readonly surroundings: Omit<Surroundings, 'code'> = { vouches: () => true, isLossless: () => true },
    /** Whether a down may only run on what was made last. */
    private readonly isStrict = false,
  ) {}

  get migrations(): readonly HistoryRow[] {
    return this.journal.migrations;
  }

  /** What migrations made. */
  get schema(): string {
    return schemaText(this.journal.schema);
  }

  /** One invocation of the function. `onAwait`: what arrives while it waits for a status of the stack. */
  handle(intent: Intent, code: Manifest, befalls: Befalls = {}, onAwait?: () => void): Invoked {
    const decide = (mayAwait: boolean): Plan =>
      plan(intent, code, historyOf(this.journal, intent.request.resource), mayAwait);
    let decided = decide(true);
    if (decided.kind === 'await-status') {
      onAwait?.();
      decided = decide(false);
    }
    if (decided.kind === 'await-status') throw new Error('nobody waits any more');
    const engine = new PaperEngine(this.journal, { ...this.surroundings, code }, befalls);
    const writing = engine.carryOut(decided, intent, historyOf(this.journal, intent.request.resource));
    for (let writes = 0; ; writes += 1) {
      const next = writing.next();
      if (next.done === true) {
        this.journal = engine.journal;
        return { plan: decided, ending: next.value, isStruck: engine.run.isStruck };
      }
      this.#write(next.value);
      if (writes === befalls.diesAfter) return { plan: decided, ending: 'died', isStruck: true };
    }
  }

  /** A status of the stack reaches the function. */
  note(status: string, at: number): void {
    this.journal = noteStackStatus(this.journal, { stackId: OURS.stackId, status, at });
  }

  #write(journal: PaperJournal): void {
    const newest = this.journal.schema.at(-1);
    const isThere = (name: string): boolean => journal.schema.some((made) => made.name === name);
    const dropped = this.journal.schema.find(({ name }) => !isThere(name));
    if (this.isStrict && dropped !== newest && dropped !== undefined)
      throw new Error(`${dropped.name} is dropped under ${newest?.name}`);
    this.journal = journal;
  }
}
