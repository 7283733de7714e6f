import { randomUUID } from 'node:crypto';
import { CustomResource, Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { ReleaseProperties, ResourceProperties } from '../../lambda/contract';
import { versionOf } from '../../lambda/manifest/manifest';
import { type AuroraMigrationsProps, OnDelete, OnRemoved, OutOfOrder } from '../aurora-migrations-props';
import type { DatabaseTargetConfig } from '../database/database-target-config';
import type { MigrationSet } from '../source/migration-source';
import { keepDeletable } from './deletion-policy';

/** Longest time that CloudFormation waits for a custom resource: two more attempts of 15 minutes fit into it. */
const SERVICE_TIMEOUT = Duration.hours(1);

/** A custom resource that the function answers for. */
export function customResource(
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
export function releaseId({ Digest }: ResourceProperties): string {
  return `Release${Digest.slice('v1:'.length, 'v1:'.length + 12)}`;
}

/** What the resources that run migrations tell the function. */
export function propertiesFor(
  props: AuroraMigrationsProps,
  { manifest }: MigrationSet,
  database: DatabaseTargetConfig,
): ResourceProperties {
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
