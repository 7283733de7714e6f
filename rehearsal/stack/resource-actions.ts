import { isDeepStrictEqual } from 'node:util';
import { generatedPhysicalId, isReplaced, physicalIdFor } from '../template/attributes';
import type { Operation } from './context';
import { callCustomResource, stringify } from './custom-resource';
import { messageOf } from '../error-facts';
import { strike } from './faults';
import { textOf } from '../template/json';
import { putNative, removeNative } from './native-resource';
import type { CustomResourceOutcome, CustomResourceRequest, LiveResource } from './stack-types';
import { writtenForBoth } from './written-for';

export type ActionResult = 'done' | 'failed';

/** A resource as the new template wants it. */
export type WantedResource = Omit<LiveResource, 'physicalId' | 'attributes' | 'createFailed'>;

const CANCELLED = { create: 'Resource creation cancelled', update: 'Resource update cancelled' } as const;
const REPLACED = 'Requested update required the provider to create a new physical resource';

/** Creates a resource; where that fails, what is left of it is kept for the rollback to delete. */
export async function createResource(
  operation: Operation,
  wanted: WantedResource,
  signal: AbortSignal,
): Promise<ActionResult> {
  const result = await create(operation, wanted, signal);
  await operation.settings.liveCode?.becomes(wanted.logicalId, wanted.writtenFor);
  return result;
}

async function create(operation: Operation, wanted: WantedResource, signal: AbortSignal): Promise<ActionResult> {
  const { account, resources, emit } = operation;
  const { logicalId, type, properties } = wanted;
  const begun: LiveResource = {
    ...wanted,
    physicalId: generatedPhysicalId(account, logicalId),
    attributes: {},
    createFailed: true,
  };
  const fail = (reason: string, physicalId = begun.physicalId): ActionResult => {
    const failed = { ...begun, physicalId };
    resources.live.set(logicalId, failed);
    emit(failed, 'CREATE_FAILED', reason);
    return 'failed';
  };
  const finish = (created: LiveResource): ActionResult => {
    resources.live.set(logicalId, created);
    emit(created, 'CREATE_COMPLETE');
    return 'done';
  };

  const leftover = resources.live.get(logicalId);
  // A creation that failed before, and was not rolled back, is tried anew; the old one goes in the clean-up.
  if (leftover !== undefined) resources.orphans.push(leftover);
  emit({ logicalId, type }, 'CREATE_IN_PROGRESS');
  const fault = await strike(operation, logicalId, 'create', signal);
  if (fault !== undefined) return fail(fault === 'cancelled' ? CANCELLED.create : fault.reason);
  if (!isPlayed(operation, wanted)) {
    const created = { ...begun, physicalId: physicalIdFor(account, logicalId, type, properties), createFailed: false };
    const problem = await tryToPut(operation, created);
    return problem === undefined ? finish(created) : fail(problem);
  }

  const request = { requestType: 'Create', logicalId, type, properties } as const;
  const outcome = checkAttributes(wanted, await ask(operation, request, signal));
  if (outcome.kind === 'cancelled') return fail(CANCELLED.create);
  if (outcome.kind === 'failed') return fail(outcome.reason, outcome.physicalId);
  return finish({ ...begun, physicalId: outcome.physicalId, attributes: outcome.data, createFailed: false });
}

/** Takes a resource from what it is to what is wanted, by an Update; does nothing where nothing changed. */
export async function updateResource(
  operation: Operation,
  before: LiveResource,
  wanted: WantedResource,
  phase: 'update' | 'rollback',
  signal: AbortSignal,
): Promise<ActionResult> {
  const { liveCode } = operation.settings;
  if (isUnchanged(before, wanted)) {
    const { physicalId, attributes } = before;
    const writtenFor = writtenForBoth(before.writtenFor, wanted.writtenFor);
    liveCode?.isStill(wanted.logicalId, writtenFor);
    const still: LiveResource = { ...wanted, writtenFor, physicalId, attributes, createFailed: false };
    // The same asset may lie in another assembly now, and the one it was taken from may go.
    if (before.codePath !== wanted.codePath) await putNative(operation, still);
    operation.resources.live.set(wanted.logicalId, still);
    return 'done';
  }
  const result = await update(operation, before, wanted, phase, signal);
  await liveCode?.[result === 'done' ? 'becomes' : 'mayBecome'](wanted.logicalId, wanted.writtenFor);
  return result;
}

