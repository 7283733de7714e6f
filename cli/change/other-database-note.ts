import { resolveSteps } from '../../lambda/schema/resolved-step';
import { stepOf } from '../../lambda/sql/step';
import type { PlannedMigration } from '../../lambda/commands/planned-migration';
import { otherDatabases } from '../../lib/review/other-databases';

/** Says of each migration that would run which other databases it works in, where the migrated one is known. */
export function otherDatabaseNotes(migrations: readonly PlannedMigration[], home: string): readonly string[] {
  if (home === '') return [];
  return migrations.flatMap(({ name, up }) => {
    const { names } = otherDatabases(resolveSteps(up.map(stepOf), home), home);
    if (names.length === 0) return [];
    return [`Note: ${name} works in the database ${names.join(' and ')}, and the migrated one is ${home}.`];
  });
}
