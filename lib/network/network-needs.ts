import type { CfnResource } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { IConstruct, IDependable } from 'constructs';
import type { DatabaseTargetConfig } from '../database/database-target-config';
import type { FunctionPlacement } from './function-placement';
import { resolved, resolvesAlike, resourcesBeside, synthTimeDependency } from '../stack/synth-time-dependency';

/** A service that the function calls, as the names of VPC endpoints have it. */
export type CalledService = 's3' | 'secretsmanager' | 'rds';

/**
 * The resources without which the function cannot reach the database, its secret or CloudFormation: routes and network
 * ACLs of its subnets, VPC endpoints, security group rules.
 *
 * Nothing in the template refers to them, so without this CloudFormation may make them after the custom resource, or
 * delete them before it. The function then hangs, and the stack with it for an hour.
 */
export function networkNeeds(
  scope: IConstruct,
  placement: FunctionPlacement,
  database: DatabaseTargetConfig,
  services: readonly CalledService[],
): IDependable {
  const ourGroups = placement.securityGroups;
  const otherGroups = database.connections.securityGroups;
  return synthTimeDependency(() => {
    const resources = resourcesBeside(scope, placement.vpc, ...ourGroups, ...otherGroups);
    const endpoints = resources.filter((resource) => isNeededEndpoint(resource, placement.vpc, services));
    const groupsBeyond = [
      ...otherGroups.map((group) => group.securityGroupId),
      ...endpoints.flatMap((endpoint) => endpoint.securityGroupIds ?? []),
    ];
    return [
      ...endpoints,
      ...routing(resources, placement),
      ...resources.filter((resource) =>
        isNeededRule(
          resource,
          ourGroups.map((group) => group.securityGroupId),
          groupsBeyond,
        ),
      ),
    ];
  });
}

/**
 * Endpoints of the VPC for the services that the function calls. Not all: an endpoint for the application's own
 * service may well wait for the application, and that for us.
 */
function isNeededEndpoint(
  resource: CfnResource,
  vpc: ec2.IVpc,
  services: readonly CalledService[],
): resource is ec2.CfnVPCEndpoint {
  return isEndpointFor(resource, services) && resolvesAlike(resource, resource.vpcId, vpc.vpcId);
}

/** Whether a resource is a VPC endpoint for one of some services, such as `s3`. */
export function isEndpointFor(
  resource: CfnResource,
  services: readonly CalledService[],
): resource is ec2.CfnVPCEndpoint {
  if (!ec2.CfnVPCEndpoint.isCfnVPCEndpoint(resource)) return false;
  const name = resolved(resource, resource.serviceName) ?? '';
  return services.some((service) => name.includes(`.${service}"`));
}

function routing(resources: readonly CfnResource[], placement: FunctionPlacement): CfnResource[] {
  const isOurSubnet = (resource: CfnResource, subnetId: unknown): boolean =>
    placement.subnets.subnetIds.some((id) => resolvesAlike(resource, subnetId, id));
  const tables = resources.filter(
    (resource): resource is ec2.CfnSubnetRouteTableAssociation =>
      ec2.CfnSubnetRouteTableAssociation.isCfnSubnetRouteTableAssociation(resource) &&
      isOurSubnet(resource, resource.subnetId),
  );
  const acls = resources.filter(
    (resource): resource is ec2.CfnSubnetNetworkAclAssociation =>
      ec2.CfnSubnetNetworkAclAssociation.isCfnSubnetNetworkAclAssociation(resource) &&
      isOurSubnet(resource, resource.subnetId),
  );
  const routes = resources.filter(
    (resource) =>
      ec2.CfnRoute.isCfnRoute(resource) &&
      tables.some((table) => resolvesAlike(resource, resource.routeTableId, table.routeTableId)),
  );
  const entries = resources.filter(
    (resource) =>
      ec2.CfnNetworkAclEntry.isCfnNetworkAclEntry(resource) &&
      acls.some((acl) => resolvesAlike(resource, resource.networkAclId, acl.networkAclId)),
  );
  return [...tables, ...acls, ...routes, ...entries];
}

/**
 * Rules that let us out to, and into, the database and the endpoints: between our groups and theirs, and their rules
 * for addresses. Not every rule of their groups: one that lets the application in refers to the application's group,
 * which with `executeBefore` waits for us.
 */
export function isNeededRule(resource: CfnResource, ours: readonly string[], theirs: readonly string[]): boolean {
  const isOneOf = (groups: readonly string[], id: unknown): boolean =>
    groups.some((group) => resolvesAlike(resource, id, group));
  if (ec2.CfnSecurityGroupIngress.isCfnSecurityGroupIngress(resource)) {
    return isOneOf(theirs, resource.groupId) && (isAddress(resource) || isOneOf(ours, resource.sourceSecurityGroupId));
  }
  if (ec2.CfnSecurityGroupEgress.isCfnSecurityGroupEgress(resource)) {
    return (
      isOneOf(ours, resource.groupId) && (isAddress(resource) || isOneOf(theirs, resource.destinationSecurityGroupId))
    );
  }
  return false;
}

function isAddress(rule: { readonly cidrIp?: string; readonly cidrIpv6?: string }): boolean {
  return rule.cidrIp !== undefined || rule.cidrIpv6 !== undefined;
}
