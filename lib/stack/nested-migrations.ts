import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Warns of subdirectories that hold what looks like migrations: nobody reads them. */
export function warnOfNested(scope: Construct, directory: string, nested: readonly string[]): void {
  if (nested.length === 0) return;
  Annotations.of(scope).addWarningV2(
    'cdk-aurora-migrations:nested-migrations',
    `subdirectories of ${directory} are not read, and there are migrations in ${nested.join(', ')}: move them up, or acknowledge it where they are for another construct (nested-migrations)`,
  );
}
