import type { RowDifference } from './rows/row-difference';
import type { SchemaDifference } from './restore/schema-difference';

/** A statement that the server refused. */
export interface RefusedStatement {
  readonly statement: string;
  /** The file in which it stands, and on which line it begins there; null where that is not known. */
  readonly file: string | null;
  readonly line: number | null;
  /** Such as `ER_DUP_FIELDNAME (1060): Duplicate column name 'email'`. */
  readonly error: string;
}

/** Why something did not come to its end. */
export interface Failed {
  /** The statement that the server refused; null where it is the function that did not go on. */
  readonly refused: RefusedStatement | null;
  readonly reason: string;
}

/** What became of the steps that a failed up had done. */
export type RevertOfFailedUp =
  | { readonly kind: 'done' }
  /** Nobody is to revert them. */
  | { readonly kind: 'irreversible' }
  | ({ readonly kind: 'failed' } & Failed);

/** What was found wrong with a migration, or with the folder. */
export type Finding =
  /** It has no down, and does not say that it is to have none. */
  | { readonly kind: 'no-down'; readonly problem: string }
  /** The up failed; `left`: what is not as it was before. */
  | ({
      readonly kind: 'up-failed';
      readonly left: readonly SchemaDifference[];
      readonly revert: RevertOfFailedUp;
    } & Failed)
  /** All that it does is in other schemas than the one that was played in, so that nothing of it was compared. */
  | { readonly kind: 'elsewhere'; readonly schemas: readonly string[]; readonly played: string }
  | ({ readonly kind: 'down-failed' } & Failed)
  /** `again`: how the up then fails when it is applied once more; null where it does not. */
  | {
      readonly kind: 'schema-not-restored';
      readonly differences: readonly SchemaDifference[];
      readonly again: string | null;
    }
  | { readonly kind: 'rows-not-restored'; readonly rows: readonly RowDifference[]; readonly isTakenByUp: boolean }
  /** The second up: it failed, or made another schema than the first. */
  | ({ readonly kind: 'second-up-failed' } & Failed)
  | { readonly kind: 'second-up-differs'; readonly differences: readonly SchemaDifference[] }
  /** The function died after each of these steps, and the rollback could not revert that, or not all of it. */
  | {
      readonly kind: 'half-way';
      /** From 1. */
      readonly after: readonly number[];
      /** How many the up has. */
      readonly steps: number;
      /** The first of those steps. */
      readonly statement: string;
      /** On which line of its file that begins; null where it is not known. */
      readonly line: number | null;
      /** Why the rollback stopped; null where it went to its end. */
      readonly reason: string | null;
      readonly refused: Failed['refused'];
      readonly differences: readonly SchemaDifference[];
      readonly rows: readonly RowDifference[];
    };

/** What became of one migration. */
export interface MigrationProof {
  readonly name: string;
  readonly file: string;
  /** Where its down is written. */
  readonly downFile: string;
  /**
   * - `proved`: all that was played restored what was there
   * - `found`: see `findings`
   * - `irreversible`: it is declared so; only its up was run
   */
  readonly verdict: 'proved' | 'found' | 'irreversible';
  readonly findings: readonly Finding[];
  /** What was not played or not compared, and why; what is worth knowing besides. */
  readonly notes: readonly string[];
  /** How many half-way points were played. */
  readonly halfWayPoints: number;
  /** How many rows were compared. */
  readonly rows: number;
  readonly milliseconds: number;
}

/** What became of the folder as a whole. */
export interface FolderProof {
  /** `explained`: it does not restore what was there, which is no wonder after what was found in single migrations. */
  readonly verdict: 'proved' | 'found' | 'explained' | 'not-played';
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
  /** How many migrations were reverted together. */
  readonly migrations: number;
  readonly milliseconds: number;
}
