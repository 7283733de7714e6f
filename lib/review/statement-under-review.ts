import type { Effect } from '../../lambda/plan/db-object';
import { effectsOf } from '../../lambda/plan/objects';
import { classify, type StatementKind } from '../../lambda/plan/statement-kind';
import type { Statement } from '../../lambda/plan/statements';
import type { MigrationProblem } from '../migration-problem';

/** A statement of a migration's file, read as far as the engine reads it. */
export interface StatementUnderReview {
  readonly text: string;
  readonly file: string;
  /** Line of the file, counted from 1. */
  readonly line: number;
  readonly kind: StatementKind['kind'];
  /** Absent where the text does not tell. */
  readonly effects?: readonly Effect[];
}

/** What the review can say. Stable: users acknowledge these. */
export type ReviewCode =
  | 'blind-statement'
  | 'ddl-with-dml'
  | 'destructive-statement'
  | 'down-incomplete'
  | 'irreversible-migration'
  | 'irreversible-statement'
  | 'name-order'
  | 'number-twice'
  | 'phase-order'
  | 'table-copy'
  | 'table-lock'
  | 'table-rebuild'
  | 'unreviewed-statement';

/** A warning of the review. */
export interface Finding extends MigrationProblem {
  readonly code: ReviewCode;
}

/** Reads the statements of one file. */
export function underReview(file: string, statements: readonly Statement[]): readonly StatementUnderReview[] {
  return statements.map(({ text, line }) => ({
    text,
    file,
    line,
    kind: classify(text).kind,
    effects: effectsOf(text),
  }));
}

/** A warning about one statement, which it quotes. */
export function finding(code: ReviewCode, { file, line, text }: StatementUnderReview, problem: string): Finding {
  return { code, file, line, problem: `"${headOf(text)}": ${problem}` };
}

/** Characters of a statement that are quoted. */
const HEAD = 80;

function headOf(text: string): string {
  const start = text
    .slice(0, 4 * HEAD)
    .replace(/\s+/g, ' ')
    .trim();
  return start.length > HEAD ? `${start.slice(0, HEAD)}…` : start;
}
