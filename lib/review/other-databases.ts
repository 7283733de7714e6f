import type { ResolvedStep } from '../../lambda/schema/resolved-step';
import { SERVER_SCHEMAS } from '../../lambda/words/server-schemas';
import type { Finding, StatementUnderReview } from './statement-under-review';
import { toldTogether } from './told-together';

/** Databases besides the migrated one that a migration works in. */
export interface OtherDatabases {
  readonly names: readonly string[];
  /** It works in no other place. */
  readonly isAll: boolean;
}

/** A statement, its names completed with the database in force. */
type Resolved = Pick<ResolvedStep, 'step' | 'schema'> & { readonly effects?: ResolvedStep['effects'] };

/** Where a migration makes, changes or fills anything outside of the database `home`: nobody compares that after a rollback. */
export function otherDatabases(up: readonly Resolved[], home: string): OtherDatabases {
  const all = new Set(up.flatMap(databasesOf));
  // Whoever writes to the server's own means the server, and no database.
  const names = [...all].filter((name) => name !== home && !SERVER_SCHEMAS.includes(name.toLowerCase()));
  return { names, isAll: names.length > 0 && !all.has(home) };
}

function databasesOf({ step, schema, effects }: Resolved): readonly string[] {
  if (step.kind === 'session') return [];
  if (effects === undefined) return [schema];
  return effects.map(({ object }) => (object.kind === 'database' ? object.name : (object.schema ?? schema)));
}

/**
 * Says it once, at the first statement that reaches there, with the lines of the others.
 *
 * @param home the empty string where the name of the migrated database is not known: any that is named may be another
 */
export function reachedDatabases(
  up: readonly StatementUnderReview[],
  home: string,
  irreversible: boolean,
): readonly Finding[] {
  // To make a database or to drop one is not to work in it.
  const within = up.filter(({ effects }) => effects?.every(({ object }) => object.kind === 'database') !== true);
  const { names } = otherDatabases(within, home);
  const there = within.filter((statement) => otherDatabases([statement], home).names.length > 0);
  if (there.length === 0) return [];
  return [toldTogether('other-database', home === '' ? named(names) : reached(names, home, irreversible), there)];
}

function reached(names: readonly string[], home: string, irreversible: boolean): string {
  const isOne = names.length === 1;
  const what = isOne ? `the database ${names.join()}` : `other databases than the migrated one (${names.join(', ')})`;
  const instead = `Leave the name out where ${home} is meant, or give ${isOne ? 'that database' : 'each of them'} a construct of its own`;
  return irreversible
    ? `it works in ${what}, and the migrated one is ${home}. ${instead}`
    : `it works in ${what}, and only ${home} is looked at: after a rollback nothing tells whether ${isOne ? 'that one is as it was' : 'those are as they were'}. ${instead}`;
}

function named(names: readonly string[]): string {
  const isOne = names.length === 1;
  return `it names the database${isOne ? '' : 's'} ${names.join(', ')}, and works there whatever database is migrated; only of the migrated one a rollback compares what is there. Leave the name out where that one is meant, or give ${isOne ? 'the other one' : 'each other one'} a construct of its own`;
}
