import type { Effect } from '../../lambda/sql/db-object';
import type { Statement } from '../script/statements';
import type { StatementKind } from '../../lambda/sql/statement-kind';
import { stepOf, type Step } from '../../lambda/sql/step';
import { resolveSteps } from '../../lambda/schema/resolved-step';
import type { MigrationProblem } from './migration-problem';
import { withoutSecrets } from './secrets';

/** A statement of a migration's file, read as far as the engine reads it. */
export interface StatementUnderReview {
  readonly step: Step;
  readonly text: string;
  readonly file: string;
  /** Line of the file, and column of the line, counted from 1. */
  readonly line: number;
  readonly column: number;
  readonly kind: StatementKind['kind'];
  /** The database that its names without one are in. */
  readonly schema: string;
  /** Each object with its database. Absent where the text does not tell. */
  readonly effects?: readonly Effect[];
}

/** What the review can say. Stable: users acknowledge these. */
export const REVIEW_CODES = [
  'blind-statement',
  'ddl-with-dml',
  'destructive-statement',
  'down-in-one',
  'down-incomplete',
  'irreversible-migration',
  'irreversible-statement',
  'name-order',
  'named-definer',
  'number-twice',
  'other-database',
  'phase-order',
  'table-copy',
  'table-lock',
  'table-rebuild',
  'unreviewed-statement',
] as const;

export type ReviewCode = (typeof REVIEW_CODES)[number];

/** A warning of the review. */
export interface Finding extends MigrationProblem {
  readonly code: ReviewCode;
}

/** Reads the statements of one direction, which begins in the database `home`. */
export function underReview(
  file: string,
  statements: readonly Statement[],
  home: string,
): readonly StatementUnderReview[] {
  const resolved = resolveSteps(
    statements.map(({ text }) => stepOf(text)),
    home,
  );
  return resolved.map(({ step, schema, effects }, index) => ({
    step,
    text: step.text,
    file,
    line: statements[index]?.line ?? 1,
    column: statements[index]?.column ?? 1,
    kind: step.kind,
    schema,
    effects,
  }));
}

/** A warning about one statement, which it quotes. */
export function finding(
  code: ReviewCode,
  { file, line, column, text }: StatementUnderReview,
  problem: string,
): Finding {
  return { code, file, line, column, problem: `"${headOf(text)}": ${problem}` };
}

/** Characters of a statement that are quoted. */
const HEAD = 80;

function headOf(text: string): string {
  const start = withoutSecrets(text.slice(0, 40 * HEAD))
    .slice(0, 4 * HEAD)
    .replace(/\s+/g, ' ')
    .trim();
  return start.length > HEAD ? `${start.slice(0, HEAD)}…` : start;
}
