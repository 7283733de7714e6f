import { resolveSteps } from '../../../lambda/schema/resolved-step';
import { stepOf } from '../../../lambda/sql/step';
import { otherDatabases } from '../../../lib/review/other-databases';
import type { MigrationProof } from '../finding';
import type { ProvedMigration } from '../proved-migration';

/**
 * What was proved of a migration that works in other schemas too: only the one that was played in is compared, so that
 * "ok" would be said of what nobody has looked at.
 */
export function toldElsewhere(
  proof: MigrationProof,
  { up, acknowledged }: ProvedMigration,
  played: string,
): MigrationProof {
  const { names, isAll } = otherDatabases(resolveSteps(up.map(stepOf), played), played);
  if (names.length === 0 || acknowledged.has('other-database')) return proof;
  if (isAll && proof.verdict === 'proved') {
    return { ...proof, verdict: 'found', findings: [{ kind: 'elsewhere', schemas: names, played }] };
  }
  const where = `it works in the schema ${names.join(' and ')}${isAll ? '' : ' too'}, of which nothing is compared`;
  return { ...proof, notes: [...proof.notes, `${where}: say --schema ${names[0]}, if that is the migrated database`] };
}
