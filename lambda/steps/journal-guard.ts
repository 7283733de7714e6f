import { takesAnyCase } from '../look/takes-any-case';
import { nameOwnStep, nameStep, type InFile } from '../manifest/step-lines';
import { describeTouch } from '../sql/journal-touch';
import { JournalWatch } from '../sql/journal-watch';
import type { Step } from '../sql/step';
import type { Database } from '../ports';

/**
 * Keeps statements of a migration from the journal's tables: without them applied migrations would run again, over live rows,
 * and nothing could be reverted. Synth refuses such a statement in a file; this is for JavaScript, for stored scripts of
 * older releases, and for a database whose name is not known at synth. One for each up or down.
 */
export class JournalGuard {
  readonly #database: Database;
  readonly #watch: JournalWatch;

  constructor(database: Database) {
    this.#database = database;
    this.#watch = new JournalWatch(database.name);
  }

  /** Why the next step of the migration must not be sent; null where it may. */
  async refusal({ text }: Step): Promise<string | null> {
    const touch = this.#watch.look(text);
    if (touch === null) return null;
    return touch.isExact || (await takesAnyCase(this.#database)) ? describeTouch(touch) : null;
  }

  /** Told where the server has refused a USE. */
  useFailed(): void {
    this.#watch.useFailed();
  }
}

/** The first of the steps of an up or down that must not be sent, and why; null where all may. */
export async function refusedStep(
  database: Database,
  steps: readonly Step[],
): Promise<{ readonly at: number; readonly why: string } | null> {
  const guard = new JournalGuard(database);
  for (const [at, step] of steps.entries()) {
    const why = await guard.refusal(step);
    if (why !== null) return { at, why };
  }
  return null;
}

/**
 * Why a migration must not be run, told before its first statement; null where it may. Also where only its down would touch the
 * journal: what is applied must be possible to revert.
 */
export async function refusedMigration(
  database: Database,
  migration: InFile,
  up: readonly Step[],
  down: readonly Step[],
): Promise<string | null> {
  const refused = await refusedStep(database, up);
  if (refused !== null) return `${nameStep(migration, 'up', refused.at, up.length)}: ${refused.why}`;
  const refusedDown = await refusedStep(database, down);
  return refusedDown && `${nameOwnStep(migration, 'down', refusedDown.at)}: ${refusedDown.why}`;
}
