import type { ManifestEntry } from '../manifest/types';
import { splitAt } from '../plan/history';
import type { OwnScripts } from '../ports';
import { tableOf } from '../sql/db-object';
import { stepOf, type Step } from '../sql/step';
import { ownStatements } from '../work/own-script';

/** A migration that would be run. */
export interface PlannedMigration extends Pick<ManifestEntry, 'name' | 'file' | 'checksum' | 'irreversible'> {
  /** The statements of its up, those of its down. Empty for a JavaScript migration. */
  readonly up: readonly string[];
  readonly down: readonly string[];
  /** Statements of its up that are left out here, since an answer has not room for more. */
  readonly leftOut: number;
  /** Whether it is a JavaScript migration, which runs what it likes. */
  readonly isModule: boolean;
  /** Names of the tables that it touches. */
  readonly tables: readonly string[];
}

/**
 * What is to be shown of a migration.
 *
 * @param home name of the migrated database; the empty string where it is not known, and only names without one are of it
 * @param room how many characters of SQL may be shown yet
 */
export function plannedMigration(
  { name, file, checksum, irreversible }: ManifestEntry,
  own: OwnScripts,
  home: string,
  room: { left: number },
): PlannedMigration {
  const statements = ownStatements(own, name);
  const told = { name, file, checksum, irreversible };
  if (statements === null) return { ...told, up: [], down: [], leftOut: 0, isModule: true, tables: [] };
  const up = fitting(statements.up, room);
  const down = fitting(statements.down, room);
  const tables = tablesTouched(statements.up.map(stepOf), home);
  return { ...told, up, down, leftOut: statements.up.length - up.length, isModule: false, tables };
}

function fitting(statements: readonly string[], room: { left: number }): readonly string[] {
  return splitAt(statements, ({ length }) => (room.left -= length) < 0)[0];
}

/** Names of the tables of a database that some steps touch, as far as their texts tell. */
function tablesTouched(steps: readonly Step[], home: string): readonly string[] {
  const objects = steps.flatMap(({ effects = [] }) => effects.map(({ object }) => tableOf(object) ?? object));
  const tables = objects.filter(({ kind, schema = home }) => kind === 'table' && schema === home);
  return [...new Set(tables.map(({ name }) => name))];
}
