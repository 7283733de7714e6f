import { stepOf } from '../../../lambda/sql/step';
import { shortened } from '../../terminal/shortened';
import type { Finding, MigrationProof, RefusedStatement } from '../finding';
import { atLine } from '../refused-in';
import { restoringScript } from '../restore/restoring-script';
import { worstOf, type Lost, type RowDifference } from '../rows/row-difference';
import { withoutEventTimes, type SchemaDifference } from '../restore/schema-difference';

/** A finding in words: what happened, how it looks, what to do. */
export interface ExplainedFinding {
  readonly what: string;
  /** Lines to show as they are. */
  readonly details: readonly string[];
  readonly advice: string;
  /** Statements that belong to the advice. */
  readonly statements: readonly string[];
}

/** What of it is not empty. */
type Explained = Pick<ExplainedFinding, 'what' | 'advice'> & Partial<ExplainedFinding>;

/** Puts a finding into words. `files`: where up and down are written. */
export function explainFinding(finding: Finding, files: Pick<MigrationProof, 'file' | 'downFile'>): ExplainedFinding {
  return { details: [], statements: [], ...explain(finding, files) };
}

function explain(finding: Finding, files: Pick<MigrationProof, 'file' | 'downFile'>): Explained {
  const { file, downFile } = files;
  const down = file === downFile ? 'its down' : `the down in ${downFile}`;
  switch (finding.kind) {
    case 'no-down':
      return {
        what: 'it has no down; only its up was run',
        advice: `${finding.problem}. Without it a rollback keeps the migration and all below it.`,
      };
    case 'up-failed':
      return explainFailedUp(finding, down, files);
    case 'elsewhere':
      return {
        what: `it works in the schema ${finding.schemas.join(' and ')}, and was played in ${finding.played}: nothing of it was compared`,
        advice: `Say --schema ${finding.schemas[0] ?? ''}, if that is the migrated database; if it is meant so: "-- review:ignore other-database" in the file. In a deployment too only the migrated database is looked at.`,
      };
    case 'down-failed':
      return {
        what: `${down} fails${because(finding.refused, finding.reason, downFile)}`,
        details: statementOf(finding.refused),
        advice:
          'Correct the statement: a rollback would stop there, with the migration half in the schema, and wait for a person.',
      };
    case 'schema-not-restored':
      return {
        what: `${down} does not restore the schema${finding.again === null ? '' : `, and then its up fails: ${finding.again}`}`,
        details: differenceLines(finding.differences),
        ...add(finding.differences, down),
      };
    case 'rows-not-restored': {
      const lost = LOST[worstOf(finding.rows)];
      return {
        what: finding.isTakenByUp
          ? `its up ${lost.what}, and no down restores them`
          : `${down} does not restore the rows`,
        details: rowLines(finding.rows),
        advice: finding.isTakenByUp
          ? `${lost.advice}; or say that it is meant so: "-- review:ignore ${lost.code}" in the file, or "-- migrate:irreversible" in place of a down.`
          : `Have ${down} restore the rows as they were.`,
      };
    }
    case 'second-up-failed':
      return {
        what: `after up and down, its up fails${because(finding.refused, finding.reason, file)}`,
        details: statementOf(finding.refused),
        advice: `Something is left by ${down} that a look at the schema does not show, rows for example: have it taken away, or the next try of a failed deployment fails here.`,
      };
    case 'second-up-differs':
      return {
        what: 'applied again after its down, it makes another schema than the first time',
        details: differenceLines(finding.differences),
        advice: `The up depends on something that ${down} has changed: have it restored.`,
      };
    case 'half-way':
      return explainHalfWay(finding, down, file);
    default:
      return finding satisfies never;
  }
}

const TAKEN = {
  code: 'destructive-statement',
  advice:
    'After a rollback the old code finds them gone. Take them away one release later, when no rollback goes back to code that needs them',
};

/** What an up does to rows. */
const LOST: Readonly<Record<Lost, { readonly what: string; readonly code: string; readonly advice: string }>> = {
  rows: { what: 'takes rows away', ...TAKEN },
  columns: { what: 'takes values away with their column', ...TAKEN },
  values: {
    what: 'changes values',
    code: 'irreversible-statement',
    advice:
      'After a rollback the old code finds the new ones. If that matters to it, keep the old ones in a column beside',
  },
};

