import { sha256 } from '../plan/checksum';
import type { DbObject } from '../plan/db-object';
import { tableOf } from '../plan/db-object';
import { effectsOf } from '../plan/objects';
import type { AbsentTables } from './absent-tables';
import { readDefinition } from './definition';
import { readSchema, schemaDigest } from './fingerprint';
import type { Database } from './ports';
import { fragment, identifier, sql } from './sql';

/**
 * Hash over the definitions of the objects that a statement names, as they are now; of the whole schema where its text
 * does not tell. Names without a schema mean the session's database, as they do in the statement.
 * @param absent - of these nobody needs to ask
 */
export async function stepFingerprint(database: Database, statement: string, absent?: AbsentTables): Promise<string> {
  const effects = effectsOf(statement);
  if (effects === undefined) return schemaDigest(await readSchema(database));
  const objects = effects.flatMap((effect) =>
    effect.action === 'rename' ? [effect.object, effect.to] : [effect.object],
  );
  const definitions = new Map<string, string>();
  for (const object of objects.map(wholeOf)) {
    const shown = shownAs(object);
    if (definitions.has(shown)) continue;
    const definition = (await absent?.has(object)) === true ? null : await readDefinition(database, shown);
    definitions.set(shown, definition ?? 'absent');
  }
  return sha256(JSON.stringify([...definitions]));
}

const KEYWORDS = {
  database: 'DATABASE',
  table: 'TABLE',
  // SHOW CREATE TABLE shows a view too, and a statement may take the one for the other.
  view: 'TABLE',
  procedure: 'PROCEDURE',
  function: 'FUNCTION',
  trigger: 'TRIGGER',
  event: 'EVENT',
} as const;

/** Of a part of a table, the table. */
function wholeOf(object: DbObject): DbObject {
  return tableOf(object) ?? object;
}

/** What follows SHOW CREATE. */
function shownAs({ kind, schema, name }: DbObject): string {
  const keyword = fragment(KEYWORDS[kind as keyof typeof KEYWORDS]);
  const names = schema === undefined ? [name] : [schema, name];
  return sql`${keyword} ${identifier(...names)}`;
}
