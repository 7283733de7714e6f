import { setTimeout as sleep } from 'node:timers/promises';
import { nameStep, placeOf, type Direction } from '../../lambda/manifest/step-lines';
import { describeDrift } from '../../lambda/schema/schema-drift';
import { stepOf } from '../../lambda/sql/step';
import type { Failed, Finding, MigrationProof, RevertOfFailedUp } from './finding';
import { halfWayPoints } from './half-way-points';
import type { PlayedRelease } from './played-release';
import { statementsOf, type ProvedMigration } from './proved-migration';
import { atLine, refusedIn } from './refused-in';
import { fill, look, type Look } from './rows/look';
import { rowDifferences } from './rows/row-difference';
import type { RowFiller, Variety } from './rows/row-filler';
import { schemaDifferences, withoutEventTimes } from './restore/schema-difference';
import type { Played } from './played';
import type { Stage } from './stage';

/** What proving one migration needs. */
export interface Proving {
  readonly stage: Stage;
  readonly rows: RowFiller;
  readonly migration: ProvedMigration;
  /** The release before it, at which the stage is. */
  readonly from: PlayedRelease;
  /** The same with this migration. */
  readonly to: PlayedRelease;
}

/**
 * How a stage is left: at the release before the migration; at the one with it, which can be reverted; or in a state that
 * is neither.
 */
export type Left = 'before' | 'after' | 'unknown';

export interface Proved {
  readonly proof: MigrationProof;
  readonly left: Left;
}

/** Plays one migration forward, back and forward again, and then dying at each of its half-way points. */
export async function proveMigration(proving: Proving): Promise<Proved> {
  const start = Date.now();
  const { migration, stage } = proving;
  const notes: string[] = [];
  const proofOf = (more: Partial<MigrationProof>): MigrationProof => ({
    name: migration.entry.name,
    file: migration.entry.file,
    downFile: migration.downFile,
    verdict: (more.findings ?? []).length > 0 ? 'found' : 'proved',
    findings: [],
    notes,
    halfWayPoints: 0,
    rows: 0,
    milliseconds: Date.now() - start,
    ...more,
  });

  proving.rows.make('varied');
  let before = await fill(stage, proving.rows, notes);
  let up = await stage.forward(proving.to);
  let refusedAs: string | null = null;
  // What is wrong may be our rows: the real ones may well fit. What it left then, its half-way points will show.
  while (up.kind !== 'done') {
    const finding = await upFailed(proving, before, up);
    if (proving.rows.variety === 'none' || before.rows.every(({ rows }) => rows.length === 0)) {
      if (migration.foreign !== undefined) notes.push(migration.foreign);
      return { proof: proofOf({ findings: [finding] }), left: finding.left.length > 0 ? 'unknown' : 'before' };
    }
    const at = finding.refused === null ? '' : atLine(finding.refused, migration.entry.file);
    refusedAs = `its up fails${at} with ${ROWS_OF[proving.rows.variety]}: ${finding.refused?.error ?? finding.reason}`;
    proving.rows.make(proving.rows.variety === 'varied' ? 'plain' : 'none');
    before = await rebuild(proving, notes);
    up = await stage.forward(proving.to);
  }
  if (refusedAs !== null) notes.push(`${refusedAs}. It was played ${INSTEAD_OF[proving.rows.variety]}`);
  const count = before.rows.reduce((sum, { rows }) => sum + rows.length, 0);
  if (migration.missingDown !== null) {
    return { proof: proofOf({ findings: [{ kind: 'no-down', problem: migration.missingDown }] }), left: 'after' };
  }
  if (migration.entry.irreversible) {
    return { proof: proofOf({ verdict: 'irreversible' }), left: 'after' };
  }
  const after = await look(stage);
  const round = await playBack(proving, before, after, notes);
  if (round.left !== 'after' || round.findings.some((finding) => !isOfUp(finding))) {
    const { played, left } = halfWayPoints(migration.up);
    if (played.length + left > 0) notes.push('its half-way points were not played: first its down has to be right');
    return { proof: proofOf({ findings: round.findings, rows: count }), left: round.left };
  }
  const points = await playPoints(proving, before, notes, round.findings.length > 0);
  return {
    proof: proofOf({ findings: [...round.findings, ...points.findings], rows: count, halfWayPoints: points.played }),
    left: points.left,
  };
}

