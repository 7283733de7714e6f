import { sha256 } from './checksum';
import type { Manifest, ManifestEntry, MigrationName } from './types';

/**
 * Digest over a manifest: a hash chain over (name, sha256 of the stored script) in order, so that it vouches for every
 * script and for their order. Frozen: it is compared with what CloudFormation kept from earlier releases.
 */
export function digestOf(migrations: readonly Pick<ManifestEntry, 'name' | 'sha256'>[]): string {
  const link = (previous: string, entry: Pick<ManifestEntry, 'name' | 'sha256'>): string =>
    sha256(`${previous}\n${entry.name}\n${entry.sha256}`);
  return `v1:${migrations.reduce(link, sha256('v1'))}`;
}

/** Makes a manifest of entries that are already in order. */
export function manifestOf(migrations: readonly ManifestEntry[]): Manifest {
  // Over what the source files say, which the digest need not change with: a comment is no part of a script.
  const checksum = sha256(migrations.map((entry) => entry.checksum).join('\n'));
  return { version: 1, digest: digestOf(migrations), checksum, migrations };
}

/** Name of the newest migration, or the empty string. */
export function versionOf(manifest: Pick<Manifest, 'migrations'>): MigrationName | '' {
  return manifest.migrations.at(-1)?.name ?? '';
}

/** Names of the migrations of a release. */
export function shippedIn({ migrations }: Pick<Manifest, 'migrations'>): ReadonlySet<string> {
  return new Set(migrations.map(({ name }) => name));
}

/** Whether a migration waits until the application was updated. The code of its release does not need it before. */
export function isContract({ phase }: ManifestEntry): boolean {
  return phase === 'contract';
}
