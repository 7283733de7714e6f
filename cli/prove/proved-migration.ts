import type { Direction } from '../../lambda/manifest/step-lines';
import type { ManifestEntry, Script } from '../../lambda/manifest/types';

/** A migration of the user's folder, ready to be played. */
export interface ProvedMigration {
  readonly entry: ManifestEntry;
  readonly script: Script;
  /** The statements of its up, also where they are too many to be stored; none of a JavaScript migration. */
  readonly up: readonly string[];
  /** Where its down is written. */
  readonly downFile: string;
  /** What is wrong with a migration without a down, which is played as an irreversible one; null where it has one. */
  readonly missingDown: string | null;
  /** Codes of findings that its files acknowledge. */
  readonly acknowledged: ReadonlySet<string>;
  /** What lint warns of, where it is a module that is written for another tool. */
  readonly foreign?: string;
}

/** The statements of its up or down as written; none of a JavaScript migration. */
export function statementsOf({ script, up }: ProvedMigration, direction: Direction): readonly string[] {
  if (direction === 'up') return up;
  return 'module' in script ? [] : script.down;
}
