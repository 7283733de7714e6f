/**
 * The values that flow through a run: intent and manifest and history in, plan out.
 * This folder is pure: no async, no clock, no I/O, no imports from outside it.
 */

declare const brand: unique symbol;

/** A migration's name: its file's name without the extension. Made by `parseMigrationName` only. */
export type MigrationName = string & { readonly [brand]: 'MigrationName' };

/** sha256 (64 hex digits) over a migration's normalised source. Made by `checksumOf` only. */
export type Checksum = string & { readonly [brand]: 'Checksum' };

/** What the journal stores of a migration, and all that is needed to run or revert it. The JSON form is frozen as v1. */
export type Script = SqlScript | ModuleScript;

export interface SqlScript {
  readonly v: 1;
  /** The statements, already split, without delimiters. Empty where {@link upSha256} is there. */
  readonly up: readonly string[];
  /** In place of an up too large to be kept in the database: sha256 over `JSON.stringify` of its statements. */
  readonly upSha256?: string;
  /** Of such an up, what is needed to revert it half-way: see `outlineOf`. Absent where that is too large as well. */
  readonly upOutline?: readonly string[];
  readonly down: readonly string[];
  readonly irreversible?: true;
}

export interface ModuleScript {
  readonly v: 1;
  /** Source of a self-contained CommonJS module that exports `up({ query })` and `down({ query })`. */
  readonly module: string;
  /** The down may run on a half-applied up. */
  readonly idempotentDown?: true;
  readonly irreversible?: true;
}

/** One migration of a release. */
export interface ManifestEntry {
  readonly name: MigrationName;
  /** Name of its file (of the up file where there are two), for messages. */
  readonly file: string;
  /** Over the migration's own source: what history is compared with. */
  readonly checksum: Checksum;
  /** Over the stored script: what the digest vouches for. */
  readonly sha256: string;
  /** Number of steps of its up; 1 for a module. */
  readonly steps: number;
  readonly irreversible: boolean;
  /** It may destroy rows that no down restores. No part of the digest. */
  readonly destructive?: true;
  /** Where its steps begin: see `stepLinesOf`. Absent for a module. No part of the digest. */
  readonly stepLines?: string;
  /** `contract`: runs after the application was updated. Absent: it expands, and runs before. No part of the digest. */
  readonly phase?: 'contract';
}

/** The ordered list of migrations that a release carries. */
export interface Manifest {
  readonly version: 1;
  readonly digest: string;
  /** Hash over the checksums of all migrations; here because of thousands of them it takes its time. */
  readonly checksum: string;
  readonly migrations: readonly ManifestEntry[];
}
