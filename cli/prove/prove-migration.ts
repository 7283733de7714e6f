import { setTimeout as sleep } from 'node:timers/promises';
import { describeDrift } from '../../lambda/schema/schema-drift';
import type { Finding, MigrationProof, RevertOfFailedUp } from './finding';
import { halfWayPoints } from './half-way-points';
import type { Played } from './played';
import { proveHalfWay } from './prove-half-way';
import { statementsOf, type ProvedMigration } from './proved-migration';
import { acknowledgesLoss, failureOf, type Left, type Proving, rebuild } from './proving';
import { atLine } from './refused-in';
import { schemaDifferences, withoutEventTimes } from './restore/schema-difference';
import { fill, look, type Look } from './rows/look';
import { rowDifferences } from './rows/row-difference';
import type { Variety } from './rows/row-filler';

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

  const applied = await applyWithRows(proving, notes);
  if (applied.kind === 'failed') {
    if (migration.foreign !== undefined) notes.push(migration.foreign);
    const { finding } = applied;
    return { proof: proofOf({ findings: [finding] }), left: finding.left.length > 0 ? 'unknown' : 'before' };
  }
  const { before } = applied;
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
  const halfWay = await proveHalfWay(proving, { before, takesRows: round.findings.length > 0 }, notes);
  return {
    proof: proofOf({ findings: [...round.findings, ...halfWay.findings], rows: count, halfWayPoints: halfWay.played }),
    left: halfWay.left,
  };
}

type UpFailed = Finding & { readonly kind: 'up-failed' };

/** Applies it, with rows in the tables as long as it does not fail for them. */
async function applyWithRows(
  proving: Proving,
  notes: string[],
): Promise<
  { readonly kind: 'applied'; readonly before: Look } | { readonly kind: 'failed'; readonly finding: UpFailed }
> {
  const { migration, stage, rows, to } = proving;
  rows.make('varied');
  let before = await fill(stage, rows, notes);
  let up = await stage.forward(to);
  let refusedAs: string | null = null;
  // What is wrong may be our rows: the real ones may well fit. What it left then, its half-way points will show.
  while (up.kind !== 'done') {
    const finding = await upFailed(proving, before, up);
    if (rows.variety === 'none' || before.rows.every((table) => table.rows.length === 0)) {
      return { kind: 'failed', finding };
    }
    const at = finding.refused === null ? '' : atLine(finding.refused, migration.entry.file);
    refusedAs = `its up fails${at} with ${ROWS_OF[rows.variety]}: ${finding.refused?.error ?? finding.reason}`;
    rows.make(rows.variety === 'varied' ? 'plain' : 'none');
    before = await rebuild(proving, notes);
    up = await stage.forward(to);
  }
  if (refusedAs !== null) notes.push(`${refusedAs}. It was played ${INSTEAD_OF[rows.variety]}`);
  return { kind: 'applied', before };
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

async function upFailed({ stage, migration }: Proving, before: Look, up: Played): Promise<UpFailed> {
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
