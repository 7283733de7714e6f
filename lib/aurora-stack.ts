import * as path from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import { acknowledgeFinding } from './acknowledged-finding';
import { AuroraMigrations } from './aurora-migrations';
import { DatabaseTarget } from './database/database-target';
import { packageRoot } from './package-root';
import { answersToCloudFormation } from './network/answers-to-cloudformation';
import { readingOf } from './network/vpc-endpoints';

/** What the sample stack is made of. */
export interface AuroraStackProps extends StackProps {
  /**
   * Folder with the migrations.
   *
   * @default - `migrations/` of this repository
   */
  readonly directory?: string;

  /**
   * Name of the database that is created and migrated.
   *
   * @default 'app'
   */
  readonly databaseName?: string;

  /**
   * Whether the cluster can be deleted only after this was turned off and deployed.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;

  /**
   * How long automatic backups are kept, 1 to 35 days.
   *
   * @default Duration.days(7)
   */
  readonly backupRetention?: Duration;

  /**
   * Smallest capacity in Aurora capacity units, 0 to 256. With 0 an idle cluster is paused; the first connection after
   * that takes up to 30 seconds, which the migrations wait for.
   *
   * @default 0.5
   */
  readonly minCapacity?: number;

  /**
   * Largest capacity in Aurora capacity units, 1 to 256.
   *
   * @default 4
   */
  readonly maxCapacity?: number;
}

/**
 * An Aurora MySQL cluster in a network without a way to the internet, whose schema moves with the stack: the deployable
 * form of this repository, and an example for your own stack.
 */
export class AuroraStack extends Stack {
  /** Two isolated subnets in two zones. */
  readonly vpc: ec2.Vpc;

  /** Aurora MySQL, Serverless v2. */
  readonly cluster: rds.DatabaseCluster;

  /** The migrations; give your application's functions to `executeBefore`. */
  readonly migrations: AuroraMigrations;

  /** Way to S3, for the answers to CloudFormation only. Allow your buckets with `addToPolicy`. */
  readonly s3Endpoint: ec2.GatewayVpcEndpoint;

  /**
   * Way to Secrets Manager, for reading the database's secret only. Let your functions in with
   * `connections.allowDefaultPortFrom`, and allow other secrets with `addToPolicy`.
   */
  readonly secretsManagerEndpoint: ec2.InterfaceVpcEndpoint;

  constructor(scope: Construct, id: string, props: AuroraStackProps = {}) {
    super(scope, id, props);
    this.vpc = this.isolatedVpc();
    this.s3Endpoint = this.wayToCloudFormation();
    this.secretsManagerEndpoint = this.vpc.addInterfaceEndpoint('SecretsManager', {
      service: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
      subnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      open: false,
    });
    this.cluster = this.auroraCluster(props);
    this.migrations = new AuroraMigrations(this, 'Migrations', {
      database: DatabaseTarget.cluster(this.cluster),
      directory: props.directory ?? path.join(packageRoot(), 'migrations'),
      runOnEveryUpdate: true,
    });
    this.secretsManagerEndpoint.connections.allowDefaultPortFrom(this.migrations, 'migrations');
    if (this.cluster.secret !== undefined) this.secretsManagerEndpoint.addToPolicy(readingOf(this.cluster.secret));
    this.acknowledgeFindings();
    this.outputs();
  }

  private isolatedVpc(): ec2.Vpc {
    return new ec2.Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
      // It would bring a second custom resource with a function of its own; nothing uses the default group.
      restrictDefaultSecurityGroup: false,
    });
  }

  /** A gateway endpoint costs nothing. */
  private wayToCloudFormation(): ec2.GatewayVpcEndpoint {
    const endpoint = this.vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    endpoint.addToPolicy(answersToCloudFormation());
    return endpoint;
  }

  private auroraCluster(props: AuroraStackProps): rds.DatabaseCluster {
    return new rds.DatabaseCluster(this, 'Database', {
      engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_10_4 }),
      writer: rds.ClusterInstance.serverlessV2('Writer'),
      serverlessV2MinCapacity: props.minCapacity ?? 0.5,
      serverlessV2MaxCapacity: props.maxCapacity ?? 4,
      vpc: this.vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      defaultDatabaseName: props.databaseName ?? 'app',
      credentials: rds.Credentials.fromGeneratedSecret('admin'),
      iamAuthentication: true,
      storageEncrypted: true,
      parameters: { require_secure_transport: 'ON' },
      deletionProtection: props.deletionProtection ?? true,
      removalPolicy: RemovalPolicy.SNAPSHOT,
      backup: { retention: props.backupRetention ?? Duration.days(7) },
    });
  }

  /** What AWS recommends for production and this stack, an example without costs on the side, leaves to you. */
  private acknowledgeFindings(): void {
    acknowledgeFinding(
      this.vpc,
      'AwsSolutions-VPC7',
      'Flow logs are charged by volume, and this VPC has no way in or out but two endpoints with policies: add them with vpc.addFlowLog()',
    );
    acknowledgeFinding(
      this.cluster,
      'AwsSolutions-SMG4',
      'Rotation brings a function of its own with a way to RDS and its price: add it with cluster.addRotationSingleUser(); the migrations read the secret anew at each run',
    );
    acknowledgeFinding(
      this.cluster,
      'AwsSolutions-RDS11',
      'Another port hides nothing here: no way leads into the VPC, and the security group lets in named groups only',
    );
    acknowledgeFinding(
      this.cluster,
      'AwsSolutions-RDS14',
      'Aurora Serverless v2 has no backtrack; backups allow to go back to any second of the retention time',
    );
  }

  private outputs(): void {
    new CfnOutput(this, 'SchemaVersion', {
      description: 'Name of the newest migration in the database',
      value: this.migrations.version,
    });
    new CfnOutput(this, 'StatusCommand', {
      description: 'Shows which migrations are applied and which are pending',
      value: this.migrations.statusCommand,
    });
  }
}
