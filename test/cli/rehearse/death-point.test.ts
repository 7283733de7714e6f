import { deathPoint } from '../../../cli/rehearse/play/death-point';
import type { ReleaseContent } from '../../../cli/rehearse/play/release-content';
import type { Checksum, ManifestEntry, MigrationName } from '../../../lambda/manifest/types';
import { manifestOf } from '../../../lambda/manifest/manifest';

const entry = (name: string, phase?: 'contract'): ManifestEntry => ({
  ...{
    name: name as MigrationName,
    file: `${name}.sql`,
    checksum: 'c' as Checksum,
    sha256: 's',
    steps: 1,
    irreversible: false,
  },
  ...(phase && { phase }),
});

const content: ReleaseContent = {
  logicalId: 'Migrations',
  contractId: 'MigrationsContract',
  functionId: 'Function',
  identity: 'cluster/shop',
  databaseName: 'shop',
  onDelete: 'RETAIN',
  manifest: manifestOf([entry('0001_user'), entry('0002_drop', 'contract')]),
  script: () => ({ kind: 'sql', up: ['ALTER TABLE user DROP COLUMN a'], down: [] }),
};

test('a migration that contracts is killed in the resource that runs it: the second, but on a new database the first', () => {
  const applied = new Map([['Migrations', new Set(['0001_user'])]]);

  expect(deathPoint([content], applied)).toMatchObject({ logicalId: 'MigrationsContract' });
  expect(deathPoint([{ ...content, manifest: manifestOf([entry('0002_drop', 'contract')]) }], new Map())).toMatchObject(
    {
      logicalId: 'Migrations',
    },
  );
});
