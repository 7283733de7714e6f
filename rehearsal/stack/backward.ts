import type { Operation } from './context';
import { reversed } from '../template/graph';
import { textOf } from '../template/json';
import { runInOrder } from './ordered-run';
import { deleteResource, isPlayed, updateResource, type ActionResult } from './resource-actions';
import type { LiveResource } from './stack-types';

/**
 * The update part of an update's rollback: rolls every changed resource back, what others need first or last. Returns those
 * that failed.
 * @param skip - logical ids that are taken for rolled back without anything being done
 */
export async function putBack(operation: Operation, skip: ReadonlySet<string>): Promise<readonly string[]> {
  const { resources, settings } = operation;
  const inOrder = [...resources.stable.values()].map(({ logicalId, after }) => ({ id: logicalId, after }));
  const nodes = settings.neededRollback === 'last' ? reversed(inOrder) : inOrder;
  const functions = functionsOfCustomResources(operation);
  const isFirst = (id: string): boolean => functions.has(id) === (settings.codeRollback === 'before');

  const run = async (id: string, signal: AbortSignal): Promise<ActionResult> => {
    const target = resources.stable.get(id);
    if (target === undefined) return 'done';
    if (!skip.has(id)) return putResourceBack(operation, target, signal);
    resources.live.set(id, target);
    operation.emit(target, 'UPDATE_COMPLETE');
    return 'done';
  };
  // In the order of dependencies, the code that goes back before the custom resource needs no turn of its own.
  const isOneTurn = settings.neededRollback === 'first' && settings.codeRollback === 'before';
  const turns = isOneTurn ? [nodes] : [nodes.filter(({ id }) => isFirst(id)), nodes.filter(({ id }) => !isFirst(id))];
  const failed: string[] = [];
  for (const turn of turns) failed.push(...(await runInOrder(turn, run, 'finish-others')).failed);
  return failed;
}

/** Rolls one resource back to what it was when the stack was last stable. */
export async function putResourceBack(
  operation: Operation,
  target: LiveResource,
  signal: AbortSignal,
): Promise<ActionResult> {
  const { resources, emit } = operation;
  const current = resources.live.get(target.logicalId);
  if (current !== undefined && current.physicalId !== target.physicalId) {
    // For CloudFormation the update made a new resource: the old one is as it was, and the new one is deleted later.
    resources.orphans.push(current);
    resources.live.set(target.logicalId, target);
    emit(target, 'UPDATE_COMPLETE');
    return 'done';
  }
  return updateResource(operation, current ?? target, target, 'rollback', signal);
}

/** What a clean-up deletes, and why each may be kept. */
export interface Doomed {
  readonly resource: LiveResource;
  readonly policy: string;
}

/**
 * Deletes resources, those that need others first. Returns those that failed.
 * @param attempts - how often each is tried; after several, what it needs is deleted all the same
 */
export async function deleteAll(
  operation: Operation,
  doomed: readonly Doomed[],
  attempts = 1,
): Promise<readonly LiveResource[]> {
  // Two of them may have one logical id: a resource and its replacement.
  const byKey = new Map(doomed.map((each, index) => [String(index), each]));
  const nodes = [...byKey].map(([id, { resource }]) => ({
    id,
    after: [...byKey].filter(([, other]) => resource.after.includes(other.resource.logicalId)).map(([key]) => key),
  }));
  const failed: LiveResource[] = [];
  await runInOrder(
    reversed(nodes),
    async (key, signal) => {
      const each = byKey.get(key);
      if (each === undefined) return 'done';
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        const result = await deleteResource(operation, each.resource, each.policy, signal);
        if (result === 'done') return 'done';
      }
      failed.push(each.resource);
      return attempts > 1 ? 'done' : 'failed';
    },
    'finish-others',
  );
  return failed;
}

/**
 * The clean-up at the end of an update or of its rollback. What cannot be deleted is given up and forgotten: that does not
 * fail the operation. Returns whether all was deleted.
 */
export async function cleanUp(operation: Operation): Promise<boolean> {
  const { live, stable, orphans, unwanted: ids } = operation.resources;
  const unwanted = [...live.values()]
    .filter(({ logicalId }) => ids.has(logicalId))
    .map((resource) => ({ resource, policy: resource.deletionPolicy }));
  const replaced = [...stable.values()].filter(
    ({ logicalId, physicalId }) => live.has(logicalId) && live.get(logicalId)?.physicalId !== physicalId,
  );
  const leftover = [...replaced, ...orphans.splice(0)]
    // Made again under the id of what it replaced: a Delete with that id would now mean the new one.
    .filter(({ logicalId, physicalId }) => live.get(logicalId)?.physicalId !== physicalId)
    .map((resource) => ({ resource, policy: resource.updateReplacePolicy }));

  const failed = await deleteAll(operation, [...unwanted, ...leftover], CLEAN_UP_ATTEMPTS);
  for (const { logicalId, physicalId } of failed) {
    // CloudFormation does not come back to what it could not delete here.
    if (live.get(logicalId)?.physicalId === physicalId) live.delete(logicalId);
    operation.settings.liveCode?.isGone(logicalId);
  }
  return failed.length === 0;
}

/** "CloudFormation tries to delete a resource three times before CloudFormation skips the resource and continues the cleanup" */
const CLEAN_UP_ATTEMPTS = 3;

/** The functions that custom resources call: whether their code is the old or the new one in a rollback, is the question. */
function functionsOfCustomResources(operation: Operation): ReadonlySet<string> {
  const { stable } = operation.resources;
  const names = new Set(
    [...stable.values()]
      .filter((resource) => isPlayed(operation, resource))
      .map(({ properties }) => textOf(properties.ServiceToken).split(':')[6]),
  );
  return new Set(
    [...stable.values()].filter(({ physicalId }) => names.has(physicalId)).map(({ logicalId }) => logicalId),
  );
}