async function update(
  operation: Operation,
  before: LiveResource,
  wanted: WantedResource,
  phase: 'update' | 'rollback',
  signal: AbortSignal,
): Promise<ActionResult> {
  const { account, resources, emit } = operation;
  const { logicalId, type, properties } = wanted;
  const { physicalId, attributes } = before;
  const after: LiveResource = { ...wanted, physicalId, attributes, createFailed: false };
  /** Where nothing was tried, there is nothing that had to be rolled back. */
  const refuse = (reason: string): ActionResult => {
    emit(before, 'UPDATE_FAILED', reason);
    return 'failed';
  };
  if (before.type !== type) return refuse(`Update of resource type is not permitted: ${before.type} to ${type}`);
  const played = isPlayed(operation, wanted);
  if (played && before.properties.ServiceToken !== properties.ServiceToken)
    return refuse('Modifying service token is not allowed.');

  /** What a failed update leaves: the resource as it was tried, so that the rollback has something to roll back. */
  const fail = (reason: string, answeredId = physicalId): ActionResult => {
    // In a rollback the properties to come from stay the failed update's, for `continueUpdateRollback` to try again.
    if (phase === 'update') resources.live.set(logicalId, { ...after, physicalId: answeredId });
    return refuse(reason);
  };

  const finish = (updated: LiveResource): ActionResult => {
    if (updated.physicalId !== physicalId) {
      if (!operation.rollback) {
        return fail('Replacement type updates not supported on stack with disable-rollback.', updated.physicalId);
      }
      // Its predecessor in `stable` is deleted by the clean-up; any other would be forgotten.
      if (resources.stable.get(logicalId)?.physicalId !== physicalId) resources.orphans.push(before);
      emit(updated, 'UPDATE_IN_PROGRESS', REPLACED);
    }
    resources.live.set(logicalId, updated);
    emit(updated, 'UPDATE_COMPLETE');
    return 'done';
  };

  emit(before, 'UPDATE_IN_PROGRESS');
  const fault = await strike(operation, logicalId, phase, signal);
  if (fault === 'cancelled') return fail(CANCELLED.update);
  // The function of a custom resource was not called.
  if (fault !== undefined) return played ? refuse(fault.reason) : fail(fault.reason);
  if (!played) {
    const problem = await tryToPut(operation, after);
    if (problem !== undefined) return fail(problem);
    return finish({
      ...after,
      ...(isReplaced(type) && { physicalId: physicalIdFor(account, logicalId, type, properties) }),
    });
  }

  const oldProperties = before.properties;
  const request = { requestType: 'Update', logicalId, type, physicalId, properties, oldProperties } as const;
  const outcome = checkAttributes(wanted, await ask(operation, request, signal));
  if (outcome.kind === 'cancelled') return fail(CANCELLED.update);
  if (outcome.kind === 'failed') return fail(outcome.reason, outcome.physicalId);
  return finish({ ...after, physicalId: outcome.physicalId, attributes: outcome.data });
}

/** Deletes one instance of a resource. */
export async function deleteResource(
  operation: Operation,
  resource: LiveResource,
  policy: string,
  signal: AbortSignal,
): Promise<ActionResult> {
  const result = await remove(operation, resource, policy, signal);
  if (result === 'done' && !operation.resources.live.has(resource.logicalId)) {
    operation.settings.liveCode?.isGone(resource.logicalId);
  }
  return result;
}

async function remove(
  operation: Operation,
  resource: LiveResource,
  policy: string,
  signal: AbortSignal,
): Promise<ActionResult> {
  const { resources, emit } = operation;
  const { logicalId, type, physicalId, properties } = resource;
  const forget = (): ActionResult => {
    if (resources.live.get(logicalId)?.physicalId === physicalId) resources.live.delete(logicalId);
    return 'done';
  };
  if (policy === 'Retain' || policy === 'RetainExceptOnCreate') {
    emit(resource, 'DELETE_SKIPPED');
    return forget();
  }
  emit(resource, 'DELETE_IN_PROGRESS');
  const fault = await strike(operation, logicalId, 'delete', signal);
  const fail = (reason: string): ActionResult => {
    emit(resource, 'DELETE_FAILED', reason);
    return 'failed';
  };
  if (fault !== undefined && fault !== 'cancelled') return fail(fault.reason);
  if (isPlayed(operation, resource)) {
    const request = { requestType: 'Delete', logicalId, type, physicalId, properties } as const;
    const outcome = await ask(operation, request, signal);
    if (outcome.kind !== 'success')
      return fail(outcome.kind === 'failed' ? outcome.reason : 'Resource deletion cancelled');
  } else {
    removeNative(operation, resource);
  }
  emit(resource, 'DELETE_COMPLETE');
  return forget();
}

async function ask(
  operation: Operation,
  request: CustomResourceRequest,
  signal: AbortSignal,
): Promise<CustomResourceOutcome> {
  const call = (): Promise<CustomResourceOutcome> => callCustomResource(operation, request, signal);
  const { liveCode } = operation.settings;
  return liveCode === undefined ? call() : liveCode.during(request, call);
}

/** Whether an update has nothing to do. */
function isUnchanged(before: LiveResource, wanted: WantedResource): boolean {
  return (
    !before.createFailed &&
    before.type === wanted.type &&
    isDeepStrictEqual(stringify(before.properties), stringify(wanted.properties))
  );
}

/** Whether a resource's function is called. All else succeeds at once. */
export function isPlayed({ settings }: Operation, { type, properties, isActive }: WantedResource): boolean {
  return (
    isActive &&
    (type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource') &&
    !settings.notPlayed.has(type) &&
    settings.cloud.function(textOf(properties.ServiceToken)) !== undefined
  );
}

async function tryToPut(operation: Operation, resource: LiveResource): Promise<string | undefined> {
  try {
    await putNative(operation, resource);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** An answer without a key that the template reads fails the resource, though its function said SUCCESS. */
function checkAttributes({ attributesRead }: WantedResource, outcome: CustomResourceOutcome): CustomResourceOutcome {
  if (outcome.kind !== 'success') return outcome;
  const missing = attributesRead.find((attribute) => outcome.data[attribute] === undefined);
  if (missing === undefined) return outcome;
  return {
    kind: 'failed',
    physicalId: outcome.physicalId,
    reason: `CustomResource attribute error: Vendor response doesn't contain ${missing} key in object`,
  };
}
