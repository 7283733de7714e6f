import type { RowDataPacket } from 'mysql2/promise';
import { connectTo } from './connect';
import type { Database } from './database-types';

/** What a person sees of a database. */
export interface SchemaDump {
  /** Definitions by name, such as `table user`, without the journal's own tables and counters. */
  readonly objects: ReadonlyMap<string, string>;
  /** Rows of the journal, in order of application. */
  readonly history: readonly { readonly name: string; readonly state: string; readonly steps: string }[];
}

/** Reads a database from outside, with nothing of the function's code: what the rehearsal says is a second opinion. */
export async function dumpSchema(server: Database, name: string): Promise<SchemaDump> {
  const connection = await connectTo(server, name);
  const rows = async (sql: string): Promise<readonly RowDataPacket[]> =>
    (await connection.query<RowDataPacket[]>(sql))[0];
  try {
    const objects = new Map<string, string>();
    for (const row of await rows('SHOW TABLES')) {
      const table = String(Object.values(row)[0]);
      if (table === 'migration' || table === 'migration_deployment') continue;
      const [shown] = await rows(`SHOW CREATE TABLE \`${table}\``);
      objects.set(`table ${table}`, String(shown?.['Create Table']).replace(/ AUTO_INCREMENT=\d+/, ''));
    }
    for (const { Trigger: trigger } of await rows('SHOW TRIGGERS')) {
      const [shown] = await rows(`SHOW CREATE TRIGGER \`${String(trigger)}\``);
      objects.set(`trigger ${String(trigger)}`, String(shown?.['SQL Original Statement']));
    }
    const journal = await rows('SELECT name, state, stepsDone, stepsTotal FROM migration ORDER BY id');
    const history = journal.map((row) => ({
      name: String(row['name']),
      state: String(row['state']),
      steps: `${String(row['stepsDone'])}/${String(row['stepsTotal'])}`,
    }));
    return { objects, history };
  } finally {
    await connection.end();
  }
}

/** Names of the objects that two dumps do not have in common, or have in different forms. */
export function differences(before: SchemaDump, after: SchemaDump): readonly string[] {
  const names = new Set([...before.objects.keys(), ...after.objects.keys()]);
  return [...names].filter((name) => before.objects.get(name) !== after.objects.get(name));
}
