import { isContract } from '../../lambda/manifest/manifest';
import { withoutExtension } from '../../lambda/manifest/name';
import type { Manifest } from '../../lambda/manifest/types';
import type { JournalRow } from '../servers/journal-reader';

/**
 * What of a schema is not as code of a release needs it: each of its own migrations that expands must be there as a whole,
 * and nothing of a migration that contracts and that it does not have.
 * @param contracting - names of the migrations that contract, of all releases
 */
export function unmetNeeds(
  { migrations }: Pick<Manifest, 'migrations'>,
  journal: readonly JournalRow[],
  contracting: ReadonlySet<string>,
): readonly string[] {
  const states = new Map(journal.map(({ name, state }) => [withoutExtension(name), state]));
  const own = new Set<string>(migrations.map(({ name }) => name));
  const isWhole = (name: string): boolean => WHOLE.has(states.get(name) ?? '');
  const lacking = migrations.filter((entry) => !isContract(entry) && !isWhole(entry.name));
  // One that is half applied or half reverted is in the way as well.
  const foreign = [...states].filter(([name, state]) => contracting.has(name) && !own.has(name) && state !== 'removed');
  return [
    ...lacking.map(({ name }) => `a schema without ${name}`),
    ...foreign.map(([name]) => `a schema that ${name} has contracted`),
  ];
}

const WHOLE: ReadonlySet<string> = new Set(['applied', 'kept']);
