import type { RowDataPacket } from 'mysql2/promise';
import { connectTo } from './connect';
import type { Database } from './database-types';
import { quotedName } from './quoted-name';

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
    const show = async (kind: string, name: string, key: string): Promise<void> => {
      const [shown] = await rows(`SHOW CREATE ${kind} ${quotedName(name)}`);
      const definition = String(shown?.[key]);
      objects.set(`${kind.toLowerCase()} ${name}`, definition.replace(VOLATILE, ''));
    };
    for (const row of await rows('SHOW FULL TABLES')) {
      const [table, type] = Object.values(row).map(String);
      if (table === undefined || table === 'migration' || table === 'migration_deployment') continue;
      if (type === 'VIEW') await show('VIEW', table, 'Create View');
      else await show('TABLE', table, 'Create Table');
    }
    for (const { Trigger: trigger } of await rows('SHOW TRIGGERS')) {
      await show('TRIGGER', String(trigger), 'SQL Original Statement');
    }
    for (const kind of ['PROCEDURE', 'FUNCTION', 'EVENT']) {
      const status = kind === 'EVENT' ? 'SHOW EVENTS' : `SHOW ${kind} STATUS WHERE Db = DATABASE()`;
      for (const { Name: routine } of await rows(status)) {
        await show(kind, String(routine), `Create ${kind[0] ?? ''}${kind.slice(1).toLowerCase()}`);
      }
    }
    return { objects, history: await historyOf(rows) };
  } finally {
    await connection.end();
  }
}

/** Empty before the first deployment. */
async function historyOf(rows: (sql: string) => Promise<readonly RowDataPacket[]>): Promise<SchemaDump['history']> {
  if ((await rows("SHOW TABLES LIKE 'migration'")).length === 0) return [];
  const journal = await rows('SELECT name, state, stepsDone, stepsTotal FROM migration ORDER BY id');
  return journal.map((row) => ({
    name: String(row['name']),
    state: String(row['state']),
    steps: `${String(row['stepsDone'])}/${String(row['stepsTotal'])}`,
  }));
}

/** What is another one each time: the next number, and when an event was made that says nothing of its start. */
const VOLATILE = / AUTO_INCREMENT=\d+| STARTS '[^']*'/;

/** Names of the objects that two dumps do not have in common, or have in different forms. */
export function differences(before: SchemaDump, after: SchemaDump): readonly string[] {
  const names = new Set([...before.objects.keys(), ...after.objects.keys()]);
  return [...names].filter((name) => before.objects.get(name) !== after.objects.get(name));
}
