import { attributeFor } from '../template/attributes';
import type { Operation } from './context';
import { messageOf } from '../error-facts';
import { attributesRead, dependenciesOf, refuseCircles } from '../template/graph';
import { activeResources } from '../template/active-resources';
import { evaluate, holds, type Scope } from '../template/intrinsics';
import { runInOrder } from './ordered-run';
import { createResource, updateResource, type ActionResult, type WantedResource } from './resource-actions';
import type { Json, JsonObject } from '../template/json';
import type { LiveResource } from './stack-types';
import { writtenFor } from './written-for';
import { assetPath, type ResourceDefinition, type Template } from '../template/template';

/** What a forward run did. */
export interface ForwardRun {
  readonly failedToCreate: readonly string[];
  readonly failedToUpdate: readonly string[];
  /** Resources that the new template does not have any more. */
  readonly removed: readonly string[];
}

/** What all resources are brought to. */
interface Wanted {
  readonly template: Template;
  readonly scope: Scope;
  /** Resources that are played; undefined for all. */
  readonly active: ReadonlySet<string> | undefined;
}

/** Takes all resources to what the template wants: the forward part of a creation or an update. */
export async function moveForward(
  operation: Operation,
  template: Template,
  cancel: AbortController,
): Promise<ForwardRun> {
  const { resources } = operation;
  const scope = scopeOf(operation, template);
  const { only } = operation.settings;
  const active = only === undefined ? undefined : activeResources(template.body, only);
  const definitions = wantedDefinitions(template, scope);
  const nodes = [...definitions].map(([id, definition]) => ({
    id,
    after: dependenciesOf(definition, (name) => definitions.has(name)),
  }));
  refuseCircles(nodes);

  const creating = new Set([...definitions.keys()].filter((id) => resources.live.get(id)?.createFailed !== false));
  const { failed } = await runInOrder(
    nodes,
    (id, signal) => bring(operation, { template, scope, active }, id, signal),
    operation.rollback ? 'cancel-others' : 'finish-others',
    cancel,
  );
  return {
    failedToCreate: failed.filter((id) => creating.has(id)),
    failedToUpdate: failed.filter((id) => !creating.has(id)),
    removed: [...resources.live.keys()].filter((id) => !definitions.has(id)),
  };
}

/** Evaluates a template's outputs with the resources as they are. */
export function outputsOf(operation: Operation, template: Template): Readonly<Record<string, Json>> {
  const scope = scopeOf(operation, template);
  const outputs: Record<string, Json> = {};
  for (const [name, { Value: value, Condition: condition }] of Object.entries(template.body.Outputs ?? {})) {
    if (condition !== undefined && !holds(condition, scope)) continue;
    outputs[name] = evaluate(value, scope) ?? '';
  }
  return outputs;
}

async function bring(operation: Operation, to: Wanted, logicalId: string, signal: AbortSignal): Promise<ActionResult> {
  const definition = to.template.body.Resources[logicalId];
  if (definition === undefined) throw new Error(`no resource ${logicalId}`);
  const before = operation.resources.live.get(logicalId);
  let wanted: WantedResource;
  try {
    wanted = want(to, logicalId, definition, operation.resources.live);
  } catch (error) {
    const subject = { logicalId, type: definition.Type, physicalId: before?.physicalId };
    operation.emit(subject, before === undefined ? 'CREATE_FAILED' : 'UPDATE_FAILED', messageOf(error));
    return 'failed';
  }
  return before === undefined || before.createFailed
    ? createResource(operation, wanted, signal)
    : updateResource(operation, before, wanted, 'update', signal);
}

function want(
  { template, scope, active }: Wanted,
  logicalId: string,
  definition: ResourceDefinition,
  live: ReadonlyMap<string, LiveResource>,
): WantedResource {
  const properties = evaluate(definition.Properties ?? {}, scope) as JsonObject;
  const code = properties.Code as JsonObject | undefined;
  const { Resources: all, Outputs: outputs = {} } = template.body;
  const after = dependenciesOf(definition, (name) => all[name] !== undefined);
  const isFunction = definition.Type === 'AWS::Lambda::Function';
  return {
    logicalId,
    isActive: active?.has(logicalId) ?? true,
    type: definition.Type,
    properties,
    after,
    writtenFor: isFunction || definition.Type === 'AWS::ECS::Service' ? writtenFor(after, live) : {},
    deletionPolicy: definition.DeletionPolicy ?? 'Delete',
    updateReplacePolicy: definition.UpdateReplacePolicy ?? 'Delete',
    codePath: isFunction ? assetPath(template, definition, code?.S3Key) : undefined,
    attributesRead: definition.Type.startsWith('AWS::')
      ? []
      : attributesRead([all, outputs] as unknown as Json, logicalId),
  };
}

function wantedDefinitions(template: Template, scope: Scope): ReadonlyMap<string, ResourceDefinition> {
  return new Map(
    Object.entries(template.body.Resources).filter(
      ([, { Type: type, Condition: condition }]) =>
        // A loop of a transform has no type.
        (!scope.invents || typeof type === 'string') && (condition === undefined || holds(condition, scope)),
    ),
  );
}

function scopeOf({ account, resources, settings }: Operation, { body }: Template): Scope {
  const invents = settings.only !== undefined;
  const live = (logicalId: string): Pick<LiveResource, 'logicalId' | 'type' | 'physicalId' | 'attributes'> => {
    const resource = resources.live.get(logicalId);
    // Under a condition that does not hold here, or made by a transform.
    if (resource === undefined && invents) return { logicalId, type: '', physicalId: logicalId, attributes: {} };
    if (resource === undefined) throw new Error(`Template error: resource ${logicalId} does not exist`);
    return resource;
  };
  return {
    body,
    invents,
    parameters: settings.parameters,
    pseudoParameters: {
      'AWS::AccountId': account.accountId,
      'AWS::Region': account.region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackId': account.stackId,
      'AWS::StackName': account.stackName,
      'AWS::NotificationARNs': [],
    },
    physicalIdOf: (logicalId) => live(logicalId).physicalId,
    attributeOf: (logicalId, attribute) => {
      const resource = live(logicalId);
      return (
        settings.attributes[`${logicalId}.${attribute}`] ??
        resource.attributes[attribute] ??
        attributeFor(account, resource, attribute, settings.database)
      );
    },
  };
}
