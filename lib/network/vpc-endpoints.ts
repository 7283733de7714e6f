import { Aws, Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { DatabaseTargetConfig } from '../database/database-target-config';
import type { FunctionPlacement } from './function-placement';
import { endpointsFor, isGateway, networkGaps, resourcesOfApp, serves } from './network-gaps';
import type { CalledService } from './network-needs';
import { calledServices } from './network-warnings';
import { openWay } from './open-way';
import { answersToCloudFormation } from './answers-to-cloudformation';
import type { SnapshotAccess } from '../function/snapshot-access';
import { resolvesAlike } from '../stack/synth-time-dependency';
import { ValidationError } from '../validation-error';

/**
 * Adds the VPC endpoints that the function lacks, and lets it in. All constructs of a stack that are in one VPC share
 * them: each service has one endpoint, whichever construct came first or is taken out.
 */
export function addMissingEndpoints(
  scope: Construct,
  placement: FunctionPlacement,
  database: DatabaseTargetConfig,
  snapshots: SnapshotAccess | undefined,
): void {
  const stack = Stack.of(scope);
  forbidOtherStack(scope, placement.vpc);
  const existing = stack.node.children.find((child) => child instanceof VpcEndpoints && child.isOf(placement.vpc)) as
    VpcEndpoints | undefined;
  const gaps = networkGaps(scope, placement, calledServices(database, snapshots));
  if (existing === undefined && gaps.length === 0) return;
  const endpoints = existing ?? new VpcEndpoints(stack, `MigrationsEndpoints${nameOf(placement.vpc)}`, placement);
  for (const { service, subnets } of gaps) {
    if (service === 's3') endpoints.addS3(scope, subnets);
    else endpoints.addInterface(service);
  }
  if (database.secret !== undefined) endpoints.letIn('secretsmanager', placement, readingOf(database.secret));
  if (snapshots !== undefined) endpoints.letIn('rds', placement, throughEndpoint(snapshots.statement));
}

/**
 * By an id that is known, an imported VPC keeps its endpoints where its construct is called otherwise: new ones could not be
 * made beside them, since a VPC has each service's name once.
 */
function nameOf({ vpcId, node }: ec2.IVpc): string {
  return Token.isUnresolved(vpcId) ? node.addr : vpcId;
}

/** Endpoints of another stack are for its own functions, and nothing makes CloudFormation deploy that stack first. */
function forbidOtherStack(scope: Construct, vpc: ec2.IVpc): void {
  const stack = Stack.of(scope);
  const resources = resourcesOfApp(scope);
  const services = ['s3', 'secretsmanager', 'rds'] as const;
  const theirs = services
    .flatMap((service) => endpointsFor(service, vpc, resources))
    .find(
      (endpoint) =>
        Stack.of(endpoint) !== stack && endpoint.node.scopes.some((around) => around instanceof VpcEndpoints),
    );
  if (theirs === undefined) return;
  throw new ValidationError(
    scope,
    'endpoints-in-other-stack',
    `addEndpoints of another stack has added ${theirs.node.path} to the same VPC, for its own function: leave addEndpoints out of both and add the endpoints in the stack of the VPC`,
  );
}

/** Services with an endpoint that has addresses in the subnets. */
type InterfaceService = Exclude<CalledService, 's3'>;

const INTERFACES: Readonly<
  Record<InterfaceService, { readonly id: string; readonly service: ec2.InterfaceVpcEndpointAwsService }>
> = {
  secretsmanager: { id: 'SecretsManager', service: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER },
  rds: { id: 'Rds', service: ec2.InterfaceVpcEndpointAwsService.RDS },
};

/** The endpoints of one VPC that one stack adds. */
class VpcEndpoints extends Construct {
  private s3?: ec2.GatewayVpcEndpoint;
  private readonly interfaces = new Map<InterfaceService, ec2.InterfaceVpcEndpoint>();
  private readonly vpc: ec2.IVpc;

  constructor(
    scope: Construct,
    id: string,
    private readonly placement: FunctionPlacement,
  ) {
    super(scope, id);
    this.vpc = placement.vpc;
  }

  /** Not only of the same construct: an imported VPC may have several. */
  isOf(vpc: ec2.IVpc): boolean {
    return resolvesAlike(this, this.vpc.vpcId, vpc.vpcId);
  }

  /** Only for subnets without a way to S3: where there is one, others use it for more than answers to CloudFormation. */
  addS3(user: Construct, subnets: readonly ec2.ISubnet[]): void {
    const tables = subnets.map((subnet) => {
      const { routeTableId } = subnet.routeTable as { readonly routeTableId?: string };
      if (routeTableId !== undefined) return routeTableId;
      throw new ValidationError(
        user,
        'route-table-unknown',
        `addEndpoints needs the route table of ${subnet.node.path}: import the VPC with Vpc.fromLookup, or give the route tables to Vpc.fromVpcAttributes`,
      );
    });
    if (this.s3 === undefined) {
      this.s3 = new ec2.GatewayVpcEndpoint(this, 'S3', {
        vpc: this.vpc,
        service: ec2.GatewayVpcEndpointAwsService.S3,
        subnets: [{ subnets: [...subnets] }],
      });
      this.s3.addToPolicy(answersToCloudFormation());
      this.forbidAnother('s3', this.s3);
    } else {
      const resource = this.s3.node.defaultChild as ec2.CfnVPCEndpoint;
      resource.routeTableIds = [...new Set([...(resource.routeTableIds ?? []), ...tables])];
    }
  }

  addInterface(service: InterfaceService): void {
    if (this.interfaces.has(service)) return;
    const endpoint = new ec2.InterfaceVpcEndpoint(this, INTERFACES[service].id, {
      vpc: this.vpc,
      service: INTERFACES[service].service,
      subnets: this.placement.vpcSubnets,
      open: this.isShared,
    });
    if (this.isShared) endpoint.addToPolicy(callsOfThisAccount(service));
    this.forbidAnother(service, endpoint);
    this.interfaces.set(service, endpoint);
  }

  /** @param calls what passes where the endpoint is for our functions only */
  letIn(service: InterfaceService, { securityGroups }: FunctionPlacement, calls: iam.PolicyStatement): void {
    const endpoint = this.interfaces.get(service);
    if (endpoint === undefined) return;
    openWay(this, securityGroups, endpoint, ec2.Port.tcp(443));
    if (!this.isShared) endpoint.addToPolicy(calls);
  }

  /**
   * Whether others in the VPC may call the same services too, over the internet. An endpoint takes their calls over, so it
   * must let them in.
   */
  private get isShared(): boolean {
    return this.vpc.publicSubnets.length + this.vpc.privateSubnets.length > 0;
  }

  /** One that the user adds in a later line would fail in the deployment, half-way. */
  private forbidAnother(service: CalledService, endpoint: ec2.GatewayVpcEndpoint | ec2.InterfaceVpcEndpoint): void {
    const own = endpoint.node.defaultChild as ec2.CfnVPCEndpoint;
    endpoint.node.addValidation({
      validate: () => {
        const others = endpointsFor(service, this.vpc, resourcesOfApp(this)).filter(
          (other) => other !== own && isGateway(other) === isGateway(own) && this.overlaps(own, other),
        );
        return others.map(
          (other) =>
            `addEndpoints adds an endpoint for ${service} that ${other.node.path} is for already: add that before AuroraMigrations, or leave addEndpoints out (endpoint-twice)`,
        );
      },
    });
  }

  private overlaps(own: ec2.CfnVPCEndpoint, other: ec2.CfnVPCEndpoint): boolean {
    const subnets = [...this.vpc.isolatedSubnets, ...this.vpc.privateSubnets, ...this.vpc.publicSubnets];
    return subnets.some((subnet) => serves(own, subnet) && serves(other, subnet));
  }
}

/** Lets the reading of one secret through an endpoint for Secrets Manager. */
export function readingOf(secret: secretsmanager.ISecret): iam.PolicyStatement {
  return new iam.PolicyStatement({
    // What each caller may read is said by its own role.
    principals: [new iam.AnyPrincipal()],
    actions: ['secretsmanager:GetSecretValue'],
    // An ARN that was made from a name lacks the six characters at its end.
    resources: [secret.secretFullArn ?? `${secret.secretArn}-??????`],
  });
}

/**
 * What a role may do, for the policy of an endpoint: what each caller may is said by its own role. Not a copy, which would
 * keep the statement's id: in a policy an id may be there only once, and several constructs share the endpoint.
 */
function throughEndpoint({ actions, resources }: iam.PolicyStatement): iam.PolicyStatement {
  return new iam.PolicyStatement({ principals: [new iam.AnyPrincipal()], actions, resources });
}

function callsOfThisAccount(service: InterfaceService): iam.PolicyStatement {
  return new iam.PolicyStatement({
    principals: [new iam.AnyPrincipal()],
    actions: [`${service}:*`],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID } },
  });
}
