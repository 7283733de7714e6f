export { AuroraMigrations } from './aurora-migrations';
export { type AuroraMigrationsProps, OnDelete, OnRemoved, OutOfOrder, SnapshotBefore } from './aurora-migrations-props';
export { DatabaseTarget } from './database/database-target';
export type {
  DatabaseTargetConfig,
  DatabaseTargetOptions,
  ProxyTargetOptions,
  SecretTargetOptions,
} from './database/database-target-config';
export type { MigrationContext } from './migration-context';
