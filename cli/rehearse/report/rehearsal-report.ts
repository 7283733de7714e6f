/**
 * What a rehearsal has found, as plain data: what the command prints, and what both writers of reports are given. It is also
 * what `--json` prints, so that names in it are kept.
 */
export interface RehearsalReport {
  readonly version: 1;
  readonly verdict: 'held' | 'found';
  /** Name of the stack that was played. */
  readonly stack: string;
  readonly base: ReleaseOrigin;
  readonly next: ReleaseOrigin;
  /** `MariaDB 10.11.14`. */
  readonly server: string;
  readonly startedAt: string;
  readonly milliseconds: number;
  readonly databases: readonly DatabaseReport[];
  readonly plays: readonly PlayReport[];
  readonly notPlayed: readonly NotPlayed[];
}

/** Where a release was taken from. */
export type ReleaseOrigin =
  | { readonly kind: 'commit'; readonly commit: string; readonly name: string }
  | { readonly kind: 'working-tree' }
  | { readonly kind: 'assembly'; readonly folder: string }
  /** There is no release before this one. */
  | { readonly kind: 'none'; readonly because: string };

/** What one construct `AuroraMigrations` does to its database. */
export interface DatabaseReport {
  /** Logical id of its custom resource. */
  readonly logicalId: string;
  /** Name of the database. */
  readonly name: string;
  /** Newest migration of the base release; the empty text where there is none. */
  readonly from: string;
  readonly to: string;
  /** Migrations that the base release has as well. */
  readonly before: number;
  /** Those that the new release brings. */
  readonly migrations: readonly MigrationReport[];
  /** Names of those that only the base release has. */
  readonly removed: readonly string[];
  readonly schema: readonly SchemaChange[];
}

export interface MigrationReport {
  readonly name: string;
  readonly file: string;
  readonly form: 'sql' | 'module';
  readonly phase: 'expand' | 'contract';
  readonly isIrreversible: boolean;
  /** Null where it was not applied. */
  readonly milliseconds: number | null;
  readonly up: readonly StatementReport[];
  readonly down: readonly StatementReport[];
}

export interface StatementReport {
  readonly sql: string;
  /** As the server has measured it; null where it was not run. */
  readonly milliseconds: number | null;
}

/** A table or another object of the database that is another one after the deployment. */
export interface SchemaChange {
  /** `table user`. */
  readonly object: string;
  readonly kind: 'new' | 'gone' | 'changed';
  /** Its definition, each line with `-`, `+` or a blank before it. */
  readonly lines: readonly string[];
}

export type PlayKind = 'forward' | 'sibling-fails' | 'dies-once' | 'dies-always' | 'delete';

/** One thing that was played. */
export interface PlayReport {
  readonly kind: PlayKind;
  readonly outcome: 'held' | 'found' | 'skipped';
  /** What happened, in a sentence or two. */
  readonly story: string;
  readonly checks: readonly Check[];
  readonly milliseconds: number;
  readonly timeline: Timeline;
}

/** One thing that has to be so. */
export interface Check {
  readonly kind: 'held' | 'broken' | 'noted';
  /** What has to be: `the schema is what it was before`. */
  readonly what: string;
  /** What it is instead, or more of it. */
  readonly details: readonly string[];
}

/** What was under way when, in milliseconds from the beginning of a play. */
export interface Timeline {
  readonly milliseconds: number;
  readonly rows: readonly TimelineRow[];
  readonly marks: readonly { readonly at: number; readonly what: string }[];
}

export interface TimelineRow {
  readonly kind: 'stack' | 'migration' | 'custom-resource' | 'function' | 'application' | 'others' | 'code';
  readonly label: string;
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly kind: 'forward' | 'backward' | 'failed' | 'before' | 'after' | 'both' | 'neutral';
  /** What it says, also beside its colour. */
  readonly what: string;
}

/** Something that a deployment does and this rehearsal does not. */
export interface NotPlayed {
  readonly what: string;
  readonly details: string;
}
