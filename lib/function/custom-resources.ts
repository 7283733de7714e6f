import { randomUUID } from 'node:crypto';
import { type CfnResource, CustomResource, Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { RELEASE_TYPE, type ReleaseProperties, RESOURCE_TYPE, type ResourceProperties } from '../../lambda/contract';
import { versionOf } from '../../lambda/manifest/manifest';
import { type AuroraMigrationsProps, OnDelete, OnRemoved, OutOfOrder } from '../aurora-migrations-props';
import type { DatabaseTargetConfig } from '../database/database-target-config';
import type { MigrationSet } from '../source/migration-source';
import { letUsersWait } from '../stack/value-users';
import { keepDeletable } from './deletion-policy';

/** Longest time that CloudFormation waits for a custom resource: two more attempts of 15 minutes fit into it. */
const SERVICE_TIMEOUT = Duration.hours(1);

/** What a release is made of. */
export interface ReleaseContent {
  readonly props: AuroraMigrationsProps;
  readonly migrations: MigrationSet;
  readonly database: DatabaseTargetConfig;
}

/** The custom resources of a release. */
export interface CustomResources {
  readonly resource: CustomResource;
  /** There as long as its release is. The application waits for it. */
  readonly release: CustomResource;
  /** Runs what has the phase contract; undefined where nothing has. */
  readonly contract: CustomResource | undefined;
}

/** Makes the custom resources, and has each wait for those before it. */
export function customResources(scope: Construct, handler: lambda.IFunction, content: ReleaseContent): CustomResources {
  const properties = propertiesFor(content);
  const resource = customResource(scope, 'Resource', RESOURCE_TYPE, handler, properties);
  const { logicalId } = resource.node.defaultChild as CfnResource;
  const { Digest, Database } = properties;
  const ofRelease = { Digest, Database, ReleaseOf: logicalId };
  const release = customResource(scope, releaseId(properties), RELEASE_TYPE, handler, ofRelease);
  release.node.addDependency(resource);
  // Where its code may be live before its release is noted, a rollback would revert under that code.
  letUsersWait(resource.node.defaultChild as CfnResource, release.node.defaultChild as CfnResource);
  const contracts = content.migrations.manifest.migrations.some(({ phase }) => phase === 'contract');
  if (!contracts) return { resource, release, contract: undefined };
  const contract = customResource(scope, 'Contract', RESOURCE_TYPE, handler, { ...properties, ContractOf: logicalId });
  contract.node.addDependency(resource, release);
  return { resource, release, contract };
}

/** A custom resource that the function answers for. */
function customResource(
  scope: Construct,
  id: string,
  resourceType: string,
  handler: lambda.IFunction,
  properties: ResourceProperties | ReleaseProperties,
): CustomResource {
  const resource = new CustomResource(scope, id, {
    resourceType,
    // The unqualified ARN, for ever: CloudFormation refuses to change it, and a version's ARN changes with the code.
    serviceToken: handler.functionArn,
    serviceTimeout: SERVICE_TIMEOUT,
    properties: { ...properties },
  });
  keepDeletable(resource);
  return resource;
}

/**
 * The id of the resource of a release, another one for each. CloudFormation creates the new one before the application is
 * updated, and deletes the old one once all of the update has succeeded, or the new one once all of it is back: so the
 * function is told how an update ends, in order, and is waited for. `lambda.Version` has its ids in the same way.
 */
function releaseId({ Digest }: ResourceProperties): string {
  return `Release${Digest.slice('v1:'.length, 'v1:'.length + 12)}`;
}

/** What the resources that run migrations tell the function. */
function propertiesFor({ props, migrations: { manifest }, database }: ReleaseContent): ResourceProperties {
  return {
    Digest: manifest.digest,
    Version: versionOf(manifest),
    Count: String(manifest.migrations.length),
    Database: database.identity,
    Checksum: manifest.checksum,
    OnDelete: props.onDelete ?? OnDelete.RETAIN,
    OnRemoved: props.onRemoved ?? OnRemoved.FAIL,
    OutOfOrder: props.outOfOrder ?? OutOfOrder.ALLOW,
    ...(props.runOnEveryUpdate === true && { Nonce: randomUUID() }),
  };
}
