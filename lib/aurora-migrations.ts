import { type CfnResource, type CustomResource, Stack, Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type AuroraMigrationsProps, SnapshotBefore } from './aurora-migrations-props';
import { customResources } from './function/custom-resources';
import { DeploymentMetrics, requireMetricName } from './function/deployment-metrics';
import { ExecutionOrder } from './stack/execution-order';
import { refuseWarnings } from './failing-warnings';
import { placeFunction } from './network/function-placement';
import { checkHost, refuseSecretReferences } from './database/host-checks';
import { describe, type MigrationWarning } from './review/migration-problem';
import { reviewAfterProblem, warnedAfter } from './review/review-warnings';
import { type MigrationSet, readMigrations } from './source/migration-source';
import { MigrationAlarms } from './function/migration-alarms';
import { MigrationDashboard } from './function/migration-dashboard';
import { MigrationsFunction } from './function/migrations-function';
import { networkNeeds } from './network/network-needs';
import { nestedWarning } from './source/nested-warning';
import { calledServices, warnOfNetworkGaps } from './network/network-warnings';
import { packageRoot } from './package-root';
import { requireOneManifest } from './database/one-manifest';
import { settleRule } from './function/settle-rule';
import { snapshotAccess } from './function/snapshot-access';
import { requireSameStage } from './stack/require-same-stage';
import { requireSameStack } from './stack/require-same-stack';
import { MAX_TIMEOUT, requireConstructs, requireValid } from './require-valid';
import { ValidationError } from './validation-error';
import { warn } from './warn';
import { addMissingEndpoints } from './network/vpc-endpoints';

/**
 * Mebibytes. A run takes at most 200; Lambda gives processor time by memory, and with 512 loading the function does not
 * become the longest part of a run that mostly waits for the database.
 */
const DEFAULT_MEMORY_SIZE = 512;

/**
 * Migrates a database's schema with its stack: pending migrations are applied before the resources given to
 * `executeBefore` are updated, and a deployment that fails reverts the schema to what it was.
 *
 * ```ts
 * const migrations = new AuroraMigrations(this, 'Migrations', {
 *   database: DatabaseTarget.cluster(cluster, { databaseName: 'app' }),
 *   directory: path.join(__dirname, '../migrations'),
 * });
 * migrations.executeBefore(apiFunction);
 * ```
 *
 * Leave its id as it is once it is deployed. With another id in the same stack CloudFormation makes a new resource and function,
 * which take the history over; the old ones are deleted and revert nothing. With `onDelete: REVERT`, do not move it to another stack:
 * where the stack that loses it is updated first, all migrations are reverted.
 *
 * What cannot be deployed is an error at synth, which names the construct, everything that is wrong and what to change: a
 * migration that cannot be read, options that contradict each other, a database of which not enough is known.
 */
export class AuroraMigrations extends Construct implements ec2.IConnectable, iam.IGrantable {
  /**
   * Name of the newest migration in the database, the empty string where there is none.
   *
   * It is an attribute of the custom resource: what uses it is created and updated after the migrations ran. Not in another
   * stack: a value that is imported can never change, which is an error at synth.
   */
  readonly version: string;

  /**
   * One hash over all migrations of the release, their order included.
   *
   * It is an attribute of the custom resource: what uses it is created and updated after the migrations ran, and again
   * whenever a migration was added. Not in another stack: a value that is imported can never change, which is an error at
   * synth.
   */
  readonly digest: string;

  /**
   * Command line for the AWS CLI that shows which migrations are applied and which are pending. Whoever runs it needs
   * `lambda:InvokeFunction` on the function.
   */
  readonly statusCommand: string;

  /** URL of the function, with a slash at its end; undefined without `httpEndpoint`. */
  readonly endpointUrl?: string;

  /** The function that runs the migrations, for alarms, direct invocation, and variables of your own (`addEnvironment`). */
  readonly migrationsFunction: lambda.Function;

