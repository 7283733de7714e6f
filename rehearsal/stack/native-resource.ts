import { ENVIRONMENT } from '../../lambda/contract';
import { attributeFor } from '../template/attributes';
import { invokeConfigOf, ruleOf } from '../function/cloud';
import type { Operation } from './context';
import { functionConfigurationOf } from '../function/function-configuration';
import { textOf } from '../template/json';
import type { LiveResource } from './stack-types';

/** Makes a resource's properties take effect, where it is one that does something in a rehearsal. */
export async function putNative(operation: Operation, resource: LiveResource): Promise<void> {
  if (!resource.isActive) return;
  const { cloud } = operation.settings;
  switch (resource.type) {
    case 'AWS::Lambda::Function':
      await putFunction(operation, resource);
      return;
    case 'AWS::Events::Rule': {
      const rule = ruleOf(resource.properties);
      if (rule === undefined) cloud.removeRule(resource.physicalId);
      else cloud.putRule(resource.physicalId, rule);
      return;
    }
    case 'AWS::Lambda::EventInvokeConfig':
      cloud.putInvokeConfig(textOf(resource.properties.FunctionName), invokeConfigOf(resource.properties));
      return;
    default:
  }
}

/** The reverse of {@link putNative}. */
export function removeNative(operation: Operation, resource: LiveResource): void {
  if (!resource.isActive) return;
  const { cloud } = operation.settings;
  switch (resource.type) {
    case 'AWS::Lambda::Function':
      cloud.removeFunction(arnOf(operation, resource));
      return;
    case 'AWS::Events::Rule':
      cloud.removeRule(resource.physicalId);
      return;
    case 'AWS::Lambda::EventInvokeConfig':
      cloud.removeInvokeConfig(textOf(resource.properties.FunctionName));
      return;
    default:
  }
}

async function putFunction(operation: Operation, resource: LiveResource): Promise<void> {
  const { settings } = operation;
  const configuration = await functionConfigurationOf({
    name: resource.physicalId,
    arn: arnOf(operation, resource),
    properties: resource.properties,
    codePath: resource.codePath,
    scratchFolder: settings.scratchFolder,
    timeoutMs: settings.functionTimeoutMs,
  });
  if (configuration === undefined) return;
  const functionSettings = settings.functionSettings(configuration.variables);
  const database = { ...configuration.variables, ...functionSettings.variables }[ENVIRONMENT.database];
  // The cluster or instance comes with its database; here that name is only known to the function that works on it.
  if (database !== undefined) await settings.createDatabase(database);
  if (database !== undefined)
    await settings.liveCode?.knowFunction(configuration.arn, database, configuration.codeFolder);
  settings.cloud.putFunction(configuration, functionSettings);
}

function arnOf({ account, settings }: Operation, resource: LiveResource): string {
  return textOf(attributeFor(account, resource, 'Arn', settings.database));
}
