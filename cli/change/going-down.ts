import type { MigrationStatus } from '../../lambda/commands/status';
import type { DownUntil } from '../../lambda/plan/command';

/** Names of what going down would revert, newest first, as far as a status tells; what stands in the way the engine says. */
export function goingDown(migrations: readonly MigrationStatus[], until: DownUntil): readonly string[] {
  const newestFirst = migrations
    .filter(({ state }) => state !== 'removed')
    .map(({ name }) => name)
    .toReversed();
  if (until.kind === 'steps') return newestFirst.slice(0, until.steps);
  const at = newestFirst.indexOf(until.name);
  return at === -1 ? [] : newestFirst.slice(0, at);
}
