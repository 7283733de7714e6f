import type { Database, Row } from '../../../lambda/ports';
import { sql } from '../../../lambda/sql-text';
import { JOURNAL_TABLES } from '../../../lambda/sql/journal-touch';

/** What is to be known of a column to write a value into it, and to read it. */
export interface ColumnFacts {
  readonly name: string;
  /** Such as `varchar`. */
  readonly type: string;
  /** Such as `varchar(20)`. */
  readonly fullType: string;
  readonly isNullable: boolean;
  /** Rows are told apart by it, or referred to: AUTO_INCREMENT, a key that is a number, a name such as `user_id`. */
  readonly isId: boolean;
  /** The server computes it. */
  readonly isGenerated: boolean;
  /** The server changes it whenever its row changes. */
  readonly changesByItself: boolean;
  /** Digits before the point; null where it is no number. */
  readonly digits: number | null;
  /** Digits behind the point; null where it has none, or as many as there may be. */
  readonly scale: number | null;
  /** Such as `utf8mb4`; null where it holds no text. */
  readonly charset: string | null;
  /** Characters or bytes; null where it has none. */
  readonly length: number | null;
  /** The system of coordinates that a shape must have; absent where any will do. */
  readonly srid?: number;
}

/** Columns of a table whose values must be there in another one. */
export interface ForeignKeyFacts {
  readonly columns: readonly string[];
  readonly parentSchema: string;
  readonly parent: string;
  readonly parentColumns: readonly string[];
}

export interface TableFacts {
  readonly name: string;
  readonly columns: readonly ColumnFacts[];
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly ForeignKeyFacts[];
}

/** Reads the facts of all tables but the journal's, parents before their children as far as that goes. */
export async function readTables(database: Database): Promise<readonly TableFacts[]> {
  const schema = database.name;
  const columns = await database.query(
    sql`SELECT c.* FROM information_schema.COLUMNS AS c JOIN information_schema.TABLES AS t
          ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
        WHERE c.TABLE_SCHEMA = ${schema} AND t.TABLE_TYPE = 'BASE TABLE' ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION`,
  );
  const keys = await database.query(
    sql`SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME,
          REFERENCED_COLUMN_NAME
        FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = ${schema} ORDER BY CONSTRAINT_NAME, ORDINAL_POSITION`,
  );
  const journal = new Set<string>(JOURNAL_TABLES);
  const names = [...new Set(columns.map((row) => String(row['TABLE_NAME'])))].filter((name) => !journal.has(name));
  return parentsFirst(
    names.map((name) => {
      const ofTable = (row: Row): boolean => row['TABLE_NAME'] === name;
      return {
        name,
        columns: columns.filter(ofTable).map(columnOf),
        primaryKey: keys
          .filter((row) => ofTable(row) && row['CONSTRAINT_NAME'] === 'PRIMARY')
          .map((row) => String(row['COLUMN_NAME'])),
        foreignKeys: foreignKeysOf(keys.filter((row) => ofTable(row) && row['REFERENCED_TABLE_NAME'] !== null)),
      };
    }),
  );
}

function columnOf(row: Row): ColumnFacts {
  const extra = String(row['EXTRA'] ?? '').toLowerCase();
  const isGenerated = String(row['GENERATION_EXPRESSION'] ?? '') !== '' || /\bgenerated\b(?!.*default)/.test(extra);
  const digits =
    row['NUMERIC_PRECISION'] === null ? null : Number(row['NUMERIC_PRECISION']) - Number(row['NUMERIC_SCALE'] ?? 0);
  const name = String(row['COLUMN_NAME']);
  const type = String(row['DATA_TYPE']).toLowerCase();
  // Of MySQL alone.
  const srid = row['SRS_ID'] ?? null;
  const isNumberedKey = row['COLUMN_KEY'] === 'PRI' && type.endsWith('int');
  return {
    name,
    type,
    fullType: String(row['COLUMN_TYPE']),
    isNullable: row['IS_NULLABLE'] === 'YES',
    isId: isNumberedKey || extra.includes('auto_increment') || /(?:^|_)id$|[a-z]I[dD]$/.test(name),
    isGenerated,
    changesByItself: extra.includes('on update'),
    digits,
    scale: row['NUMERIC_SCALE'] === null ? null : Number(row['NUMERIC_SCALE']),
    charset: row['CHARACTER_SET_NAME'] === null ? null : String(row['CHARACTER_SET_NAME']),
    length: row['CHARACTER_MAXIMUM_LENGTH'] === null ? null : Number(row['CHARACTER_MAXIMUM_LENGTH']),
    ...(srid !== null && { srid: Number(srid) }),
  };
}

function foreignKeysOf(rows: readonly Row[]): readonly ForeignKeyFacts[] {
  const names = [...new Set(rows.map((row) => String(row['CONSTRAINT_NAME'])))];
  return names.map((name) => {
    const own = rows.filter((row) => row['CONSTRAINT_NAME'] === name);
    return {
      columns: own.map((row) => String(row['COLUMN_NAME'])),
      parentSchema: String(own[0]?.['REFERENCED_TABLE_SCHEMA']),
      parent: String(own[0]?.['REFERENCED_TABLE_NAME']),
      parentColumns: own.map((row) => String(row['REFERENCED_COLUMN_NAME'])),
    };
  });
}

/** Tables that refer to each other in a circle keep their order. */
function parentsFirst(tables: readonly TableFacts[]): readonly TableFacts[] {
  const ordered: TableFacts[] = [];
  const seen = new Set<string>();
  const visit = (table: TableFacts): void => {
    if (seen.has(table.name)) return;
    seen.add(table.name);
    for (const { parent } of table.foreignKeys) {
      const found = tables.find(({ name }) => name === parent);
      if (found !== undefined) visit(found);
    }
    ordered.push(table);
  };
  for (const table of tables) visit(table);
  return ordered;
}
