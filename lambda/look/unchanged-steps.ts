import { altersDatabase, type Effect } from '../sql/db-object';
import type { Mark } from '../plan/mark';
import type { StepToRun } from '../sql/segments';
import type { Step } from '../sql/step';
import { hasGuard } from '../sql/step-nature';
import type { Database } from '../ports';
import { sideEffectsIn } from './side-effects';
import { absentFingerprint, stepFingerprint } from './step-fingerprint';

/**
 * Counts the first steps of a migration that have changed neither the schema nor a row. Where all that are done are among
 * them, there is nothing to revert, whether the migration has a down or is irreversible.
 *
 * Only what is proved counts. A comparison of schemas afterwards would prove less: a table that was dropped and made again
 * looks as before, and its rows are gone.
 */
export class UnchangedSteps {
  readonly #database: Database;
  readonly #mayHaveSideEffects: (step: Step) => Promise<boolean>;
  readonly #last: number;
  #count: number;
  #hasTemporary = false;

  /**
   * @param steps - of the migration: with the last one it is applied, and nobody asks
   * @param count - what an earlier attempt has counted
   * @param texts - what it has run so far, where its steps are not known before
   */
  constructor(
    database: Database,
    steps: readonly Step[],
    count = 0,
    texts: () => Iterable<string> = () => steps.map(({ text }) => text),
  ) {
    this.#database = database;
    // Our looking between two steps would change what these functions give.
    this.#last = steps.some((step) => step.shows('asksBack')) ? 0 : steps.length - 1;
    this.#mayHaveSideEffects = sideEffectsIn(database, texts);
    this.#count = count;
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Told of each step that was done: how many rows it wrote, and of DDL its mark. Those of a transaction
   * that is tried again are told of again.
   */
  async note({ step, at }: StepToRun, found: number, before: Mark | null = null): Promise<void> {
    if (at > this.#count || at >= this.#last) return;
    if (!(await this.changesNothing(step, found, before))) this.#count = at;
    else if (at === this.#count) this.#count = at + 1;
  }

  /** Whether a step that was run has surely changed neither the schema nor a row. */
  async changesNothing(step: Step, found: number, before: Mark | null): Promise<boolean> {
    this.#hasTemporary ||= step.isTemporary;
    if (step.isWithoutTrace) return true;
    if (before !== null && !step.isTemporary) {
      // The server counts a row for ALTER DATABASE.
      const hasFound = found > 0 && step.effects?.every(altersDatabase) !== true;
      return !hasFound && (await this.#hitNothing(step, before));
    }
    // A USE or SET that calls nothing.
    if (step.nature === 'session' && !step.shows('mayCall') && !step.shows('movesSequence')) return true;
    if ((found > 0 && !step.isTemporary) || (step.shows('givesRows') && !step.isRead)) return false;
    return !(await this.#mayHaveSideEffects(step));
  }

  /** Whether DDL found nothing to do. */
  async #hitNothing(step: Step, before: Mark): Promise<boolean> {
    const { effects = [] } = step;
    // A temporary table would be looked at in place of the one that it hides.
    if (before.kind !== 'fingerprint' || effects.length === 0 || !effects.every(mayFindNothing) || this.#hasTemporary)
      return false;
    // Most of them are told without another look.
    if (before.hash === absentFingerprint(effects)) return effects.every(({ action }) => action === 'drop');
    return (await stepFingerprint(this.#database, step)) === before.hash;
  }
}

/**
 * With IF [NOT] EXISTS, or where the definition is all that there is, as of a database. Not OR REPLACE: the new table looks like the
 * old one, and is empty.
 */
function mayFindNothing(effect: Effect): boolean {
  if (altersDatabase(effect)) return true;
  return hasGuard(effect) && (effect.action !== 'create' || effect.orReplace !== true);
}
