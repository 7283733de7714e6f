import type { PlannedMigration } from '../../lambda/commands/planned-migration';
import type { PlanAnswer } from '../../lambda/commands/show-plan';
import type { TableSize } from '../../lambda/look/table-sizes';
import type { Failure } from '../../lambda/words/failure';
import { withoutSecrets } from '../../lib/review/secrets';
import { asCommandLine } from '../advice';
import { atWorkLines } from './at-work';
import { counted } from '../counted';
import type { TextStyle } from '../terminal/terminal';
import { type Told, unknownText } from '../unknown-release';
import { wrappedLines } from '../terminal/wrapped-text';
import type { PlanFinding } from './plan-review';

/** Lines of a statement that are shown. */
const MOST_LINES = 60;

/**
 * What a person reads of a plan.
 *
 * @param refusal what the reason is for, where it would be refused
 */
export function planText(
  plan: Told<PlanAnswer>,
  findings: ReadonlyMap<string, readonly PlanFinding[]>,
  refusal: string,
  style: TextStyle,
): readonly string[] {
  return [...atWorkLines(plan.lockedBy ?? null, style.width), ...plannedLines(plan, findings, refusal, style)];
}

function plannedLines(
  plan: Told<PlanAnswer>,
  findings: ReadonlyMap<string, readonly PlanFinding[]>,
  refusal: string,
  style: TextStyle,
): readonly string[] {
  const { migrations, refused, revertFirst, releaseUnknown } = plan;
  if (releaseUnknown !== undefined) {
    const unknown = wrappedLines(unknownText('What is pending', releaseUnknown), style.width);
    return [...revertFirstLines(revertFirst), ...unknown];
  }
  const whyNot = refused === null ? [] : refusalLines(refusal, refused, style);
  if (migrations.length + revertFirst.length === 0) return ['Nothing is pending.', ...whyNot];
  const sizes = new Map(plan.tables.map((table) => [table.name, table]));
  return [
    ...revertFirstLines(revertFirst),
    `${counted(migrations.length, 'migration')} ${refused === null ? 'would be applied' : 'pending'}, in this order:`,
    ...migrations.flatMap((each) => [
      '',
      ...migrationLines(each, plan.contract.includes(each.name), style),
      ...sizeLines(each, sizes, style),
      ...(findings.get(each.name) ?? []).flatMap(({ code, message }) => [
        `  ${style.colors.yellow(code)}`,
        ...wrappedLines(message, style.width, '    '),
      ]),
    ]),
    ...(plan.tables.length > 0 ? ['', 'Rows are what the server estimates.'] : []),
    ...whyNot,
  ];
}

function refusalLines(what: string, { message, code }: Failure, { width }: TextStyle): readonly string[] {
  const text = `${what}: ${asCommandLine(message)} [${code}]`;
  return ['', ...wrappedLines(text, width)];
}

/** What a person must know before it is done. */
export function revertFirstLines(names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  return ['Reverted first, to its end; what a down drops is gone with its rows:', ...names.map((name) => `  ${name}`)];
}

function migrationLines(
  { name, file, up, leftOut, isModule, irreversible }: PlannedMigration,
  contracts: boolean,
  { colors }: TextStyle,
): readonly string[] {
  const notes = [...(irreversible ? ['irreversible'] : []), ...(contracts ? ['after the application'] : [])];
  const note = notes.length > 0 ? `, ${notes.join(', ')}` : '';
  const statements = isModule
    ? ['  (JavaScript: what it runs, it decides when it runs)']
    : up.flatMap((statement) => statementLines(statement));
  return [
    colors.bold(`${name} (${file}${note})`),
    ...statements,
    ...(leftOut > 0 ? [`  … and ${counted(leftOut, 'more statement')}, too long for one answer`] : []),
  ];
}

/** As it is, since people copy it, but for passwords. */
function statementLines(statement: string): readonly string[] {
  const lines = withoutSecrets(statement).trim().split('\n');
  const shown = lines.slice(0, MOST_LINES).map((line) => `  ${line}`.trimEnd());
  const more = lines.length - shown.length;
  return more > 0
    ? [...shown, `  … and ${counted(more, 'more line')}`]
    : [...shown.slice(0, -1), `${shown.at(-1) ?? ''};`];
}

function sizeLines(
  { tables }: PlannedMigration,
  sizes: ReadonlyMap<string, TableSize>,
  { width }: TextStyle,
): readonly string[] {
  const there = tables.flatMap((name) => sizes.get(name) ?? []);
  if (there.length === 0) return [];
  const each = there.map(({ name, rows, bytes }) => `${name}: about ${counted(rows, 'row')}, ${megabytes(bytes)} MB`);
  return wrappedLines(`on ${each.join('; ')}`, width, '  ');
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0);
}
