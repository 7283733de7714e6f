import { Stack } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import type { DatabaseTargetConfig } from './database-target-config';
import { isNotLookedUpYet } from '../stack/looked-up';
import { sharedText } from './shared-text';

/** What one construct brings to its database. */
export interface Release {
  readonly scope: Construct;
  readonly directory: string;
  readonly digest: string;
  readonly database: DatabaseTargetConfig;
}

/** All of an app, in the order in which they were made. */
const releases = new WeakMap<IConstruct, Release[]>();

/**
 * Refuses at the end of synth that a database is migrated from two folders: one database has one manifest, and the second
 * deployment would fail because its release lacks what the first applied. The same migrations in two stacks are allowed.
 */
export function requireOneManifest(release: Release): void {
  const { root } = release.scope.node;
  const earlier = [...(releases.get(root) ?? [])];
  releases.set(root, [...earlier, release]);
  release.scope.node.addValidation({
    validate: () =>
      earlier
        .filter(({ digest }) => digest !== release.digest)
        .filter((other) => isSameDatabase(other, release))
        .map(
          (other) =>
            `${other.scope.node.path} and ${release.scope.node.path} migrate the same database with different migrations, from ${other.directory} and from ${release.directory}: one database has one list of migrations, and the second deployment would fail. Put all of them into one folder, or give one of the two a database of its own with databaseName (database-twice)`,
        ),
  });
}

function isSameDatabase(a: Release, b: Release): boolean {
  if (!isSameEnvironment(a.scope, b.scope)) return false;
  const [ours, theirs] = [a, b].map(textsOf) as [Texts, Texts];
  if (isNotLookedUpYet(ours.host) || isNotLookedUpYet(ours.databaseName)) return false;
  if (ours.identity === theirs.identity) return true;
  // The same server by another way: imported with and without its resource id, or known by its secret.
  const isPortAlike = ours.port === theirs.port || [ours, theirs].some(({ port }) => !/^\d+$/.test(port));
  return ours.host === theirs.host && ours.databaseName === theirs.databaseName && isPortAlike;
}

type Texts = Readonly<Record<'identity' | 'host' | 'port' | 'databaseName', string>>;

function textsOf({ scope, database: { identity, host, port, databaseName } }: Release): Texts {
  return {
    identity: sharedText(scope, identity),
    host: sharedText(scope, host).toLowerCase().replace(/\.$/, ''),
    port: sharedText(scope, port),
    databaseName: sharedText(scope, databaseName),
  };
}

/** What is not known may be the same. */
function isSameEnvironment(a: IConstruct, b: IConstruct): boolean {
  const known = (construct: IConstruct): readonly string[] =>
    Stack.of(construct).environment.replace('aws://', '').split('/');
  const [theirs, ours] = [known(a), known(b)];
  return theirs.every(
    (part, index) => part === ours[index] || [part, ours[index]].some((it) => it?.startsWith('unknown-')),
  );
}
