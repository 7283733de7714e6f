import { nameStep, placeOf } from '../../lambda/manifest/step-lines';
import { stepOf } from '../../lambda/sql/step';
import type { Finding } from './finding';
import { halfWayPoints } from './half-way-points';
import { acknowledgesLoss, failureOf, type Left, type Proving, reasonOf, rebuild } from './proving';
import { schemaDifferences, withoutEventTimes } from './restore/schema-difference';
import { type Look, look } from './rows/look';
import { rowDifferences } from './rows/row-difference';

type HalfWay = Finding & { readonly kind: 'half-way' };

/** What dying at its half-way points has shown of a migration. */
export interface HalfWayProof {
  readonly findings: readonly Finding[];
  readonly left: Left;
  readonly played: number;
}

/** What the play of the half-way points begins from. */
export interface HalfWayStart {
  readonly before: Look;
  /** Whether it is known that the up takes rows away. */
  readonly takesRows: boolean;
}

/** From after the up: reverts it, and has the function die at each point. */
export async function proveHalfWay(
  proving: Proving,
  { before, takesRows }: HalfWayStart,
  notes: string[],
): Promise<HalfWayProof> {
  const { stage, migration } = proving;
  const points = halfWayPoints(migration.up);
  if ('module' in migration.script) notes.push('the half-way points of a JavaScript migration are not played');
  if (points.left > 0)
    notes.push(`${points.left} more half-way point${points.left === 1 ? ' was' : 's were'} not played`);
  if (points.played.length === 0) return { findings: [], played: 0, left: 'after' };
  const findings: HalfWay[] = [];
  let played = 0;
  // A wrong one may leave anything behind: the next begins from what it must begin from.
  let isClean = (await stage.back()).kind === 'done';
  // What the up took away is not there any more.
  const atFirst = isClean ? await look(stage, before) : before;
  for (const after of points.played) {
    const start = isClean ? atFirst : await rebuild(proving, notes);
    const died = await dieAt(proving, after, { before: start, takesRows }, notes);
    if (died.hasDied) played += 1;
    isClean = died.isClean;
    if (died.finding !== null) addTo(findings, died.finding);
  }
  return { findings, played, left: isClean ? 'before' : 'unknown' };
}

/** A death at one point, and the rollback after it. */
async function dieAt(
  { stage, migration, to }: Proving,
  after: number,
  { before, takesRows }: HalfWayStart,
  notes: string[],
): Promise<{ readonly hasDied: boolean; readonly isClean: boolean; readonly finding: HalfWay | null }> {
  const { entry, up } = migration;
  const stepAfter = nameStep(entry, 'up', after - 1, up.length);
  const death = await stage.forward(to, { statements: up, after });
  if (death.kind !== 'died') {
    notes.push(`after ${stepAfter} it could not be made to die: ${reasonOf(death.reason)}`);
    return { hasDied: false, isClean: (await stage.back()).kind === 'done', finding: null };
  }
  const meanwhile = await look(stage, before);
  const back = await stage.back();
  const now = await look(stage, before);
  const differences = withoutEventTimes(schemaDifferences(before.schema, now.schema, await stage.sqlMode()));
  const rows = rowDifferences(before.rows, meanwhile.rows, now.rows).filter(
    ({ isTakenByUp }) => !(isTakenByUp && (takesRows || acknowledgesLoss(migration))),
  );
  const isClean = back.kind === 'done' && differences.length === 0 && rows.length === 0;
  if (isClean) return { hasDied: true, isClean, finding: null };
  if (back.kind !== 'done' && isBlind(up[after - 1]) && migration.acknowledged.has('blind-statement')) {
    notes.push(`where the function dies after ${stepAfter}, a person has to look: its file acknowledges that`);
    return { hasDied: true, isClean, finding: null };
  }
  const failed = back.kind === 'done' ? null : failureOf(back, migration, 'down');
  const finding: HalfWay = {
    kind: 'half-way',
    after: [after],
    steps: up.length,
    statement: up[after - 1] ?? '',
    line: placeOf(entry, 'up', after - 1)?.line ?? null,
    reason: failed?.reason ?? null,
    refused: failed?.refused ?? null,
    differences,
    rows,
  };
  return { hasDied: true, isClean, finding };
}

function addTo(findings: HalfWay[], finding: HalfWay): void {
  const same = findings.findIndex((other) => isSame(other, finding));
  const known = findings[same];
  if (known === undefined) findings.push(finding);
  else findings[same] = { ...known, after: [...known.after, ...finding.after] };
}

/**
 * Whether two points are one finding: the rollback stops for the same reason, whatever was done by then, or leaves the same
 * behind. The reason may count statements, which are more from point to point.
 */
function isSame(a: HalfWay, b: HalfWay): boolean {
  if (a.reason !== null && b.reason !== null && isBlind(a.statement) && isBlind(b.statement)) return true;
  const shown = ({ reason, refused, differences, rows }: HalfWay): string =>
    JSON.stringify(reason === null ? [differences, rows] : [reason.replace(/^\d+/, ''), refused]);
  return shown(a) === shown(b);
}

/** Whether nothing on the server shows that a statement was done. */
function isBlind(statement: string | undefined): boolean {
  return statement !== undefined && stepOf(statement).nature === 'blind';
}
