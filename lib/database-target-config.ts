import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { IDependable } from 'constructs';

/** How a database is reached. */
export interface DatabaseTargetOptions {
  /**
   * Name of the database that is migrated and that holds the journal. It must exist: a cluster makes the one that its
   * `defaultDatabaseName` names.
   *
   * @default - the name that the cluster or instance was created with; an error at synth where it has none or it is
   * imported
   */
  readonly databaseName?: string;

  /**
   * Secret with `username` and `password` of a user who may change the schema.
   *
   * @default - the secret of the cluster or instance; an error at synth where it has none
   */
  readonly secret?: secretsmanager.ISecret;
}

/** What `AuroraMigrations` needs to know of a database. */
export interface DatabaseTargetConfig {
  /** Host name of the writer. */
  readonly host: string;

  /** Port, in decimal. */
  readonly port: string;

  /** Name of the database that is migrated. */
  readonly databaseName: string;

  /** Secret with `username` and `password`. */
  readonly secret: secretsmanager.ISecret;

  /**
   * What tells this database from every other: resource id, a slash, name of the database. Where it changes, the
   * migrations run again: the cluster was replaced and the new one is empty.
   */
  readonly identity: string;

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
