import { NOWHERE, placeOf, type Direction } from '../../lambda/manifest/step-lines';
import type { RefusedStatement } from './finding';
import type { Refusal } from './observed-database';
import { statementsOf, type ProvedMigration } from './proved-migration';

/** What the server refused, and where it stands. Of a text that these migrations have more than once, nothing tells which it was. */
export function refusedIn(
  migrations: readonly ProvedMigration[],
  direction: Direction,
  { statement, error }: Refusal,
): RefusedStatement {
  const places = migrations.flatMap((migration) =>
    statementsOf(migration, direction).flatMap((text, at) =>
      text === statement ? [placeOf(migration.entry, direction, at)] : [],
    ),
  );
  const { file, line } = (places.length === 1 ? places[0] : null) ?? NOWHERE;
  return { statement, file, line, error: error.summary };
}

/** Where what was refused stands, behind a verb. `known`: the file that a reader takes it to be in. */
export function atLine({ file, line }: Pick<RefusedStatement, 'file' | 'line'>, known: string): string {
  return line === null ? '' : ` at line ${line}${file === null || file === known ? '' : ` of ${file}`}`;
}
