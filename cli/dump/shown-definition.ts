/** A definition as the schema's comparison has it, taken apart. */
export interface ShownDefinition {
  /** What SHOW CREATE prints; of a sequence that of the table that it is, and then its own. */
  readonly text: string;
  /** Of a program: the sql_mode in which it was made. */
  readonly sqlMode: string | null;
  /** Of a program: the collation that its database had then, which its parameters and variables have. */
  readonly collation: string | null;
  /** Of a trigger: the one behind which it fires. */
  readonly follows: string | null;
}

/** Takes a definition apart. What the comparison adds to the text stands behind it, a line each, in this order. */
export function shownDefinition(definition: string): ShownDefinition {
  const [rest, follows] = withoutLast(definition, /\nFOLLOWS (.*)$/);
  const [printed, collation] = withoutLast(rest, /\ndatabase collation (\S+)$/);
  const [text, sqlMode] = withoutLast(printed, /\n-- sql_mode (.*)$/);
  return { text, sqlMode, collation, follows };
}

function withoutLast(text: string, line: RegExp): readonly [text: string, value: string | null] {
  const found = line.exec(text);
  return found === null ? [text, null] : [text.slice(0, found.index), found[1] ?? ''];
}
