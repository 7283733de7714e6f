import type * as rds from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import { clusterTargetConfig } from './cluster-target';
import type { DatabaseTargetConfig, DatabaseTargetOptions } from './database-target-config';
import { instanceTargetConfig } from './instance-target';

/**
 * The database whose schema is migrated.
 *
 * ```ts
 * DatabaseTarget.cluster(cluster, { databaseName: 'app' })
 * ```
 */
export abstract class DatabaseTarget {
  /**
   * An Aurora MySQL cluster, of this app or imported.
   *
   * @param cluster the cluster; an imported one needs `clusterEndpointAddress` and `port`
   * @param options what cannot be known from the cluster
   */
  static cluster(cluster: rds.IDatabaseCluster, options: DatabaseTargetOptions = {}): DatabaseTarget {
    return new BoundTarget((scope) => clusterTargetConfig(scope, cluster, options));
  }

  /**
   * An RDS instance with MySQL or MariaDB, of this app or imported.
   *
   * @param instance the instance
   * @param options what cannot be known from the instance
   */
  static instance(instance: rds.IDatabaseInstance, options: DatabaseTargetOptions = {}): DatabaseTarget {
    return new BoundTarget((scope) => instanceTargetConfig(scope, instance, options));
  }

  /**
   * Called by `AuroraMigrations` with itself.
   *
   * @param scope the construct that uses the target
   * @throws ValidationError where the database's name, secret or endpoint is not known, or its engine is not MySQL
   */
  abstract bind(scope: Construct): DatabaseTargetConfig;
}

class BoundTarget extends DatabaseTarget {
  constructor(private readonly configFor: (scope: Construct) => DatabaseTargetConfig) {
    super();
  }

  override bind(scope: Construct): DatabaseTargetConfig {
    return this.configFor(scope);
  }
}
