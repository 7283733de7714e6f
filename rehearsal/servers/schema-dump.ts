import type { RowDataPacket } from 'mysql2/promise';
import { connectTo, type Reachable } from './connect';
import { quotedName } from './quoted-name';

/** What a person sees of a database. */
export interface SchemaDump {
  /** Definitions by name, such as `table user`, without the journal's own tables and counters. */
  readonly objects: ReadonlyMap<string, string>;
  /** Its own definition, which has its character set. */
  readonly database: string;
  /** Rows of the journal, in order of application. */
  readonly history: readonly { readonly name: string; readonly state: string; readonly steps: string }[];
}

type Query = (sql: string) => Promise<readonly RowDataPacket[]>;

/** Reads a database from outside, with nothing of the function's code: what the rehearsal says is a second opinion. */
export async function dumpSchema(server: Reachable, name: string): Promise<SchemaDump> {
  const connection = await connectTo(server, name);
  const rows: Query = async (sql) => (await connection.query<RowDataPacket[]>(sql))[0];
  try {
    const objects = new Map<string, string>();
    for (const { kind, name: object } of await objectsIn(rows)) {
      objects.set(`${kind.toLowerCase()} ${object}`, await definitionOf(rows, `${kind} ${quotedName(object)}`));
    }
    for (const [trigger, before] of await followersIn(rows)) {
      objects.set(`trigger ${trigger}`, `${objects.get(`trigger ${trigger}`) ?? ''}\n${FOLLOWS}${before}`);
    }
    const database = await definitionOf(rows, `DATABASE ${quotedName(name)}`);
    return { objects, database, history: await historyOf(rows) };
  } finally {
    await connection.end();
  }
}

/** What stands before the name of the trigger after which another one fires: its definition does not show it. */
export const FOLLOWS = '-- fires after the trigger ';

/** All that a database holds but the journal; each kind is the word behind SHOW CREATE. */
async function objectsIn(rows: Query): Promise<readonly { readonly kind: string; readonly name: string }[]> {
  const tables = (await rows('SHOW FULL TABLES')).map((row) => {
    const [name = '', type] = Object.values(row).map(String);
    return { kind: type === 'VIEW' || type === 'SEQUENCE' ? type : 'TABLE', name };
  });
  const others = [...(await rows(PROGRAMS)), ...(await rows(TRIGGERS)), ...(await rows('SHOW EVENTS'))];
  return [
    ...tables.filter(({ name }) => name !== 'migration' && name !== 'migration_deployment'),
    ...others.map((row) => ({ kind: String(row['kind'] ?? 'EVENT'), name: String(row['name'] ?? row['Name']) })),
  ];
}

/** Packages are MariaDB's; libraries came with MySQL 9.2, and MariaDB passes over them. */
const PROGRAMS = `SELECT ROUTINE_TYPE AS kind, ROUTINE_NAME AS name FROM information_schema.ROUTINES
    WHERE ROUTINE_SCHEMA = DATABASE()
  /*!90200 UNION ALL SELECT 'LIBRARY', LIBRARY_NAME FROM information_schema.LIBRARIES
    WHERE LIBRARY_SCHEMA = DATABASE() */`;

const TRIGGERS = `SELECT 'TRIGGER' AS kind, TRIGGER_NAME AS name,
    CONCAT_WS(' ', ACTION_TIMING, EVENT_MANIPULATION, EVENT_OBJECT_TABLE) AS moment
  FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY ACTION_ORDER`;

/** Triggers that fire after another one at the same moment, with that one. */
async function followersIn(rows: Query): Promise<ReadonlyMap<string, string>> {
  const last = new Map<string, string>();
  const followers = new Map<string, string>();
  for (const { name, moment } of await rows(TRIGGERS)) {
    const before = last.get(String(moment));
    if (before !== undefined) followers.set(String(name), before);
    last.set(String(moment), String(name));
  }
  return followers;
}

/** What SHOW CREATE prints. What a program does also depends on what stands beside its text. */
async function definitionOf(rows: Query, object: string): Promise<string> {
  const shown: Readonly<Record<string, unknown>> = (await rows(`SHOW CREATE ${object}`))[0] ?? {};
  const column = Object.keys(shown).find((key) => /^(?:Create |SQL Original)/.test(key)) ?? '';
  const beside = ['sql_mode', 'Database Collation'].filter((key) => typeof shown[key] === 'string');
  const text = withSortedIndexes(String(shown[column]).replace(VOLATILE, ''));
  return [text, ...beside.map((key) => `-- ${key.toLowerCase()}: ${String(shown[key])}`)].join('\n');
}

/**
 * Indexes are printed in the order in which they were made, which means nothing; but without a primary key the first unique one
 * orders the rows.
 */
function withSortedIndexes(definition: string): string {
  const lines = definition.split('\n');
  const isSorted = lines.some((line) => line.startsWith('  PRIMARY KEY '))
    ? /^ {2}(?!PRIMARY )(?:[A-Z]+ )?KEY /
    : /^ {2}(?!UNIQUE )(?:[A-Z]+ )?KEY /;
  const first = lines.findIndex((line) => isSorted.test(line));
  if (first === -1) return definition;
  const own = lines.filter((line) => isSorted.test(line));
  const sorted = own.map((line) => line.replace(/,$/, '')).sort();
  const comma = (at: number): string => (own[at]?.endsWith(',') === true ? ',' : '');
  lines.splice(first, own.length, ...sorted.map((line, at) => line + comma(at)));
  return lines.join('\n');
}

/** Empty before the first deployment. */
async function historyOf(rows: Query): Promise<SchemaDump['history']> {
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

/** Names of what two dumps do not have in common, or have in different forms. */
export function differences(before: SchemaDump, after: SchemaDump): readonly string[] {
  const names = new Set([...before.objects.keys(), ...after.objects.keys()]);
  const changed = [...names].filter((name) => before.objects.get(name) !== after.objects.get(name));
  return before.database === after.database ? changed : ['the database itself', ...changed];
}
