import { keyOf, type Effect } from '../../lambda/sql/db-object';
import { finding, type Finding, type StatementUnderReview } from './statement-under-review';

/**
 * Finds statements of a down that drop at once what several statements of the up make. Where the up fails between those,
 * the server refuses such a statement for what is not there, and nothing reverts what is.
 */
export function downsInOne(
  up: readonly StatementUnderReview[],
  down: readonly StatementUnderReview[],
): readonly Finding[] {
  const makers = new Map<string, StatementUnderReview>();
  for (const statement of up) {
    for (const { action, object } of statement.effects ?? []) {
      if (action === 'create') makers.set(keyOf(object), statement);
    }
  }
  return down.flatMap((statement): readonly Finding[] => {
    const drops = (statement.effects ?? []).filter(isSure);
    const made = new Set(drops.flatMap(({ object }) => makers.get(keyOf(object)) ?? []));
    if (made.size < 2) return [];
    const list = drops.every(({ object }) => object.kind === 'table' || object.kind === 'view');
    const instead = list ? 'write one for each, or DROP … IF EXISTS' : 'write one for each';
    return [
      finding(
        'down-in-one',
        statement,
        `it reverts ${made.size} statements of the up at once: if the up fails between these, the server refuses it, and a person has to revert what was done. Better: ${instead}`,
      ),
    ];
  });
}

/** With IF EXISTS the server does not refuse what is not there. */
function isSure(effect: Effect): boolean {
  return effect.action === 'drop' && effect.ifExists !== true;
}
