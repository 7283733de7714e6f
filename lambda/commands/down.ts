import { byHand, obstacleOf, obstacleToDown } from './by-hand';
import { startReverting, type Run } from '../work/run';
import { LOG } from '../contract';
import { createJournal } from '../journal/journal-tables';
import { noteSchemaByHand } from '../journal/schema-after-last-run';
import type { Database } from '../ports';
import { revertAndReapply } from '../work/revert-and-reapply';
import type { SoFar } from '../work/spent-session';
import { VouchedScripts } from '../journal/vouched-scripts';
import type { DownUntil } from '../plan/command';
import { explainOutcome, explainRest } from '../words/explain';
import { refuse, type Refused } from '../words/failure';
import { ADVISE_DRIFT } from '../words/repair-advice';
import type { HistoryRow } from '../plan/history';
import type { SchemaSnapshot } from '../schema/inventory';
import { comparableDeployment, planDown } from '../plan/plan-down';
import type { World } from '../world';

/** What going down came to. */
export type DownResult =
  | {
      readonly kind: 'reverted';
      /** Newest first. */
      readonly reverted: readonly string[];
      /** How the schema differs from what it was before, in words; null where it does not or could not be compared. */
      readonly drift: string | null;
    }
  | Refused
  /** It stopped at a migration; the next `down` goes on there. */
  | { readonly kind: 'failed'; readonly reverted: readonly string[]; readonly reason: string };

/**
 * Reverts what was applied last outside of a deployment, under the same lock and the same rules as `up`. What it
 * reverted is pending again: the next deployment that calls the function applies it, and owns it from then on.
 */
export async function down(database: Database, world: World, until: DownUntil, soFar: SoFar): Promise<DownResult> {
  const result = await inSession(database, world, until, soFar);
  if (result.kind !== 'refused' || soFar.reverted.length === 0) return result;
  // Between two sessions anybody may take the lock.
  return { kind: 'failed', reverted: soFar.reverted, reason: explainRest(result.failure, soFar) };
}

async function inSession(database: Database, world: World, until: DownUntil, soFar: SoFar): Promise<DownResult> {
  const held = await byHand(database, world, soFar);
  if (held.kind === 'refused') return held;
  const { history, ports } = held;
  const obstacle = obstacleOf(history, world);
  if (obstacle !== null) return obstacle;
  if (!ports.hasJournal) return refuse('bad-request', 'nothing was deployed to this database yet; nothing was run');
  const done = soFar.reverted.length;
  const left = until.kind === 'steps' ? { ...until, steps: until.steps - done } : until;
  const plan = planDown(left, history.migrations);
  if (plan.kind === 'refused') return plan;
  const early = await obstacleToDown(database, plan.revert);
  if (early !== null) return early;
  if (plan.revert.length === 0 && done === 0) return { kind: 'reverted', reverted: [], drift: null };

  await createJournal(database);
  const scripts = new VouchedScripts(ports, [world.code.digest]);
  for (const row of plan.revert) {
    const script = await scripts.load(row);
    if ('kind' in script) return script;
  }
  const run = startReverting(ports);
  const before = plan.revert.length === 0 ? null : await schemaBeforeAll(run, plan.revert, history.migrations);
  const reversal = await revertAndReapply(run, scripts, { revert: plan.revert, keep: [], reapply: [] }, before);
  await ports.deployments.seal();
  const { failure, drift } = reversal;
  const reverted = [...soFar.reverted, ...reversal.reverted];
  const reason = failure === null ? null : explainOutcome({ kind: 'reverted', reversal: { ...reversal, reverted } });
  await noteSchemaByHand(database, 'down', reason);
  if (reason !== null) return { kind: 'failed', reverted, reason };
  if (drift !== null) world.log.error(`${LOG.drift}: ${drift}. ${ADVISE_DRIFT}`, { drift });
  return { kind: 'reverted', reverted, drift };
}

/** The schema that is to be there once these rows are reverted, where a deployment began with just that. */
async function schemaBeforeAll(
  { code, deployments }: Run,
  revert: readonly HistoryRow[],
  rows: readonly HistoryRow[],
): Promise<SchemaSnapshot | null> {
  const oldest = comparableDeployment(revert, rows);
  if (oldest === null) return null;
  const [digest] = await deployments.digests([oldest]);
  const manifest = digest === undefined ? null : await deployments.manifest(digest);
  if (manifest === null) return null;
  // Otherwise a later release has removed what was there then. What is pending was reverted by an earlier `down`.
  const names = new Set<string>([...rows, ...code.migrations].map(({ name }) => name));
  return manifest.every(({ name }) => names.has(name)) ? deployments.schemaBefore(oldest) : null;
}
