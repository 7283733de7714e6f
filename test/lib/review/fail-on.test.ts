import { fakePackage } from '../fake-package';
import { CREATE_USER, migrationFolder } from '../source/migration-folder';
import { stackUnderTest } from '../stack-under-test';
import { thrownBy } from '../thrown-by';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const COPY =
  '-- migrate:up\nALTER TABLE user DROP PRIMARY KEY;\n-- migrate:down\nALTER TABLE user ADD PRIMARY KEY (id);\n';
const FILES = { '0001_user.sql': CREATE_USER, '0002_a.sql': COPY, '0003_b.sql': COPY };

function synthesize(failOn: string[], files: Readonly<Record<string, string>> = FILES, reviewAfter?: string): unknown {
  return stackUnderTest({ directory: migrationFolder(files), failOn, reviewAfter });
}

test('warnings with one of the codes are errors, all of them together', () => {
  expect(thrownBy(() => synthesize(['table-copy', 'table-lock']))).toMatchObject({
    name: 'ValidationError',
    code: 'review-failed',
    message: expect.stringMatching(
      /^\[Stack\/Migrations\] of the migrations in .*:\n {2}0002_a.sql:2: .* \(table-copy\)\n {2}0003_b.sql:2: .* \(table-copy\)$/,
    ),
  });
});

test('migrations in subdirectories are an error where that is among the codes', () => {
  const files = { '0001_user.sql': CREATE_USER, 'v2/0002_a.sql': CREATE_USER };

  expect(() => synthesize(['nested-migrations'], files)).toThrow(
    /migrations in v2 \(0002_a.sql\).*\(nested-migrations\)$/,
  );
});

test('other warnings, what a file acknowledges, and what is not reviewed are none', () => {
  expect(() => synthesize(['table-lock'])).not.toThrow();
  expect(() => synthesize(['table-copy'], FILES, '0003_b')).not.toThrow();
  expect(() =>
    synthesize(['table-copy'], { '0001_user.sql': CREATE_USER, '0002_a.sql': `-- review:ignore table-copy\n${COPY}` }),
  ).not.toThrow();
});

test('a code that no warning has is named, with the one that is meant', () => {
  expect(thrownBy(() => synthesize(['table-cpy']))).toMatchObject({
    code: 'fail-on-unknown',
    message: '[Stack/Migrations] failOn: no warning has the code "table-cpy": is table-copy meant? (fail-on-unknown)',
  });
  expect(() => synthesize(['x'])).toThrow(/there are blind-statement, .*, table-lock-skipped \(fail-on-unknown\)$/);
});
