import { type CfnResource, Stack } from 'aws-cdk-lib';

/** What the template says of a resource, once aspects and overrides have changed it. To be asked in a validation. */
export function resolvedResource<Shape>(resource: CfnResource): Partial<Shape> {
  const { Resources } = Stack.of(resource).resolve(resource._toCloudFormation()) as {
    readonly Resources: Readonly<Record<string, Partial<Shape>>>;
  };
  return Object.values(Resources)[0] ?? {};
}