  /** Network connections of the function. */
  readonly connections: ec2.Connections;

  /** The function's role. */
  readonly grantPrincipal: iam.IPrincipal;

  private readonly resource: CustomResource;
  /** There as long as its release is. The application waits for it. */
  private readonly release: CustomResource;
  /** Runs what has the phase contract. */
  private readonly contract?: CustomResource;
  private readonly order: ExecutionOrder;
  private readonly metrics: DeploymentMetrics;

  /**
   * @param scope the stack or construct that the migrations belong to
   * @param id unique in the scope; with another one CloudFormation makes a new resource and function
   * @param props the database, the folder with the migrations, and options
   * @throws ValidationError naming all problems of the directory; or where something about the database is not known
   */
  constructor(scope: Construct, id: string, props: AuroraMigrationsProps) {
    super(scope, id);
    // Of an app that is bundled into one file it says so, before anything else finds a part of the package missing.
    packageRoot();
    requireValid(this, props);
    const database = props.database.bind(this);
    checkHost(this, database.host);
    refuseSecretReferences(this, database);
    const migrations = this.read(props, database.databaseName);
    const { snapshotBefore = SnapshotBefore.NEVER } = props;
    const snapshots =
      snapshotBefore === SnapshotBefore.NEVER ? undefined : snapshotAccess(this, database, snapshotBefore);
    const placement = placeFunction(this, database, props);
    const services = calledServices(database, snapshots);
    if (props.addEndpoints === true) addMissingEndpoints(this, placement, database, snapshots);
    warnOfNetworkGaps(this, placement, services);
    const {
      function: handler,
      failureAnswer,
      logGroup,
      needs,
    } = new MigrationsFunction(this, 'Function', {
      ...props,
      database,
      migrations,
      placement,
      timeout: props.timeout ?? MAX_TIMEOUT,
      memorySize: props.memorySize ?? DEFAULT_MEMORY_SIZE,
      snapshots,
    });
    const { resource, release, contract } = customResources(this, handler, { props, migrations, database });
    this.resource = resource;
    this.release = release;
    if (contract !== undefined) this.contract = contract;
    // The rule too: it must be listening before the first migration runs, and until the last one was reverted.
    this.resource.node.addDependency(
      ...needs,
      settleRule(this, 'Settle', handler),
      database.needs,
      networkNeeds(this, placement, database, services),
    );
    const { secret, host, port } = database;
    this.order = new ExecutionOrder(this, {
      resource: this.resource,
      contract: this.contract,
      needs: [...(secret ? [secret] : []), placement.vpc, ...placement.securityGroups],
      values: [host, port, ...(secret ? [secret.secretArn] : []), ...placement.subnets.subnetIds],
    });
    requireOneManifest({ scope: this, directory: props.directory, digest: migrations.manifest.digest, database });
    if (props.httpEndpoint === true) {
      this.endpointUrl = handler.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.AWS_IAM }).url;
    }
    const metrics = new DeploymentMetrics(this.resource.node.defaultChild as CfnResource);
    this.metrics = metrics;
    const functions = [handler, failureAnswer];
    if (props.alarmTopic !== undefined) {
      new MigrationAlarms(this, 'Alarms', { topic: props.alarmTopic, metrics, handler, failureAnswer });
    }
    if (props.dashboard === true) new MigrationDashboard(this, 'Dashboard', { metrics, functions, logGroup });
    this.version = this.resource.getAttString('Version');
    this.digest = this.resource.getAttString('Digest');
    this.statusCommand = `aws lambda invoke --region ${Stack.of(this).region} --function-name ${handler.functionName} --cli-binary-format raw-in-base64-out --payload '{"command":"status"}' /dev/stdout`;
    this.migrationsFunction = handler;
    this.connections = handler.connections;
    this.grantPrincipal = handler.grantPrincipal;
  }

  /**
   * Makes resources wait for the migrations: they are created and updated after the schema was.
   *
   * In a rollback the old code comes back first; then the schema is reverted. What contracts is reverted before the old code
   * comes back, where that can lose no row.
   *
   * Migrations of the phase contract run after these resources were updated.
   *
   * @param scopes constructs of the application; all resources in them wait. It is an error at synth if one holds what the
   * migrations need themselves, such as the VPC or the cluster, or is in the same stack as that, and the migrations are in
   * another one. It is a warning if nothing at all waits for the migrations, also because what is given has no resources,
   * such as an imported function.
   * @throws ValidationError where there are migrations of the phase contract and a construct is in another stack, or where one is
   * a stage or in another one
   */
  executeBefore(...scopes: Construct[]): void {
    requireConstructs(this, 'executeBefore', scopes);
    for (const scope of scopes) {
      requireSameStage(this, scope, 'executeBefore');
      scope.node.addDependency(this.resource, this.release);
      if (this.contract !== undefined) {
        requireSameStack(this, scope);
        this.contract.node.addDependency(scope);
      }
      this.order.addWaiting(scope);
    }
  }

  /**
   * Makes the migrations wait for resources, such as other migrations of the same cluster.
   *
   * @param scopes constructs; the migrations run after all resources in them were created and updated. After another
   * `AuroraMigrations` they run once its migrations have run that come before its application. It is a warning if one has no
   * resources, such as an imported function.
   * @throws ValidationError where a construct is a stage or in another one
   */
  executeAfter(...scopes: Construct[]): void {
    requireConstructs(this, 'executeAfter', scopes);
    for (const scope of scopes) {
      requireSameStage(this, scope, 'executeAfter');
      this.resource.node.addDependency(scope instanceof AuroraMigrations ? scope.resource : scope);
      this.order.addAwaited(scope);
    }
  }

  /**
   * A metric of the deployments, for alarms and graphs of your own.
   *
   * @param metricName `Applied`, `Reverted`, `Pending`, `Duration` (milliseconds), `Failures` or `SchemaMismatch`
   * @param props how it is shown. By default it is the sum over a minute
   * @throws ValidationError where there is no such metric
   */
  metric(metricName: string, props: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metrics.metric(requireMetricName(this, metricName)).with(props);
  }

  private read({ directory, reviewAfter, failOn = [] }: AuroraMigrationsProps, databaseName: string): MigrationSet {
    const { found, problems, warnings, nested } = readMigrations(
      directory,
      Token.isUnresolved(databaseName) ? undefined : databaseName,
    );
    if (found === undefined) {
      const [first, ...others] = problems;
      throw new ValidationError(
        this,
        first !== undefined && others.length === 0 ? first.code : 'migrations-unusable',
        `the migrations in ${directory} cannot be used, nothing is deployed:${problems.map((problem) => `\n  ${describe(problem)}`).join('')}`,
      );
    }
    const names = found.manifest.migrations.map(({ name }) => name);
    for (const name of names) new Construct(this, name);
    const misread = reviewAfterProblem(reviewAfter, names);
    if (misread !== undefined) throw new ValidationError(this, 'option-invalid', `reviewAfter: ${misread}`);
    const ofFolder = nestedWarning(directory, nested);
    const reviewed = warnedAfter(warnings, reviewAfter);
    refuseWarnings(this, directory, failOn, [...ofFolder, ...reviewed]);
    for (const warning of ofFolder) warn(this, warning.code, describe(warning));
    for (const warning of reviewed) this.warn(warning);
    return found;
  }

  /** At a construct of the migration's own, so that the same id can be acknowledged for one and for all. */
  private warn(warning: MigrationWarning): void {
    const { code, migration } = warning;
    warn(
      this.node.findChild(migration),
      code,
      `${describe(warning)}. If it is to be so, write "review:ignore ${code}" into a comment of the file before it is released, or acknowledge it in the app`,
    );
  }
}
