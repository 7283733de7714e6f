import { CfnResource } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { FunctionPlacement } from './function-placement';
import { type CalledService, isEndpointFor } from './network-needs';
import { isOn, resolvesAlike } from '../stack/synth-time-dependency';

/** What of the function's way to a service is missing. */
export interface NetworkGap {
  readonly service: CalledService;
  /** The function's subnets from which there is no way. */
  readonly subnets: readonly ec2.ISubnet[];
  /** `unknown`: the subnets are imported; there is no way by NAT, and endpoints of other stacks cannot be seen. */
  readonly certainty: 'missing' | 'unknown';
}

/** Where a call from a subnet to an address outside of the VPC gets. `unknown` only where the subnet is imported. */
type Way = 'outside' | 'inside' | 'unknown';

/** The services that the function has no way to, as far as this app shows. */
export function networkGaps(
  scope: Construct,
  { vpc, subnets }: FunctionPlacement,
  services: readonly CalledService[],
): readonly NetworkGap[] {
  const resources = resourcesOfApp(scope);
  const ways = subnets.subnets.map((subnet) => ({ subnet, way: wayOut(subnet, vpc, resources) }));
  return services.flatMap((service): NetworkGap[] => {
    const endpoints = endpointsFor(service, vpc, resources);
    const cut = ways.filter(
      ({ subnet, way }) => way !== 'outside' && !endpoints.some((endpoint) => serves(endpoint, subnet)),
    );
    if (cut.length === 0) return [];
    const certainty = cut.some(({ way }) => way === 'inside') ? 'missing' : 'unknown';
    return [{ service, subnets: cut.map(({ subnet }) => subnet), certainty }];
  });
}

/** All of the app: an endpoint may stand in any of its stacks. */
export function resourcesOfApp(scope: Construct): readonly CfnResource[] {
  return scope.node.root.node.findAll().filter((node) => CfnResource.isCfnResource(node));
}

/** The VPC's endpoints for a service that calls go through by themselves: by a route, or by the service's own name. */
export function endpointsFor(
  service: CalledService,
  vpc: ec2.IVpc,
  resources: readonly CfnResource[],
): readonly ec2.CfnVPCEndpoint[] {
  return resources.filter(
    (resource): resource is ec2.CfnVPCEndpoint =>
      ec2.CfnVPCEndpoint.isCfnVPCEndpoint(resource) &&
      isEndpointFor(resource, [service]) &&
      resolvesAlike(resource, resource.vpcId, vpc.vpcId) &&
      (isGateway(resource) || isOn(resource, resource.privateDnsEnabled)),
  );
}

/** Whether a call from a subnet gets to the endpoint. */
export function serves(endpoint: ec2.CfnVPCEndpoint, subnet: ec2.ISubnet): boolean {
  const { routeTableId } = subnet.routeTable;
  return (
    !isGateway(endpoint) ||
    (endpoint.routeTableIds ?? []).some((id: unknown) => resolvesAlike(endpoint, id, routeTableId))
  );
}

export function isGateway(endpoint: ec2.CfnVPCEndpoint): boolean {
  // The service's default where the type is left out.
  return (endpoint.vpcEndpointType ?? 'Gateway') === 'Gateway';
}

function wayOut(subnet: ec2.ISubnet, vpc: ec2.IVpc, resources: readonly CfnResource[]): Way {
  const isIsolated = vpc.isolatedSubnets.some(({ subnetId }) => resolvesAlike(subnet, subnetId, subnet.subnetId));
  if (!CfnResource.isCfnResource(subnet.node.defaultChild)) return isIsolated ? 'unknown' : 'outside';
  const hasRoute = resources.some(
    (resource) =>
      ec2.CfnRoute.isCfnRoute(resource) &&
      // Not that for IPv6: the addresses of S3's answers and of Secrets Manager are of version 4.
      resource.destinationCidrBlock === '0.0.0.0/0' &&
      resolvesAlike(resource, resource.routeTableId, subnet.routeTable.routeTableId),
  );
  return hasRoute ? 'outside' : 'inside';
}
