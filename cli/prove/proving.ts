import type { Direction } from '../../lambda/manifest/step-lines';
import type { Failed } from './finding';
import type { Played } from './played';
import type { PlayedRelease } from './played-release';
import { statementsOf, type ProvedMigration } from './proved-migration';
import { refusedIn } from './refused-in';
import { fill, type Look } from './rows/look';
import type { RowFiller } from './rows/row-filler';
import type { Stage } from './stage';

/** What proving one migration needs. */
export interface Proving {
  readonly stage: Stage;
  readonly rows: RowFiller;
  readonly migration: ProvedMigration;
  /** The release before it, at which the stage is. */
  readonly from: PlayedRelease;
  /** The same with this migration. */
  readonly to: PlayedRelease;
}

/**
 * How a stage is left: at the release before the migration; at the one with it, which can be reverted; or in a state that
 * is neither.
 */
export type Left = 'before' | 'after' | 'unknown';

/** Whether a file says that its up takes rows away that no down restores. */
export function acknowledgesLoss({ acknowledged }: ProvedMigration): boolean {
  return [...acknowledged].some((code) => DESTROYS.has(code));
}

const DESTROYS: ReadonlySet<string> = new Set(['destructive-statement', 'irreversible-statement', 'blind-statement']);

/** Begins anew at the release before the migration. */
export async function rebuild(proving: Proving, notes: string[]): Promise<Look> {
  await proving.stage.startAt(proving.from);
  proving.rows.forget();
  return fill(proving.stage, proving.rows, notes);
}

/** Why an up or down did not come to its end: at the statement at which the server said no, of a JavaScript migration the last one. */
export function failureOf({ reason, refusals }: Played, migration: ProvedMigration, direction: Direction): Failed {
  const statements = statementsOf(migration, direction);
  const found = refusals.find(({ statement }) => statements.includes(statement));
  const refusal = found ?? (statements.length === 0 ? refusals.at(-1) : undefined);
  const refused = refusal === undefined ? null : refusedIn([migration], direction, refusal);
  return { refused, reason: reasonOf(reason) };
}

/** What CloudFormation would be told, without the advice for a stack. */
export function reasonOf(reason: string): string {
  const what = reason.replace(
    /^\S+ was applied up to step \d+ of \d+(?: \(line \d+\))? and cannot be reverted by itself: /,
    '',
  );
  return what.replace(
    /;? nothing more of it was reverted.*|\. (?:It may be partly|No step of its down|Some of it may be|What to do|Correct the migration|Wait until the others|Somebody has ended|The server has no room).*/s,
    '',
  );
}
