import { isBlind } from './blind-statements';
import { lossesOf, overwritesOf } from './data-loss';
import { MadeObjects } from './made-objects';
import type { MigrationUnderReview } from './review-migration';

/**
 * Whether a migration may destroy rows that stood before it and that its down does not restore, so that a snapshot is
 * worth its time. What its file acknowledges counts too: the warning is off, the rows are gone.
 */
export function mayDestroyRows({ up, down, irreversible }: MigrationUnderReview): boolean {
  const made = new MadeObjects();
  const destroys = up.map((statement) => {
    const isLost = lossesOf(statement, made).length > 0 || overwritesOf(statement, made, down).length > 0;
    made.follow(statement.effects);
    return isLost || isBlind(statement);
  });
  return irreversible || destroys.includes(true);
}
