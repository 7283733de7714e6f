import { Annotations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { DatabaseTargetConfig } from '../database/database-target-config';
import { ValidationError } from '../validation-error';

/** Where the user wants the function; what is left out follows the database. */
export interface PlacementOptions {
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** Where the function stands in the network. */
export interface FunctionPlacement {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SelectedSubnets;
  readonly vpcSubnets: ec2.SubnetSelection;
  readonly securityGroups: ec2.ISecurityGroup[];
}

/** Chooses VPC, subnets and security groups of the function, and opens the way to the database. */
export function placeFunction(
  scope: Construct,
  database: DatabaseTargetConfig,
  options: PlacementOptions,
): FunctionPlacement {
  const vpc = options.vpc ?? database.vpc;
  if (vpc === undefined) {
    throw new ValidationError(
      scope,
      'vpc-unknown',
      'the VPC of an imported database is not known: give it as vpc, for instance ec2.Vpc.fromLookup(this, "Vpc", { vpcId })',
    );
  }
  const vpcSubnets =
    options.vpcSubnets ?? chooseSubnets(scope, vpc, vpc === database.vpc ? database.vpcSubnets : undefined);
  const given = options.securityGroups ?? [];
  const securityGroups = given.length > 0 ? given : [ownSecurityGroup(scope, vpc, database)];
  // From our side and not cluster.connections.allowFrom(): where the database stands in another stack, its rule is then
  // made in our stack, and not in its own, which would wait for ours while ours waits for it.
  new ec2.Connections({ securityGroups }).allowToDefaultPort(database, 'migrations');
  return { vpc, subnets: vpc.selectSubnets(vpcSubnets), vpcSubnets, securityGroups };
}

/**
 * The database's own subnets, where a way to it certainly is. Never public ones: a function gets no public address, so
 * it would reach nothing outside its VPC from there. Then private ones, then isolated ones.
 */
function chooseSubnets(
  scope: Construct,
  vpc: ec2.IVpc,
  preferred: ec2.SubnetSelection | undefined,
): ec2.SubnetSelection {
  if (preferred !== undefined && !vpc.selectSubnets(preferred).hasPublic) {
    return preferred;
  }
  if (vpc.privateSubnets.length > 0) {
    return { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
  }
  if (vpc.isolatedSubnets.length > 0) {
    return { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
  }
  throw new ValidationError(
    scope,
    'subnets-unknown',
    `the VPC ${vpc.node.path} has public subnets only, from which a function reaches nothing outside: add private or isolated subnets, or give others as vpcSubnets`,
  );
}

/** Outwards only the database and HTTPS: Secrets Manager, and S3 for the answer to CloudFormation. */
function ownSecurityGroup(scope: Construct, vpc: ec2.IVpc, database: DatabaseTargetConfig): ec2.SecurityGroup {
  const group = new ec2.SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: 'Function that applies the database migrations',
    allowAllOutbound: false,
  });
  group.addEgressRule(
    ec2.Peer.anyIpv4(),
    ec2.Port.tcp(443),
    'Secrets Manager, and S3 for the answer to CloudFormation',
  );
  const port = database.connections.defaultPort;
  if (database.connections.securityGroups.length === 0 && port !== undefined) {
    group.addEgressRule(ec2.Peer.anyIpv4(), port, 'database whose security group is not known');
    Annotations.of(scope).addWarningV2(
      'cdk-aurora-migrations:database-security-group-unknown',
      'the security groups of the imported database are not known, so it was not opened for the function: give them as securityGroups where it is imported, or allow the database port from connections of this construct',
    );
  }
  return group;
}
