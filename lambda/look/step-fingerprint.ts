import { sha256 } from '../manifest/checksum';
import { tableOf, type DbObject, type Effect } from '../sql/db-object';
import type { Step } from '../sql/step';
import { readDefinition } from './definition';
import { readSchema, schemaDigest } from './fingerprint';
import type { Database } from '../ports';
import { PRINTS } from '../schema/printed-names';
import { fragment, identifier, sql } from '../sql-text';

/**
 * Hash over the definitions of the objects that a step names, as they are now; of the whole schema where its text
 * does not tell. Names without a schema mean the session's database, as they do in the statement.
 */
export async function stepFingerprint(database: Database, step: Step): Promise<string> {
  const hashOf = await readHashes(database, step);
  return hashOf((definition) => definition);
}

/**
 * Whether a step's fingerprint is still this one. Not where it is only printed otherwise: the server may have been stopped in
 * the middle of the step, for an upgrade.
 */
export async function isStillThere(database: Database, step: Step, fingerprint: string): Promise<boolean> {
  const hashOf = await readHashes(database, step);
  return PRINTS.some((print) => hashOf(print) === fingerprint);
}

/** Reads the definitions, and hashes them as they are printed. */
async function readHashes(
  database: Database,
  { effects }: Step,
): Promise<(print: (definition: string) => string) => string> {
  if (effects === undefined) {
    const { objects } = await readSchema(database);
    return (print) =>
      schemaDigest({ objects: objects.map((object) => ({ ...object, definition: print(object.definition) })) });
  }
  const definitions = new Map<string, string>();
  for (const object of objectsOf(effects)) {
    const shown = shownAs(await named(database, object));
    if (!definitions.has(shown)) definitions.set(shown, (await readDefinition(database, shown))?.text ?? ABSENT);
  }
  return (print) => sha256(JSON.stringify([...definitions].map(([shown, text]) => [shown, print(text)])));
}

/** What {@link stepFingerprint} is of a step with these effects where none of its objects is there. */
export function absentFingerprint(effects: readonly Effect[]): string {
  return tableFingerprint(effects, ABSENT);
}

/** What it is of a step all of whose effects are on one table, of this definition. */
export function tableFingerprint(effects: readonly Effect[], definition: string): string {
  return sha256(JSON.stringify([...new Map(objectsOf(effects).map((object) => [shownAs(object), definition]))]));
}

const ABSENT = 'absent';

function objectsOf(effects: readonly Effect[]): readonly DbObject[] {
  return effects.flatMap((effect) => (effect.action === 'rename' ? [effect.object, effect.to] : [effect.object]));
}

/** ALTER DATABASE may leave its name to the session. */
async function named(database: Database, object: DbObject): Promise<DbObject> {
  if (object.kind !== 'database' || object.name !== '') return object;
  const [row] = await database.query('SELECT DATABASE() AS name');
  return { ...object, name: String(row?.['name'] ?? database.name) };
}

/** What follows SHOW CREATE: of a part of a table, the table. */
export function shownAs(object: DbObject): string {
  const whole = tableOf(object) ?? object;
  // SHOW CREATE TABLE shows a view too, and a statement may take the one for the other.
  const keyword = fragment(whole.kind === 'view' ? 'TABLE' : whole.kind.toUpperCase());
  const names = whole.schema === undefined ? [whole.name] : [whole.schema, whole.name];
  return sql`${keyword} ${identifier(...names)}`;
}
