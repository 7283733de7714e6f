/** What is in the schema of a migration. */
export interface Made {
  readonly name: string;
  /** The checksum of the up that was run. */
  readonly text: string | null;
  /** Begun, or begun to be dropped. */
  readonly isHalf: boolean;
}

/** In the order in which it was made. It complains as a server would. */
export type PaperSchema = readonly Made[];

export function beginUp(schema: PaperSchema, name: string, text: string | null): PaperSchema {
  if (schema.some((made) => made.name === name)) throw new Error(`the table of ${name} exists already`);
  return [...schema, { name, text, isHalf: true }];
}

export function endUp(schema: PaperSchema, name: string): PaperSchema {
  return changed(schema, name, [{ isHalf: false }]);
}

export function beginDown(schema: PaperSchema, name: string): PaperSchema {
  return changed(schema, name, [{ isHalf: true }]);
}

export function endDown(schema: PaperSchema, name: string): PaperSchema {
  return changed(schema, name, []);
}

function changed(schema: PaperSchema, name: string, into: readonly Partial<Made>[]): PaperSchema {
  if (!schema.some((made) => made.name === name)) throw new Error(`there is no table of ${name}`);
  return schema.flatMap((made) => (made.name === name ? into.map((more) => ({ ...made, ...more })) : [made]));
}

/** `0001:888b19 0002:3bfc26?` in order of names: each with its text, and a mark where it is there in part only. */
export function schemaText(schema: PaperSchema): string {
  const said = schema.map(({ name, text, isHalf }) => `${name}:${shorten(text)}${isHalf ? '?' : ''}`);
  return said.toSorted().join(' ');
}

/** As much of a checksum as tells texts apart. */
export function shorten(text: string | null): string {
  return text?.slice(0, 6) ?? 'unknown';
}
