import type { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { DatabaseTarget } from './database/database-target';

/** What the deletion of the stack, or of the construct, does to the schema. */
export enum OnDelete {
  /** The schema and its history stay as they are. */
  RETAIN = 'RETAIN',
  /** All migrations are reverted, newest first. Their downs drop what the ups made, with all data. */
  REVERT = 'REVERT',
}

/** What happens where the database has applied migrations that the release no longer contains. */
export enum OnRemoved {
  /** The deployment fails and names them. */
  FAIL = 'FAIL',
  /** They are reverted, newest first, with the scripts that the database has kept. */
  REVERT = 'REVERT',
}

/** What happens to a pending migration that sorts before one that is applied, as after the merge of two branches. */
export enum OutOfOrder {
  /** It is applied. */
  ALLOW = 'ALLOW',
  /** The deployment fails and names it. */
  FAIL = 'FAIL',
}

/** When a snapshot of the database is taken before it is migrated. */
export enum SnapshotBefore {
  /**
   * Before a deployment that may destroy rows no down restores: by a destructive or irreversible statement, by a
   * migration that is declared irreversible, by one of which that cannot be told (a JavaScript or TypeScript migration, a
   * stored procedure), or by reverting a migration that the release no longer contains.
   */
  DESTRUCTIVE = 'DESTRUCTIVE',
  /** Before every deployment that applies or reverts a migration. */
  ALWAYS = 'ALWAYS',
  /** Never. */
  NEVER = 'NEVER',
}

/** What `AuroraMigrations` is made of. */
export interface AuroraMigrationsProps {
  /** The database to migrate. */
  readonly database: DatabaseTarget;

  /**
   * Folder with the migrations: `NNNN_name.sql` with `-- migrate:up` and `-- migrate:down`, `NNNN_name.up.sql` beside
   * `NNNN_name.down.sql`, or `NNNN_name.js`, `.cjs` or `.ts` with `up` and `down`. They are applied in the order of
   * their names. A relative path counts from the working directory; `path.join(__dirname, …)` is safer. A file that is
   * none of these or cannot be read, and a folder without migrations, is an error at synth.
   */
  readonly directory: string;

  /**
   * Migrations up to this name are not reviewed at synth: for those that ran long ago and can no longer be edited. It
   * need not be a whole name; `0900` does for all before `0900_`.
   *
   * @default - all migrations are reviewed
   */
  readonly reviewAfter?: string;

  /**
   * Codes of the review whose warnings are errors at synth, such as `destructive-statement`: nothing is deployed then. A
   * warning that its file acknowledges (`review:ignore`) does not count; an acknowledgement in the app comes too late. An
   * unknown code is an error at synth, too.
   *
   * @default - none: a review never fails a synth
   */
  readonly failOn?: string[];

  /**
   * VPC in which the function runs.
   *
   * @default - the database's; an error at synth where the database is imported
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Subnets in which the function runs. They need a way to Secrets Manager and to S3, over NAT or VPC endpoints.
   *
   * @default - the database's where they are known and not public, else the VPC's private subnets, else its isolated ones
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Security groups of the function. The database is opened for them; where none of them lets everything out
   * (`allowAllOutbound: false`), HTTPS and the way to the database are let out.
   *
   * @default - a new one, which lets out HTTPS and the way to the database only
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Whether the VPC endpoints are added that the function lacks: one for S3, through which only answers to CloudFormation
   * pass (free of charge); one for Secrets Manager, unless it logs in by IAM (charged by the hour); and with
   * `snapshotBefore` one for RDS (charged by the hour). Nothing is added where there is a way already. All migrations of a
   * stack share the endpoints of a VPC.
   *
   * In a VPC that also has subnets with a way to the internet, the endpoints for Secrets Manager and RDS take over the calls
   * of all subnets. Then they let in all addresses of the VPC and all callers of this account; otherwise this function only.
   *
   * @default false - a warning at synth names what is missing
   */
  readonly addEndpoints?: boolean;

  /**
   * Longest time of one attempt, 30 seconds to 15 minutes; anything else is an error at synth. A run that needs longer goes
   * on in up to two more attempts.
   *
   * @default Duration.minutes(15)
   */
  readonly timeout?: Duration;

  /**
   * Memory of the function in mebibytes, 128 to 10240.
   *
   * @default 512
   */
  readonly memorySize?: number;

  /**
   * File with certificates (PEM) of authorities that the function trusts besides Amazon's and those of Node.js: of a
   * database or an endpoint whose certificate is of a company's own authority. They count for the database and for HTTPS. A
   * file that cannot be read or holds anything but certificates is an error at synth. A relative path counts from the
   * working directory.
   *
   * @default - none
   */
  readonly certificateAuthorities?: string;

  /**
   * How long the function's log is kept. The log group itself stays when the stack is deleted: the reason of a failed
   * deployment names a stream in it.
   *
   * @default logs.RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Log group of the function, instead of one of its own. It excludes `logRetention`: both together are an error at
   * synth.
   *
   * @default - a new log group, kept when the stack is deleted
   */
  readonly logGroup?: logs.ILogGroup;

  /**
   * What the deletion of the stack, or of this construct, does to the schema.
   *
   * @default OnDelete.RETAIN
   */
  readonly onDelete?: OnDelete;

  /**
   * What happens where the database has applied migrations that the release no longer contains. A rollback is not
   * concerned: it always reverts what its deployment applied.
   *
   * @default OnRemoved.FAIL
   */
  readonly onRemoved?: OnRemoved;

  /**
   * What happens to a pending migration that sorts before an applied one.
   *
   * @default OutOfOrder.ALLOW
   */
  readonly outOfOrder?: OutOfOrder;

  /**
   * Whether each update of the stack runs the function, also one that brings no migration. Every synth then gives
   * another template.
   *
   * @default false - CloudFormation calls the function when the migrations, the database or an option changed
   */
  readonly runOnEveryUpdate?: boolean;

  /**
   * Whether the function gets a URL: `POST /migrate` applies what is pending of the release that was deployed last, and
   * `GET /status` tells what is applied, both as JSON. Callers sign their requests (IAM authentication) and need
   * `lambda:InvokeFunctionUrl`, and `lambda:InvokeFunction` on condition `lambda:InvokedViaFunctionUrl`;
   * `migrationsFunction.grantInvokeUrl(…)` grants both.
   *
   * @default false
   */
  readonly httpEndpoint?: boolean;

  /**
   * Topic that is told by alarms when a deployment of migrations failed, a rollback did not restore the schema, or an
   * attempt of the function ended with an error, even if the next one goes on.
   *
   * @default - no alarms
   */
  readonly alarmTopic?: sns.ITopic;

  /**
   * Whether there is a CloudWatch dashboard: what deployments applied, reverted and found pending, failures, duration, the
   * function's own errors, and its last warnings.
   *
   * @default false
   */
  readonly dashboard?: boolean;

  /**
   * When a snapshot of the cluster or instance is taken before it is migrated. It is named after the release, and waited
   * for; a deployment whose snapshot fails, or is not there within half of the function's time in all three attempts, is
   * FAILED before any migration ran. Snapshots are kept until you delete them. The function needs a way to RDS and then
   * has the permission to make snapshots whose names begin with `aurora-migrations-`. Any value but `NEVER` is an error
   * at synth where the cluster or instance is not known, as with `DatabaseTarget.secret`.
   *
   * @default SnapshotBefore.NEVER
   */
  readonly snapshotBefore?: SnapshotBefore;
}