/** What a failed up has met, and what it was played with then. */
const ROWS_OF: Readonly<Record<Variety, string>> = {
  varied: 'letters, fractions or NULL in the rows',
  plain: 'rows in the tables',
  none: 'no rows',
};
const INSTEAD_OF: Readonly<Record<Variety, string>> = {
  varied: 'with them',
  plain: 'with digits in their place',
  none: 'without',
};

/** Of what it has taken away, it is the up that has to be another one: its down is right as far as a down can be. */
function isOfUp(finding: Finding): boolean {
  return finding.kind === 'rows-not-restored' && finding.isTakenByUp;
}

async function upFailed(
  { stage, migration }: Proving,
  before: Look,
  up: Played,
): Promise<Finding & { kind: 'up-failed' }> {
  // CloudFormation rolls back, and finds that the function has done so by itself.
  const back = await stage.back();
  const left = withoutEventTimes(schemaDifferences(before.schema, await stage.schema(), await stage.sqlMode()));
  return { kind: 'up-failed', ...failureOf(up, migration, 'up'), left, revert: revertAfter(up, back, migration) };
}

function revertAfter(up: Played, back: Played, migration: ProvedMigration): RevertOfFailedUp {
  if (migration.entry.irreversible) return { kind: 'irreversible' };
  if (back.kind === 'done') return { kind: 'done' };
  // The up has tried to revert what it had done.
  const refusals = [...up.refusals, ...back.refusals];
  return { kind: 'failed', ...failureOf({ ...back, refusals }, migration, 'down') };
}

/** From after the up: down, and up once more. */
async function playBack(
  proving: Proving,
  before: Look,
  after: Look,
  notes: string[],
): Promise<{ readonly findings: readonly Finding[]; readonly left: Left }> {
  const { stage, migration } = proving;
  // What begins when it is made is to differ whenever the down makes it, and not by chance.
  if (statementsOf(migration, 'down').some((text) => /\bEVENT\b/i.test(text))) await sleep(1000);
  const down = await stage.back();
  if (down.kind !== 'done') {
    return { findings: [{ kind: 'down-failed', ...failureOf(down, migration, 'down') }], left: 'unknown' };
  }
  const back = await look(stage, before);
  const findings: Finding[] = [];
  const rows = rowDifferences(before.rows, after.rows, back.rows);
  if (rows.length > 0) {
    const isTakenByUp = rows.every((each) => each.isTakenByUp);
    if (isTakenByUp && acknowledgesLoss(migration)) {
      notes.push(`rows are not restored in ${rows.map(({ table }) => table).join(', ')}, which its file acknowledges`);
    } else findings.push({ kind: 'rows-not-restored', rows, isTakenByUp });
  }
  const isRestored = describeDrift(before.schema, back.schema) === null;
  const again = await stage.forward(proving.to);
  const failed = failureOf(again, migration, 'up');
  if (!isRestored) {
    const why = again.kind === 'done' ? null : (failed.refused?.error ?? failed.reason);
    const differences = schemaDifferences(before.schema, back.schema, await stage.sqlMode());
    return { findings: [{ kind: 'schema-not-restored', differences, again: why }, ...findings], left: 'unknown' };
  }
  if (again.kind !== 'done') {
    return { findings: [...findings, { kind: 'second-up-failed', ...failed }], left: 'unknown' };
  }
  const differences = withoutEventTimes(schemaDifferences(after.schema, await stage.schema(), await stage.sqlMode()));
  if (differences.length > 0)
    return { findings: [...findings, { kind: 'second-up-differs', differences }], left: 'unknown' };
  return { findings, left: 'after' };
}

/** Whether a file says that its up takes rows away that no down restores. */
function acknowledgesLoss({ acknowledged }: ProvedMigration): boolean {
  return [...acknowledged].some((code) => DESTROYS.has(code));
}

const DESTROYS: ReadonlySet<string> = new Set(['destructive-statement', 'irreversible-statement', 'blind-statement']);

