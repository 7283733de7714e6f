import {
  appliedBy,
  idsOf,
  isSettled,
  oldestId,
  sameConstruct,
  sameResource,
  sharedWith,
  splitAt,
  stands,
  type DeploymentRow,
  type History,
  type HistoryRow,
} from './history';
import type { Intent, Resource } from './intent';
import type { Manifest, ManifestEntry } from '../manifest/types';
import type { RevertPlan } from './plan-types';
import { listNames, namesOf } from '../words/explain';
import { failure, type Failure } from '../words/failure';
import { adviseReverted } from '../words/repair-advice';

/**
 * Reverts exactly what some deployments of a resource applied, and applies again what they removed.
 *
 * The other resource of the construct goes back in the same operation, sooner or later. What it deployed since then stands
 * on what is reverted here, so it is reverted too, and its own request will find nothing left to do.
 */
export function revertOf(links: readonly DeploymentRow[], intent: Intent, history: History): RevertPlan {
  const { resource } = intent.request;
  const oldest = oldestId(links);
  const others = history.deployments.filter(
    (row) =>
      row.id > oldest &&
      sameConstruct(row.resource, resource) &&
      !sameResource(row.resource, resource) &&
      !isSettled(row),
  );
  const deployments = [...links, ...others.filter(stands)];
  const newestFirst = deployments.toSorted((a, b) => b.id - a.id);
  const what = planRevert(idsOf(deployments), history.migrations, idsOf(others));
  return revertNow(newestFirst, what, digestsOf(intent), history);
}

/**
 * History in which the rows that `up` by hand has written since some deployments belong to the oldest of them, to be reverted with
 * it: `up` applies only the release that was deployed last, of which `down` had reverted something. Where another construct has
 * deployed since, they may be of that one: then they stay.
 *
 * @param stays - the release that is gone back to, whose migrations stay too; none where all goes
 */
export function withRunsByHand(
  history: History,
  of: readonly DeploymentRow[],
  resource: Resource,
  stays: Pick<Manifest, 'migrations'>,
): History {
  const oldest = oldestId(of);
  if (history.deployments.some((row) => row.id > oldest && !sameConstruct(row.resource, resource))) return history;
  const names = new Set<string>(stays.migrations.map(({ name }) => name));
  const isRun = ({ owner, deployment, name }: HistoryRow): boolean =>
    owner === null && deployment !== null && deployment > oldest && !names.has(name);
  return {
    ...history,
    migrations: history.migrations.map((row) => (isRun(row) ? { ...row, deployment: oldest } : row)),
  };
}

/** Reverts all that is applied, whoever applied it. */
export function revertAll(owner: DeploymentRow, intent: Intent, history: History): RevertPlan {
  const all = splitAtIrreversible(inSchema(history.migrations.toReversed()));
  const plan = revertNow([owner], { ...all, reapply: [] }, digestsOf(intent), history);
  // Before a deployment of which nothing is left to revert there was what others have reverted since.
  return { ...plan, isComparable: plan.isComparable && all.revert.length > 0 };
}

/** A plan that leaves nothing for later. */
export function revertNow(
  deployments: readonly DeploymentRow[],
  what: Pick<RevertPlan, 'revert' | 'keep' | 'reapply'>,
  vouchedBy: readonly string[],
  { migrations }: History,
): RevertPlan {
  const [newest] = deployments;
  const oldest = oldestId(deployments);
  // What another construct has applied since stays, and was not there before.
  const isOthers = ({ deployment, owner }: HistoryRow): boolean =>
    owner !== null && (deployment ?? 0) > oldest && newest !== undefined && !sameConstruct(owner, newest.resource);
  const isComparable = what.revert.every(appliedBy(deployments)) && !migrations.some(isOthers);
  return {
    kind: 'revert',
    ...what,
    deployments,
    vouchedBy,
    failure: null,
    early: [],
    owes: [],
    held: null,
    isComparable,
  };
}

/** Why nothing of a plan is carried out: the code of another stack needs what it would revert. Null where none does. */
export function neededElsewhere(
  { revert, deployments }: RevertPlan,
  resource: Resource,
  history: History,
): Failure | null {
  const [first] = revert;
  const other = sharedWith(revert, deployments, resource, history);
  if (first === undefined || other === undefined) return null;
  return failure(
    'revert-owed',
    `${listNames(namesOf(revert))} waits to be reverted and is not, since ${other.logicalId} of stack ${other.stackId} has this ` +
      `release or a later one, and its code may be live. Deploy the release to this stack again: what waits becomes part of it. ` +
      `Or, where that stack is gone or goes back too, ${adviseReverted(first.name)}`,
  );
}

/** Put over such a plan. */
export const ALL_STAYS = { deployments: [], revert: [], keep: [], reapply: [] } as const;

/**
 * What reverting some deployments means for the migrations.
 *
 * @param others - the other resource's, also those that were reverted: what one of them kept then holds back all below it
 */
export function planRevert(
  deployments: ReadonlySet<number>,
  rows: readonly HistoryRow[],
  others: ReadonlySet<number> = new Set(),
): Pick<RevertPlan, 'revert' | 'keep' | 'reapply'> {
  const isTheirs = (id: number | null): boolean => id !== null && deployments.has(id);
  const reapply = rows.filter((row) => isTheirs(row.removedBy) && !isTheirs(row.deployment));
  const newestFirst = rows.toReversed();
  const isHeld = ({ state, deployment }: HistoryRow): boolean => state === 'kept' && others.has(deployment ?? 0);
  const { revert, keep } = splitAtIrreversible(
    inSchema(newestFirst).filter((row) => isTheirs(row.deployment)),
    new Set(splitAt(newestFirst, isHeld)[1]),
  );
  // A removal that was cut short is finished first: what is to be applied again then starts from its beginning.
  const cutShort = reapply.filter((row) => row.state === 'reverting' && !isStillWhole(row)).toReversed();
  return { revert: [...revert, ...cutShort], keep, reapply };
}

/**
 * Whether all of a migration is there though its down was begun: it failed at its first step, or never came to it. One that
 * was half-applied when its down was begun is not whole.
 */
export function isStillWhole({ state, stepsDone, stepsTotal, downStepsDone, before }: HistoryRow): boolean {
  return state === 'reverting' && stepsDone === stepsTotal && downStepsDone === 0 && before === null;
}

/** Whether a migration of a release is there though it was to be reverted: that was begun, and came to nothing. */
export function isIntact({ checksum }: ManifestEntry, row: HistoryRow | undefined): boolean {
  return row !== undefined && isStillWhole(row) && row.checksum === checksum;
}

/** The digests that a request brings: of the release that is reverted, and of the one that is gone back to. */
function digestsOf(intent: Intent): readonly string[] {
  return intent.kind === 'update' ? [intent.old.digest, intent.release.digest] : [intent.release.digest];
}

function inSchema(rows: readonly HistoryRow[]): readonly HistoryRow[] {
  return rows.filter((row) => row.state !== 'kept' && row.state !== 'removed');
}

/** An applied irreversible migration and all below it stay: what is newer goes. `held`: what stays in any case. */
function splitAtIrreversible(
  rows: readonly HistoryRow[],
  held: ReadonlySet<HistoryRow> = new Set(),
): Pick<RevertPlan, 'revert' | 'keep'> {
  const [revert, keep] = splitAt(rows, (row) => held.has(row) || (row.irreversible && row.state === 'applied'));
  return { revert, keep };
}
