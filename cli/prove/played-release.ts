import type { Intent } from '../../lambda/plan/intent';
import { sha256 } from '../../lambda/manifest/checksum';
import { manifestOf, versionOf } from '../../lambda/manifest/manifest';
import type { Manifest } from '../../lambda/manifest/types';
import type { PlayedFolder } from './played-folder';

/** The first so many migrations of a folder, as a release of an application that has no more. */
export interface PlayedRelease extends Pick<PlayedFolder, 'own'> {
  readonly code: Manifest;
  /** What a request says of it. */
  readonly properties: (Intent & { kind: 'create' })['release'];
}

export function releaseOf({ migrations, own }: PlayedFolder, count: number): PlayedRelease {
  const code = manifestOf(migrations.slice(0, count).map(({ entry }) => entry));
  return {
    own,
    code,
    properties: {
      digest: code.digest,
      version: versionOf(code),
      database: 'proved',
      onDelete: 'REVERT',
      onRemoved: 'FAIL',
      outOfOrder: 'ALLOW',
      hash: sha256(code.digest),
    },
  };
}
