import type { Tool } from '../plan/command';

/** A row of another tool's table, as texts. */
export type ToolRow = Readonly<Record<string, string | null>>;

/** What another tool says of a database. */
export interface ToolTables {
  /** Name of the table that holds its history, for messages. */
  readonly table: string;
  readonly rows: readonly ToolRow[];
  /** Of the table that it marks while it runs; none where it has no such table. */
  readonly lock: readonly ToolRow[];
}

/** The history that a tool keeps in a database. */
export interface OtherHistory extends ToolTables {
  readonly tool: Tool;
}

/** One migration of another tool's history. */
export interface ToolRecord {
  /** As its history has it. */
  readonly theirs: string;
  /** The migration of the release; null where the release has none. */
  readonly name: string | null;
  /** The checksum that the tool has stored, where it has one. */
  readonly checksum?: string;
}

/** Another tool's history, with the names that the release has for its migrations; or why it cannot be gone by. */
export type ToolReading =
  | {
      readonly kind: 'read';
      readonly records: readonly ToolRecord[];
      /** What it holds besides, which does not go along. */
      readonly notes: readonly string[];
    }
  | { readonly kind: 'unfit'; readonly problem: string };

/** A history that cannot be gone by. */
export function unfit(problem: string): ToolReading {
  return { kind: 'unfit', problem };
}

/** Reads a tool's history for a release with migrations of these names, in their order. */
export type ToolReader = (tables: ToolTables, names: readonly string[]) => ToolReading;
