import { Annotations, type Stack } from 'aws-cdk-lib';
import { Annotations as Found, Match } from 'aws-cdk-lib/assertions';
import { fakePackage } from '../fake-package';
import { CREATE_USER, migrationFolder } from '../source/migration-folder';
import { problemsOf } from '../source/read-migrations';
import { stackUnderTest } from '../stack-under-test';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const NESTED = {
  '0001_a.sql': CREATE_USER,
  'v2/0002_b.sql': CREATE_USER,
  'v2/0003_c.up.sql': CREATE_USER,
  'archive/2024/0000_z.ts': '',
  'shared/words.ts': '',
  'notes/0001.md': '',
  '.hidden/0001_a.sql': '',
  'node_modules/p/0001_a.js': '',
};

function warnings(stack: Stack): readonly unknown[] {
  return Found.fromStack(stack)
    .findWarning('/Stack/Migrations', Match.stringLikeRegexp('nested-migrations'))
    .map(({ entry }) => entry.data);
}

test('migrations in subdirectories are named in a warning, which can be acknowledged', () => {
  const { stack, migrations } = stackUnderTest({ directory: migrationFolder(NESTED) });

  expect(warnings(stack)).toEqual([
    expect.stringContaining('migrations in archive/2024 (0000_z.ts), v2 (0002_b.sql and 1 more): move them up'),
  ]);
  Annotations.of(migrations).acknowledgeWarning('cdk-aurora-migrations:nested-migrations');
  expect(warnings(stack)).toEqual([]);
});

test('subdirectories that are one migration each are named once', () => {
  const { stack } = stackUnderTest({
    directory: migrationFolder({ '0001_a.sql': CREATE_USER, '0002_b/up.sql': 'DO 1', '0003_c/migration.sql': 'DO 1' }),
  });

  expect(warnings(stack)).toEqual([expect.stringContaining('migrations in 0002_b (up.sql and 1 more): move them up')]);
});

test('what modules import from a subdirectory is no migration', () => {
  const { stack } = stackUnderTest({
    directory: migrationFolder({ '0001_a.sql': CREATE_USER, 'shared/words.ts': '', 'data/2024.sql': '' }),
  });

  expect(warnings(stack)).toEqual([]);
});

test('a folder that holds nothing else says where they are', () => {
  expect(problemsOf({ 'v2/0002_b.sql': CREATE_USER })).toEqual([
    expect.stringMatching(/: it holds no migration itself, .* in v2 \(0002_b\.sql\)\. .*\(directory-empty\)$/),
  ]);
});