/** From after the up: reverts it, and has the function die at each point. `takesRows`: that its up takes rows away is known. */
async function playPoints(
  proving: Proving,
  before: Look,
  notes: string[],
  takesRows: boolean,
): Promise<{ readonly findings: readonly Finding[]; readonly left: Left; readonly played: number }> {
  const { stage, migration, to } = proving;
  const { up } = migration;
  const points = halfWayPoints(up);
  if ('module' in migration.script) notes.push('the half-way points of a JavaScript migration are not played');
  if (points.left > 0)
    notes.push(`${points.left} more half-way point${points.left === 1 ? ' was' : 's were'} not played`);
  const findings: HalfWay[] = [];
  let played = 0;
  // A wrong one may leave anything behind: the next begins from what it must begin from.
  let isClean = points.played.length === 0 || (await stage.back()).kind === 'done';
  // What the up took away is not there any more.
  const atFirst = isClean && points.played.length > 0 ? await look(stage, before) : before;
  for (const after of points.played) {
    const start = isClean ? atFirst : await rebuild(proving, notes);
    const stepAfter = nameStep(migration.entry, 'up', after - 1, up.length);
    const death = await stage.forward(to, { statements: up, after });
    if (death.kind !== 'died') {
      notes.push(`after ${stepAfter} it could not be made to die: ${reasonOf(death.reason)}`);
      isClean = (await stage.back()).kind === 'done';
      continue;
    }
    played += 1;
    const meanwhile = await look(stage, start);
    const back = await stage.back();
    const now = await look(stage, start);
    const differences = withoutEventTimes(schemaDifferences(start.schema, now.schema, await stage.sqlMode()));
    const lost = rowDifferences(start.rows, meanwhile.rows, now.rows).filter(
      ({ isTakenByUp }) => !(isTakenByUp && (takesRows || acknowledgesLoss(migration))),
    );
    isClean = back.kind === 'done' && differences.length === 0 && lost.length === 0;
    if (isClean) continue;
    if (back.kind !== 'done' && isBlind(up[after - 1]) && migration.acknowledged.has('blind-statement')) {
      notes.push(`where the function dies after ${stepAfter}, a person has to look: its file acknowledges that`);
      continue;
    }
    const failed = back.kind === 'done' ? null : failureOf(back, migration, 'down');
    const finding: HalfWay = {
      kind: 'half-way',
      after: [after],
      steps: up.length,
      statement: up[after - 1] ?? '',
      line: placeOf(migration.entry, 'up', after - 1)?.line ?? null,
      reason: failed?.reason ?? null,
      refused: failed?.refused ?? null,
      differences,
      rows: lost,
    };
    const same = findings.findIndex((other) => isSame(other, finding));
    const known = findings[same];
    if (known === undefined) findings.push(finding);
    else findings[same] = { ...known, after: [...known.after, after] };
  }
  if (points.played.length === 0) return { findings, played, left: 'after' };
  return { findings, played, left: isClean ? 'before' : 'unknown' };
}

type HalfWay = Finding & { readonly kind: 'half-way' };

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

/** Begins anew at the release before the migration. */
async function rebuild(proving: Proving, notes: string[]): Promise<Look> {
  await proving.stage.startAt(proving.from);
  proving.rows.forget();
  return fill(proving.stage, proving.rows, notes);
}

/** Why an up or down did not come to its end: at the statement at which the server said no, of a JavaScript migration the last one. */
function failureOf({ reason, refusals }: Played, migration: ProvedMigration, direction: Direction): Failed {
  const statements = statementsOf(migration, direction);
  const found = refusals.find(({ statement }) => statements.includes(statement));
  const refusal = found ?? (statements.length === 0 ? refusals.at(-1) : undefined);
  const refused = refusal === undefined ? null : refusedIn([migration], direction, refusal);
  return { refused, reason: reasonOf(reason) };
}

/** What CloudFormation would be told, without the advice for a stack. */
function reasonOf(reason: string): string {
  const what = reason.replace(
    /^\S+ was applied up to step \d+ of \d+(?: \(line \d+\))? and cannot be reverted by itself: /,
    '',
  );
  return what.replace(
    /;? nothing more of it was reverted.*|\. (?:It may be partly|No step of its down|Some of it may be|What to do|Correct the migration|Wait until the others|Somebody has ended|The server has no room).*/s,
    '',
  );
}
