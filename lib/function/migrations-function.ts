import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, type IConstruct } from 'constructs';
import { AMAZON_AUTHORITIES, ASSET, ENVIRONMENT, TASK_ROOT } from '../../lambda/contract';
import { acknowledgeFinding } from '../acknowledged-finding';
import { readAuthorities } from '../database/certificate-authorities';
import type { DatabaseTargetConfig } from '../database/database-target-config';
import { FailureAnswer } from './failure-answer';
import { functionAsset } from './function-asset';
import type { FunctionPlacement } from '../network/function-placement';
import type { MigrationSet } from '../source/migration-source';
import { outermostStack } from '../stack/outermost-stack';
import { keepTimeout } from './kept-timeout';
import { keepOwnVariables } from './own-variables';
import { letRead } from './secret-access';
import type { SnapshotAccess } from './snapshot-access';

/** What the function is made of. */
export interface MigrationsFunctionProps {
  readonly database: DatabaseTargetConfig;
  readonly migrations: MigrationSet;
  readonly placement: FunctionPlacement;
  readonly timeout: Duration;
  /** Mebibytes. */
  readonly memorySize: number;
  readonly logGroup?: logs.ILogGroup;
  readonly logRetention?: logs.RetentionDays;
  /** Absent where no snapshot is ever taken. */
  readonly snapshots?: SnapshotAccess;
  /** File with certificates in PEM of authorities that the function trusts besides. */
  readonly certificateAuthorities?: string;
}

/**
 * The one function: it answers the custom resource, hears of the stack's status and takes commands.
 *
 * It has no reserved concurrency. A newer request must run *beside* the one that it cancels; a throttled request waits in
 * Lambda's queue for up to six hours, CloudFormation for one; and the share would be missing in the user's account.
 */
export class MigrationsFunction extends Construct {
  readonly function: lambda.Function;
  /** Answers for the function where all of its attempts have failed. */
  readonly failureAnswer: lambda.Function;
  readonly logGroup: logs.ILogGroup;
  /** What the function needs besides what its own resource refers to. */
  readonly needs: readonly IConstruct[];

  constructor(scope: Construct, id: string, props: MigrationsFunctionProps) {
    super(scope, id);
    const logGroup = props.logGroup ?? this.ownLogGroup(props.logRetention);
    const role = this.leastPrivilegedRole(props, logGroup);
    const { certificateAuthorities: file } = props;
    const authorities = file === undefined ? undefined : readAuthorities(this, file);
    const code = functionAsset(this, props.migrations, authorities);
    const variables = ownVariables(props, outermostStack(this));
    this.function = new lambda.Function(this, 'Resource', {
      description: 'Applies and reverts database migrations with its CloudFormation stack',
      // Not NODEJS_LATEST: the runtime must not change with an update of aws-cdk-lib that nobody tested with this code.
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code,
      timeout: props.timeout,
      memorySize: props.memorySize,
      environment: {
        ...variables,
        NODE_EXTRA_CA_CERTS: authorities === undefined ? AMAZON_AUTHORITIES : `${TASK_ROOT}/${ASSET.authorities}`,
      },
      vpc: props.placement.vpc,
      vpcSubnets: props.placement.vpcSubnets,
      securityGroups: props.placement.securityGroups,
      role,
      logGroup,
    });
    keepOwnVariables(this.function, variables);
    keepTimeout(this.function);
    this.logGroup = logGroup;
    const failureAnswer = new FailureAnswer(this, 'OnFailure', { code, logGroup });
    role.addToPolicy(invoke(failureAnswer.function.functionArn));
    this.needs = [role, logGroup, this.retries(failureAnswer), failureAnswer];
    this.failureAnswer = failureAnswer.function;
  }

  /**
   * RETAIN, because a failed Create ends with the stack's deletion, and FAILED's reason names the log stream: the log is
   * wanted most when the stack is gone. Retention empties it, an empty group costs nothing.
   */
  private ownLogGroup(retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH): logs.ILogGroup {
    return new logs.LogGroup(this, 'Logs', { retention, removalPolicy: RemovalPolicy.RETAIN });
  }

  private leastPrivilegedRole({ database, snapshots }: MigrationsFunctionProps, logGroup: logs.ILogGroup): iam.Role {
    const role = new iam.Role(this, 'Role', {
      description: 'Function that applies the database migrations',
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    if (database.secret !== undefined) letRead(this, role, database.secret);
    if (database.iamUserArn !== undefined) role.addToPolicy(connectAs(database.iamUserArn));
    if (snapshots !== undefined) {
      role.addToPolicy(snapshots.statement);
      acknowledgeFinding(
        role,
        `AwsSolutions-IAM5[Resource::${snapshots.wildcard}]`,
        'Only snapshots with names of ours, of this one database: each release has its own, so that they cannot be listed',
      );
    }
    role.addToPolicy(networkInterfaces());
    acknowledgeFinding(
      role,
      'AwsSolutions-IAM5[Resource::*]',
      'Only the network interfaces that Lambda makes for a function in a VPC: EC2 knows no narrower resource for them, they do not exist yet',
    );
    return role;
  }

  /**
   * A run that ran out of time or died is called again by Lambda, twice at most, and goes on where it stopped. An event
   * that waited longer than 50 minutes is dropped: CloudFormation gives up after 60, and a run that begins later would
   * change the schema under a stack that has gone on.
   */
  private retries(failureAnswer: FailureAnswer): lambda.EventInvokeConfig {
    return new lambda.EventInvokeConfig(this, 'Retries', {
      function: this.function,
      maxEventAge: Duration.seconds(3000),
      retryAttempts: 2,
      // Not LambdaDestination: it would allow every version of the other function too.
      onFailure: { bind: () => ({ destination: failureAnswer.function.functionArn }) },
    });
  }
}

/** What Lambda needs to hand an event to another function: this one, and not its versions. */
function invoke(functionArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] });
}

/** One user of one database: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html */
function connectAs(iamUserArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions: ['rds-db:connect'], resources: [iamUserArn] });
}

/**
 * What Lambda needs to put a function into a VPC; EC2 knows no narrower resource for these, the interfaces do not exist
 * yet. The list is that of AWSLambdaVPCAccessExecutionRole without its log permissions on everything.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
function networkInterfaces(): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'NetworkInterfacesOfTheFunction',
    actions: [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'],
  });
}

function ownVariables({ database, snapshots }: MigrationsFunctionProps, stack: Stack): Record<string, string> {
  return {
    [ENVIRONMENT.host]: database.host,
    [ENVIRONMENT.port]: database.port,
    [ENVIRONMENT.database]: database.databaseName,
    ...(database.secret && { [ENVIRONMENT.secretArn]: database.secret.secretArn }),
    ...(database.iamUser !== undefined && { [ENVIRONMENT.iamUser]: database.iamUser }),
    [ENVIRONMENT.rootStackId]: stack.stackId,
    ...(snapshots && { [ENVIRONMENT.snapshotBefore]: snapshots.when, [ENVIRONMENT.snapshotOf]: snapshots.of }),
  };
}
