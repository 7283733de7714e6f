import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { IDependable } from 'constructs';

/** How a database is reached. */
export interface DatabaseTargetOptions {
  /**
   * Name of the database that is migrated and that holds the journal. It must exist: a new cluster makes the one that its
   * `defaultDatabaseName` names, which must not be changed once it is deployed. A warning at synth says where it is seen
   * that nothing creates it.
   *
   * @default - the name that the cluster or instance was created with; an error at synth where it has none or it is
   * imported
   */
  readonly databaseName?: string;

  /**
   * Secret with `username` and `password` of a user who may change the schema. It excludes `iamUser`.
   *
   * @default - the secret of the cluster or instance, also one that RDS manages (`manageMasterUserPassword`); an error
   * at synth where it has none
   */
  readonly secret?: secretsmanager.ISecret;

  /**
   * Database user who logs in by IAM database authentication, in place of a password. The function signs the token by
   * itself and needs no way to Secrets Manager. The user must exist, made with
   * `IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'`. It excludes `secret`.
   *
   * @default - the function logs in with a secret
   */
  readonly iamUser?: string;
}

/** How a database behind RDS Proxy is reached. */
export interface ProxyTargetOptions extends DatabaseTargetOptions {
  /**
   * Security groups of the proxy. They are opened for the function.
   *
   * @default - the proxy's where it is of this app; not known where it is imported
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** How a database is reached of which no more is known than its secret. */
export interface SecretTargetOptions {
  /**
   * Host name of the server, of the writer where it is a cluster. Its certificate must be for this name. A reader's
   * endpoint is an error at synth; an address, which must be in the certificate, is a warning.
   */
  readonly host: string;

  /**
   * Port of the server.
   *
   * @default 3306
   */
  readonly port?: number;

  /** Name of the database that is migrated and that holds the journal. It must exist. */
  readonly databaseName: string;

  /**
   * Security groups of the database. They are opened for the function.
   *
   * @default - not known: the function may go out on the port, and a warning says that the database must let it in
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** What `AuroraMigrations` needs to know of a database. It has either a `secret`, or `iamUser` and `iamUserArn`. */
export interface DatabaseTargetConfig {
  /** Host name of the writer. */
  readonly host: string;

  /** Port, in decimal. */
  readonly port: string;

  /** Name of the database that is migrated. */
  readonly databaseName: string;

  /**
   * Secret with `username` and `password`.
   *
   * @default - the function logs in as `iamUser`
   */
  readonly secret?: secretsmanager.ISecret;

  /**
   * Database user who logs in by IAM database authentication.
   *
   * @default - the function logs in with `secret`
   */
  readonly iamUser?: string;

  /**
   * What the function must be allowed to connect as: `arn:aws:rds-db:<region>:<account>:dbuser:<resource id>/<user>`.
   *
   * @default - the function logs in with `secret`
   */
  readonly iamUserArn?: string;

  /**
   * What tells this database from every other: resource id, a slash, name of the database. Where it changes, the
   * migrations run again: the cluster was replaced and the new one is empty.
   */
  readonly identity: string;

  /**
   * ARN of the Aurora cluster that holds the database, for `snapshotBefore`.
   *
   * @default - it is in no cluster, or that is not known
   */
  readonly clusterArn?: string;

  /**
   * ARN of the RDS instance that holds the database, for `snapshotBefore`.
   *
   * @default - it is in no instance, or that is not known
   */
  readonly instanceArn?: string;

  /** Where the function is let in. */
  readonly connections: ec2.Connections;

  /** What must stand before the first connection and as long as the migrations do: instances, secret attachments. */
  readonly needs: IDependable;

  /**
   * VPC of the database.
   *
   * @default - not known; `vpc` of `AuroraMigrations` must be given
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Subnets of the database.
   *
   * @default - not known
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
}
