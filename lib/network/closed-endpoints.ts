import { type CfnResource, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { FunctionPlacement } from './function-placement';
import { endpointsFor, isGateway, resourcesOfApp } from './network-gaps';
import type { CalledService } from './network-needs';
import { resolvesAlike } from '../stack/synth-time-dependency';

/**
 * The endpoints that take over the function's calls, also where there is NAT, and whose groups have no rule that could let it
 * in. Only of groups that are made in this app: which rules an imported one has nobody knows. Not those for S3, beside which
 * there may be a gateway endpoint.
 */
export function closedEndpoints(
  scope: Construct,
  { vpc, securityGroups }: FunctionPlacement,
  services: readonly CalledService[],
): readonly ec2.CfnVPCEndpoint[] {
  const resources = resourcesOfApp(scope);
  const ours = securityGroups.map((group) => group.securityGroupId);
  return services
    .flatMap((service) => (service === 's3' ? [] : endpointsFor(service, vpc, resources)))
    .filter((endpoint) => !isGateway(endpoint) && isClosed(endpoint, ours, resources));
}

function isClosed(endpoint: ec2.CfnVPCEndpoint, ours: readonly string[], resources: readonly CfnResource[]): boolean {
  const ids: readonly unknown[] = endpoint.securityGroupIds ?? [];
  return (
    ids.length > 0 &&
    ids.every((id) => {
      const group = resources.find(
        (resource): resource is ec2.CfnSecurityGroup =>
          ec2.CfnSecurityGroup.isCfnSecurityGroup(resource) && resolvesAlike(endpoint, resource.attrGroupId, id),
      );
      return group !== undefined && !hasOwnRule(group) && !resources.some((rule) => letsIn(rule, id, ours));
    })
  );
}

/** For addresses, which the function's may be among. */
function hasOwnRule(group: ec2.CfnSecurityGroup): boolean {
  const rules: unknown = Stack.of(group).resolve(group.securityGroupIngress);
  return Array.isArray(rules) && rules.length > 0;
}

function letsIn(rule: CfnResource, groupId: unknown, ours: readonly string[]): boolean {
  if (!ec2.CfnSecurityGroupIngress.isCfnSecurityGroupIngress(rule) || !resolvesAlike(rule, rule.groupId, groupId)) {
    return false;
  }
  const { sourceSecurityGroupId } = rule;
  return sourceSecurityGroupId === undefined || ours.some((id) => resolvesAlike(rule, sourceSecurityGroupId, id));
}