function explainFailedUp(
  finding: Finding & { kind: 'up-failed' },
  down: string,
  { file, downFile }: Pick<MigrationProof, 'file' | 'downFile'>,
): Explained {
  const { refused, reason, left, revert } = finding;
  const what = `its up fails${because(refused, reason, file)}`;
  const details = [...statementOf(refused), ...differenceLines(left)];
  switch (revert.kind) {
    case 'irreversible': {
      const after = left.length === 0 ? 'Nothing is left of it.' : 'Nothing was reverted: it is irreversible.';
      return { what, details, advice: `Correct the statement. ${after}` };
    }
    case 'failed':
      return {
        what: `${what}. Reverting what it had done fails too${because(revert.refused, revert.reason, downFile)}`,
        details: [
          ...statementOf(refused).map((statement) => `up: ${statement}`),
          ...statementOf(revert.refused).map((statement) => `down: ${statement}`),
          ...differenceLines(left),
        ],
        advice:
          revert.refused === null
            ? `Correct the statement, and have ${eachByItsOwn(down)}`
            : `Correct both, also that of ${down}: a rollback would stop there and wait for a person.`,
      };
    case 'done': {
      const advice = 'Correct the statement. What the up had done was reverted';
      return left.length === 0
        ? { what, details, advice: `${advice}, nothing is left of it.` }
        : { what, details, ...add(left, down, `${advice}, but for the lines above. `) };
    }
    default:
      return revert satisfies never;
  }
}

function eachByItsOwn(down: string): string {
  return `${down} revert each step by a statement of its own that names the same object (in place of DROP TABLE a, b also DROP TABLE IF EXISTS a, b).`;
}

function explainHalfWay(finding: Finding & { kind: 'half-way' }, down: string, file: string): Explained {
  const { after, steps, statement, line, reason, refused, differences, rows } = finding;
  const [step = 0] = after;
  const at = `where the function dies after step ${listedSteps(after)} of ${steps}, the rollback`;
  const details = [
    `step ${step}${line === null ? '' : ` (line ${line})`}: ${shortened(statement, MOST_OF_STATEMENT)}`,
    ...differenceLines(differences),
    ...rowLines(rows),
  ];
  const split = 'Or make a migration of its own of each statement: then there is no half-way.';
  if (reason === null) {
    return {
      what: `${at} does not restore what was there`,
      details,
      advice: `Have ${down} revert step ${step} by a statement of its own that names the same object. ${split}`,
    };
  }
  if (stepOf(statement).nature === 'blind') {
    return {
      what: `${at} needs a person: nothing on the server shows whether that step was done`,
      details,
      advice:
        'Write it as statements of which something shows it (DELETE in place of TRUNCATE, statements in place of a CALL), ' +
        'or say that it is meant so: "-- review:ignore blind-statement" in the file.',
    };
  }
  return {
    what:
      refused === null ? `${at} cannot tell what to revert: ${reason}` : `${at} fails${because(refused, reason, file)}`,
    details: [...statementOf(refused), ...details],
    advice: `Have ${eachByItsOwn(down)} ${split}`,
  };
}

/** Of very many, some. */
function listedSteps(steps: readonly number[]): string {
  return steps.length > 8 ? `${steps.slice(0, 6).join(', ')} or ${steps.length - 6} others` : steps.join(' or ');
}

/** @param known the file that a reader takes it to be in */
function because(refused: RefusedStatement | null, reason: string, known: string): string {
  return refused === null ? `: ${reason}` : `${atLine(refused, known)}: ${refused.error}`;
}

function statementOf(refused: RefusedStatement | null): readonly string[] {
  return refused === null ? [] : [shortened(refused.statement, MOST_OF_STATEMENT)];
}

/** Characters of a statement that are shown. */
const MOST_OF_STATEMENT = 160;

const NAMES = { missing: 'is missing', 'left-over': 'is left over', changed: 'is not what it was' } as const;

function differenceLines(differences: readonly SchemaDifference[]): readonly string[] {
  return differences.flatMap(({ object, kind, lines }) => [
    `${object} ${NAMES[kind]}`,
    ...lines.map((line) => `  ${line}`),
  ]);
}

function rowLines(differences: readonly RowDifference[]): readonly string[] {
  return differences.flatMap(({ table, lines, more }) => [
    `rows of ${table}`,
    ...lines.map((line) => `    ${line}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ]);
}

function add(
  differences: readonly SchemaDifference[],
  down: string,
  first = '',
): Pick<ExplainedFinding, 'advice' | 'statements'> {
  const statements = restoringScript(differences.map(({ restore }) => restore));
  const others = withoutEventTimes(differences);
  const isWhole = others.every(({ restore }) => restore !== null);
  const beside = isWhole ? '' : ', beside what restores the rest of it';
  const isOfTimes = differences.some(({ isTimesOnly, isWithoutStart }) => isTimesOnly ?? isWithoutStart);
  const parts = [
    ...(isOfTimes ? [timesAdvice(down)] : []),
    ...(statements.length > 0
      ? [`Add to ${down}${beside}:`]
      : others.length > 0
        ? [`Have ${down} restore what is shown above.`]
        : []),
  ];
  return { advice: `${first}${parts.join(' ')}`, statements };
}

function timesAdvice(down: string): string {
  return `An event without STARTS begins when it is made, which is another time in each database: write one STARTS into the up that makes the event, and the same into ${down}. Where that up is released, a migration before this one can say it (ALTER EVENT … ON SCHEDULE … STARTS …).`;
}
