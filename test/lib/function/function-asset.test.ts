import * as fs from 'node:fs';
import * as path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { ASSET, RESOURCE_TYPE } from '../../../lambda/contract';
import { digestOf, manifestOf } from '../../../lambda/manifest/manifest';
import { functionAsset } from '../../../lib/function/function-asset';
import type { Manifest } from '../../../lambda/manifest/types';
import { fakePackage } from '../fake-package';
import { CREATE_USER, migrationFolder } from '../source/migration-folder';
import {
  database,
  emptyApp,
  migrationsOf,
  onlyOfType,
  propertiesOf,
  type Properties,
  stackUnderTest,
} from '../stack-under-test';
import { thrownBy } from '../thrown-by';

const FUNCTION = 'MigrationsFunctionA15BBDB3';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const FILES = { '0001_a.sql': CREATE_USER };
const BUNDLE = path.join(fakePackage(), 'dist', 'function', ASSET.bundle);

beforeAll(() => {
  // For every asset the CDK says that it bundles it.
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});

afterAll(() => {
  jest.restoreAllMocks();
});

interface Release {
  readonly properties: Properties;
  /** Name of the function's code in the assets bucket. */
  readonly code: string;
  /** Folder of the function's code. */
  readonly asset: string;
}

function release(files: Readonly<Record<string, string>>): Release {
  const app = emptyApp({ bundling: true });
  const stack = new Stack(app, 'Stack');
  migrationsOf(stack, database(stack).cluster, { directory: migrationFolder(files) });
  const { directory } = app.synth();
  const template = Template.fromStack(stack);
  const { S3Key: code } = propertiesOf(template, FUNCTION)['Code'] as { S3Key: string };
  return {
    properties: onlyOfType(template, RESOURCE_TYPE),
    code,
    asset: path.join(directory, `asset.${path.basename(code, '.zip')}`),
  };
}

test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
  ['the same files stand in another folder', FILES, []],
  ['a note is added', { ...FILES, 'README.md': 'new' }, []],
  ['the line ends are those of Windows', { '0001_a.sql': CREATE_USER.replaceAll('\n', '\r\n') }, []],
  ['a migration is added', { ...FILES, '0002_b.sql': CREATE_USER }, ['Digest', 'Version', 'Count', 'Checksum']],
  ['a migration is renamed', { '0001_b.sql': CREATE_USER }, ['Digest', 'Version']],
  ['a statement is edited', { '0001_a.sql': CREATE_USER.replace('INT', 'BIGINT') }, ['Digest', 'Checksum']],
  // Else it would be deployed in silence, and refused with a later release that has nothing to do with it.
  ['a comment is edited', { '0001_a.sql': `-- users\n${CREATE_USER}` }, ['Checksum']],
])('where %s, code and properties change accordingly', (_, files, changed) => {
  const before = release(FILES);
  const after = release(files);

  const names = Object.keys(after.properties);
  expect(names.filter((name) => !isDeepStrictEqual(after.properties[name], before.properties[name]))).toEqual(changed);
  expect(after.code !== before.code).toBe(changed.length > 0);
});

test('another bundle changes the code and no property', () => {
  const before = release(FILES);
  fs.appendFileSync(BUNDLE, '// faster\n');
  const after = release(FILES);

  expect(after.code).not.toBe(before.code);
  expect(after.properties).toEqual(before.properties);
});

test('migrations that Lambda would not take are an error, with the largest of them', () => {
  const half = 'x'.repeat(131_072_000);
  const scripts = new Map([
    ['0001_a.json', '[]'],
    ['0002_seed.up.json', half],
    ['0003_more.json', half],
  ]);
  const act = (): unknown => functionAsset(new Stack(emptyApp(), 'Stack'), { manifest: manifestOf([]), scripts });
  expect(thrownBy(act)).toMatchObject({
    code: 'migrations-too-large',
    message: expect.stringMatching(/251 MB .* allows 250 MB: .* The largest are 0002_seed \(125 MB\), 0003_more \(/),
  });
});

test('a missing bundle is an error that says how to make it', () => {
  fs.renameSync(BUNDLE, `${BUNDLE}.away`);

  const error = thrownBy(() => stackUnderTest());

  fs.renameSync(`${BUNDLE}.away`, BUNDLE);
  expect(error).toMatchObject({ code: 'bundle-missing', message: expect.stringContaining('run "npm run build"') });
});

test('the asset holds bundle, manifest and scripts, and the digest vouches for them', () => {
  const { asset, properties } = release({ ...FILES, '0002_b.js': 'exports.up = exports.down = async () => {};' });

  expect(fs.readdirSync(asset, { recursive: true }).sort()).toEqual([
    ASSET.bundle,
    ASSET.manifest,
    ASSET.scripts,
    `${ASSET.scripts}/0001_a.json`,
    `${ASSET.scripts}/0002_b.json`,
  ]);
  const manifest = JSON.parse(fs.readFileSync(path.join(asset, ASSET.manifest), 'utf8')) as Manifest;
  expect(manifest.digest).toBe(properties['Digest']);
  expect(digestOf(manifest.migrations)).toBe(properties['Digest']);
});

// The zip keeps the modes, and in Lambda the files are not owned by the user that reads them.
test.each([0o077, 0o027, 0o002])('whatever the umask is, everybody may read the asset’s files', (umask) => {
  const before = process.umask(umask);
  let asset: string;
  try {
    asset = release(FILES).asset;
  } finally {
    process.umask(before);
  }
  const files = fs.readdirSync(asset, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.map((file) => fs.statSync(path.join(file.parentPath, file.name)).mode & 0o777)).toEqual(
    files.map(() => 0o644),
  );
  expect(files).toHaveLength(3);
});

test('problems of all files come in one error', () => {
  const directory = migrationFolder({ '0001_a.sql': 'DO 1;', '0002_b.up.sql': 'DO 1;' });

  expect(thrownBy(() => stackUnderTest({ directory }))).toMatchObject({
    code: 'migrations-unusable',
    message: expect.stringMatching(
      /cannot be used, nothing is deployed \(migrations-unusable\):\n {2}0001_a.sql:1: .*\n {2}0002_b.up.sql: /,
    ),
  });
});

test('what is skipped is told as a warning that can be acknowledged', () => {
  const directory = migrationFolder({ '0001_a.up.sql': 'LOCK TABLES a WRITE;\nDO 1;', '0001_a.down.sql': 'DO 1;' });

  Annotations.fromStack(stackUnderTest({ directory }).stack).hasWarning(
    '/Stack/Migrations/0001_a',
    Match.stringLikeRegexp('0001_a.up.sql:1: LOCK TABLES is skipped.*cdk-aurora-migrations:table-lock-skipped'),
  );
});
