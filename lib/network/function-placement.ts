import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { DatabaseTargetConfig } from '../database/database-target-config';
import { isMade, openWay } from './open-way';
import { differenceOf } from '../stack/environments';
import { ValidationError } from '../validation-error';
import { warn } from '../warn';

const HTTPS = ec2.Port.tcp(443);

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
  requireReach(scope, vpc, options.vpc !== undefined);
  forbidPublic(scope, vpc, options.vpcSubnets);
  const vpcSubnets =
    options.vpcSubnets ?? chooseSubnets(scope, vpc, vpc === database.vpc ? database.vpcSubnets : undefined);
  const given = options.securityGroups ?? [];
  const securityGroups = given.length > 0 ? given : [ownSecurityGroup(scope, vpc, database)];
  if (!securityGroups.some(({ allowAllOutbound }) => allowAllOutbound)) letOut(scope, securityGroups, database);
  const { defaultPort } = database.connections;
  // Without one, the CDK says so.
  if (defaultPort === undefined) new ec2.Connections({ securityGroups }).allowToDefaultPort(database);
  else openWay(scope, securityGroups, database, defaultPort);
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

/** The CDK refuses them too, and advises a property of functions that ours is not given. */
function forbidPublic(scope: Construct, vpc: ec2.IVpc, given: ec2.SubnetSelection | undefined): void {
  const [first] = given === undefined ? [] : vpc.selectSubnets(given).subnets.filter((each) => isPublic(vpc, each));
  if (first === undefined) return;
  throw new ValidationError(
    scope,
    'subnets-public',
    `vpcSubnets has ${first.node.path}, which is public, and a function reaches nothing outside of the VPC from there: give private or isolated subnets, or leave vpcSubnets out`,
  );
}

function isPublic(vpc: ec2.IVpc, subnet: ec2.ISubnet): boolean {
  return vpc.publicSubnets.includes(subnet);
}

/** Outwards only the database and HTTPS. */
function ownSecurityGroup(scope: Construct, vpc: ec2.IVpc, database: DatabaseTargetConfig): ec2.SecurityGroup {
  const group = new ec2.SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: 'Function that applies the database migrations',
    allowAllOutbound: false,
  });
  if (isUnknown(database)) {
    warn(
      scope,
      'database-security-group-unknown',
      'the security groups of the imported database are not known, so it was not opened for the function: give them as securityGroups where it is imported, or where it is a proxy or known by its secret in the options of DatabaseTarget; or allow the database port from connections of this construct',
    );
  }
  return group;
}

/**
 * Where groups let nothing out by themselves: HTTPS, and to the database where no rule for its groups can be made. Not from
 * imported ones: EC2 refuses a rule that is there already.
 */
function letOut(scope: Construct, groups: readonly ec2.ISecurityGroup[], database: DatabaseTargetConfig): void {
  const made = groups.filter(isMade);
  const port = isUnknown(database) ? database.connections.defaultPort : undefined;
  for (const group of made) {
    group.addEgressRule(ec2.Peer.anyIpv4(), HTTPS, 'Secrets Manager, and S3 for the answer to CloudFormation');
    if (port !== undefined) {
      group.addEgressRule(ec2.Peer.anyIpv4(), port, 'database whose security group is not known');
    }
  }
  if (made.length > 0) return;
  warn(
    scope,
    'way-out-unknown',
    `the security groups ${groups.map(({ node }) => node.path).join(', ')} are imported with allowAllOutbound: false, and which rules they have is not known: they must let HTTPS (443) out, to S3 for the answer to CloudFormation and to Secrets Manager; without it a deployment only fails after minutes. Acknowledge this where they do`,
  );
}

function isUnknown({ connections }: DatabaseTargetConfig): boolean {
  return connections.securityGroups.length === 0 && connections.defaultPort !== undefined;
}

/** A function stands in a VPC of its own region. One of another account may be shared with ours: whoever gives it knows. */
function requireReach(scope: Construct, vpc: ec2.IVpc, isGiven: boolean): void {
  const ours = Stack.of(scope);
  const differing = differenceOf(isGiven ? { account: vpc.env.account, region: ours.region } : ours, vpc.env);
  if (differing === undefined) return;
  throw new ValidationError(
    scope,
    'vpc-elsewhere',
    `the VPC ${vpc.node.path} is in the ${differing}, and a function cannot be put into it from the stack ${ours.node.path}: put the migrations into a stack of the database's account and region; where the networks are peered, give a VPC of this stack's as vpc`,
  );
}
