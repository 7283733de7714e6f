import type * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { clusterTargetConfig } from './cluster-target';
import type {
  DatabaseTargetConfig,
  DatabaseTargetOptions,
  ProxyTargetOptions,
  SecretTargetOptions,
} from './database-target-config';
import { instanceTargetConfig } from './instance-target';
import { proxyTargetConfig } from './proxy-target';
import { secretTargetConfig } from './secret-target';

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
   * A cluster or an instance behind RDS Proxy, of this app or imported. Connecting to the database itself is the better
   * choice where there is a way: the function needs one session of its own from the first statement to the last, and
   * the proxy can only pin it.
   *
   * @param proxy the proxy; where it and what stands behind it are of this app, name, secret and VPC are known
   * @param options what cannot be known from the proxy
   */
  static proxy(proxy: rds.IDatabaseProxy, options: ProxyTargetOptions = {}): DatabaseTarget {
    return new BoundTarget((scope) => proxyTargetConfig(scope, proxy, options));
  }

  /**
   * A database that no construct stands for, such as one of another team.
   *
   * @param secret secret with `username` and `password`; it may hold more, nothing else of it is read
   * @param options where the database is
   */
  static secret(secret: secretsmanager.ISecret, options: SecretTargetOptions): DatabaseTarget {
    return new BoundTarget((scope) => secretTargetConfig(scope, secret, options));
  }

  /**
   * Called by `AuroraMigrations` with itself.
   *
   * @param scope the construct that uses the target
   * @throws ValidationError where the database's name, endpoint or way to log in is not known, or its engine is not MySQL
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
