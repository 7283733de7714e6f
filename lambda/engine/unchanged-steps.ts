import type { DbObject, Effect } from '../plan/db-object';
import { effectsOf } from '../plan/objects';
import { firstWords } from '../plan/statement-kind';
import { natureOf } from '../plan/step-nature';
import { isRead, isWithoutTrace } from '../plan/without-trace';
import type { Database } from './ports';
import { movesSequence, SideEffects } from './side-effects';
import { absentFingerprint, stepFingerprint } from './step-fingerprint';

/**
 * Counts the first steps of a migration that have changed neither the schema nor a row. Where all that are done are among
 * them, there is nothing to take back, whether the migration has a down or is irreversible.
 *
 * Only what is proved counts. A comparison of schemas afterwards would prove less: a table that was dropped and made again
 * looks as before, and its rows are gone.
 */
export class UnchangedSteps {
  readonly #database: Database;
  readonly #sideEffects: SideEffects;
  readonly #last: number;
  #count: number;
  #hasTemporary = false;

  /**
   * @param statements - of the migration: with the last one it is applied, and nobody asks
   * @param count - what an earlier attempt has counted
   */
  constructor(database: Database, statements: readonly string[], count = 0) {
    this.#database = database;
    // Our looking between two steps would change what these functions give.
    this.#last = statements.some((statement) => ASKS_BACK.test(statement)) ? 0 : statements.length - 1;
    this.#sideEffects = new SideEffects(database);
    this.#count = count;
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Told of each step that was done: how many rows it wrote, and of DDL the fingerprint before it. Those of a transaction
   * that is tried again are told of again.
   */
  async note(step: number, statement: string, found: number, before: string | null = null): Promise<void> {
    if (step > this.#count || step >= this.#last) return;
    if (!(await this.changesNothing(statement, found, before))) this.#count = step;
    else if (step === this.#count) this.#count = step + 1;
  }

  /** Whether a statement that was run has surely changed neither the schema nor a row. */
  async changesNothing(statement: string, found: number, before: string | null): Promise<boolean> {
    const isTemporary = TEMPORARY.test(firstWords(statement).join(' '));
    this.#hasTemporary ||= isTemporary;
    if (isWithoutTrace(statement)) return true;
    if (before !== null && !isTemporary) return found === 0 && (await this.#hitNothing(statement, before));
    if (isSimple(statement)) return true;
    if ((found > 0 && !isTemporary) || (!isRead(statement) && /\bRETURNING\b/i.test(statement))) return false;
    return !(await this.#sideEffects.mayHave(statement));
  }

  /** Whether DDL with IF [NOT] EXISTS found nothing to do. `before`: the fingerprint of its objects before it. */
  async #hitNothing(statement: string, before: string): Promise<boolean> {
    const effects = effectsOf(statement) ?? [];
    // A temporary table would be looked at in place of the one that it hides.
    if (effects.length === 0 || !effects.every(isGuarded) || this.#hasTemporary) return false;
    // Most of them are told without another look.
    if (before === absentFingerprint(effects)) return effects.every(({ action }) => action === 'drop');
    return (await stepFingerprint(this.#database, statement)) === before;
  }
}

const ASKS_BACK = /\b(ROW_COUNT|FOUND_ROWS)\s*\(/i;

/** A USE or SET that calls nothing. */
function isSimple(statement: string): boolean {
  return natureOf(statement) === 'session' && !statement.includes('(') && !movesSequence(statement);
}

const TEMPORARY = /^(CREATE|CREATE OR REPLACE|DROP) TEMPORARY\b/;

/** Not OR REPLACE: the new table looks like the old one, and is empty. */
function isGuarded(effect: Effect): effect is Effect & { readonly object: DbObject } {
  if (effect.action === 'create') return effect.ifNotExists === true && effect.orReplace !== true;
  return effect.action === 'drop' && effect.ifExists === true;
}
