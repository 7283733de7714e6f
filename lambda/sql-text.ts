/** A value that a statement of ours can carry. */
export type SqlValue = string | number | boolean | Buffer | null | Fragment;

/** A piece of SQL that stands as it is. Made by {@link identifier} and {@link fragment}. */
export interface Fragment {
  readonly text: string;
}

/**
 * Writes values into a statement as literals that mean the same under every session setting: texts as hex with their
 * character set, names in backticks.
 *
 * Not as prepared parameters: those cost a round trip more at their first use, count against max_prepared_stmt_count and
 * pin a session of RDS Proxy. Not as quoted strings: what a backslash means in them depends on the sql_mode, which a
 * migration may set, and an empty one may be NULL.
 */
export function sql(parts: TemplateStringsArray, ...values: readonly SqlValue[]): string {
  return parts.reduce((text, part, index) => text + literal(values[index - 1] ?? null) + part);
}

/** Quotes names, joined by dots. */
export function identifier(...names: readonly string[]): Fragment {
  return { text: names.map((name) => `\`${name.replaceAll('`', '``')}\``).join('.') };
}

/** Takes a piece of SQL that this code wrote. Never give it a text from outside. */
export function fragment(text: string): Fragment {
  return { text };
}

function literal(value: SqlValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'string') return `_utf8mb4 X'${Buffer.from(value, 'utf8').toString('hex')}'`;
  if (Buffer.isBuffer(value)) return `X'${value.toString('hex')}'`;
  return value.text;
}
