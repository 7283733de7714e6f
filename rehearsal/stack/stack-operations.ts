import { cleanUp, deleteAll, putBack, putResourceBack } from './backward';
import type { Operation } from './context';
import { moveForward, type ForwardRun } from './forward';
import type { LiveResource } from './stack-types';
import type { Template } from '../template/template';

/** Creates a stack: all resources, or after a failure none, unless rollback is off. */
export async function createStack(operation: Operation, template: Template, cancel: AbortController): Promise<void> {
  const { resources, setStatus } = operation;
  setStatus('CREATE_IN_PROGRESS', 'User Initiated');
  const run = await moveForward(operation, template, cancel);
  if (!hasFailed(run, cancel)) {
    resources.stable = new Map(resources.live);
    setStatus('CREATE_COMPLETE');
  } else if (operation.rollback) {
    await rollBackCreation(operation, summaryOf(run));
  } else {
    setStatus('CREATE_FAILED', summaryOf(run));
  }
}

/** Updates a stack: forward and clean-up, or after a failure back, or where rollback is off half-way. */
export async function updateStack(operation: Operation, template: Template, cancel: AbortController): Promise<void> {
  const { resources, setStatus } = operation;
  const before: ReadonlyMap<string, LiveResource> = new Map(resources.live);
  setStatus('UPDATE_IN_PROGRESS', 'User Initiated');
  const run = await moveForward(operation, template, cancel);
  if (!hasFailed(run, cancel)) {
    resources.unwanted = new Set(run.removed);
    setStatus('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    if (operation.cleanUp) await finish(operation, 'UPDATE_COMPLETE');
  } else if (operation.rollback) {
    await rollBack(operation, summaryOf(run));
  } else {
    // The failed ones go back to what they were before this update; all others stay as they have become.
    for (const id of run.failedToUpdate) {
      const target = before.get(id);
      if (target !== undefined) await putResourceBack(operation, target, new AbortController().signal);
    }
    setStatus(resources.stable.size === 0 ? 'CREATE_FAILED' : 'UPDATE_FAILED', summaryOf(run));
  }
}

/** Rolls a stack back to its last stable state. One that never had such a state loses its resources. */
export async function rollBack(operation: Operation, reason: string): Promise<void> {
  if (operation.resources.stable.size === 0) await rollBackCreation(operation, reason);
  else await rollBackUpdate(operation, reason, new Set());
}

/** Rolls an update back, or goes on with a rollback that failed. */
export async function rollBackUpdate(operation: Operation, reason: string, skip: ReadonlySet<string>): Promise<void> {
  const { resources, setStatus } = operation;
  setStatus('UPDATE_ROLLBACK_IN_PROGRESS', reason);
  const failed = await putBack(operation, skip);
  if (failed.length > 0) {
    setStatus('UPDATE_ROLLBACK_FAILED', `The following resource(s) failed to update: [${failed.join(', ')}]. `);
    return;
  }
  resources.unwanted = new Set([...resources.live.keys()].filter((id) => !resources.stable.has(id)));
  setStatus('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
  if (operation.cleanUp) await finish(operation, 'UPDATE_ROLLBACK_COMPLETE');
}

/** The clean-up of an update that has succeeded, or was rolled back, and its end. */
export async function finish(
  operation: Operation,
  status: 'UPDATE_COMPLETE' | 'UPDATE_ROLLBACK_COMPLETE',
): Promise<void> {
  const isClean = await cleanUp(operation);
  const left = `${status === 'UPDATE_COMPLETE' ? 'Update successful. ' : ''}One or more resources could not be deleted.`;
  operation.resources.stable = new Map(operation.resources.live);
  operation.setStatus(status, isClean ? undefined : left);
}

/** Deletes a stack. What fails to be deleted stays, with all that it needs. */
export async function deleteStack(operation: Operation): Promise<void> {
  operation.setStatus('DELETE_IN_PROGRESS', 'User Initiated');
  await empty(operation, 'DELETE', (policy) => policy);
}

async function rollBackCreation(operation: Operation, reason: string): Promise<void> {
  operation.setStatus('ROLLBACK_IN_PROGRESS', `${reason}Rollback requested by user.`);
  await empty(operation, 'ROLLBACK', (policy) => (policy === 'RetainExceptOnCreate' ? 'Delete' : policy));
}

async function empty(
  operation: Operation,
  as: 'DELETE' | 'ROLLBACK',
  policyOf: (deletionPolicy: string) => string,
): Promise<void> {
  const { resources, setStatus } = operation;
  const all = [...resources.live.values(), ...resources.orphans.splice(0)];
  const doomed = all.map((resource) => ({ resource, policy: policyOf(resource.deletionPolicy) }));
  const failed = await deleteAll(operation, doomed);
  if (failed.length > 0) {
    const ids = failed.map(({ logicalId }) => logicalId);
    setStatus(`${as}_FAILED`, `The following resource(s) failed to delete: [${ids.join(', ')}]. `);
    return;
  }
  resources.live.clear();
  resources.stable = new Map();
  setStatus(`${as}_COMPLETE`);
}

function hasFailed(run: ForwardRun, cancel: AbortController): boolean {
  return cancel.signal.aborted || run.failedToCreate.length > 0 || run.failedToUpdate.length > 0;
}

function summaryOf({ failedToCreate, failedToUpdate }: ForwardRun): string {
  const part = (verb: string, ids: readonly string[]): string =>
    ids.length === 0 ? '' : `The following resource(s) failed to ${verb}: [${ids.join(', ')}]. `;
  return part('create', failedToCreate) + part('update', failedToUpdate);
}
