/** A line of a table's definition that has a name. */
export interface NamedLine {
  readonly name: string;
  /** As the server prints it, without a comma at its end. */
  readonly text: string;
}

/** What SHOW CREATE TABLE prints, taken apart. */
export interface TableDefinition {
  readonly columns: readonly NamedLine[];
  /** Keys and constraints. */
  readonly keys: readonly string[];
  /** What follows the closing parenthesis, in one line. */
  readonly options: string;
  /** What follows that: partitions. */
  readonly rest: readonly string[];
}

const NAME = /`((?:[^`]|``)+)`/;

/** Takes a definition apart; null where it is not that of a table with columns. */
export function parseTable(definition: string): TableDefinition | null {
  const [head = '', ...lines] = definition.split('\n');
  const end = lines.findIndex((line) => line.startsWith(')'));
  if (!/^CREATE .*TABLE .*\($/.test(head) || end === -1) return null;
  const parts = lines.slice(0, end).map((line) => line.trim().replace(/,$/, ''));
  return {
    columns: parts.filter(isColumn).map((text) => ({ name: NAME.exec(text)?.[1]?.replaceAll('``', '`') ?? '', text })),
    keys: parts.filter((text) => !isColumn(text)),
    options: (lines[end] ?? '').slice(1).trim(),
    rest: lines.slice(end + 1),
  };
}

function isColumn(line: string): boolean {
  return line.startsWith('`');
}

/** What takes away a key or a constraint, after ALTER TABLE; null where its line does not say its name. */
export function dropOfKey(line: string): string | null {
  const name = NAME.exec(line)?.[0];
  if (/^PRIMARY KEY/.test(line)) return 'DROP PRIMARY KEY';
  if (name === undefined) return null;
  if (/^CONSTRAINT .* FOREIGN KEY/.test(line)) return `DROP FOREIGN KEY ${name}`;
  if (/^CONSTRAINT/.test(line)) return `DROP CONSTRAINT ${name}`;
  return `DROP KEY ${name}`;
}
