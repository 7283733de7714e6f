import { Annotations, type Stack } from 'aws-cdk-lib';
import { Annotations as Found, Match } from 'aws-cdk-lib/assertions';
import type { AuroraMigrations } from '../../../lib';
import { fakePackage } from '../fake-package';
import { CREATE_USER, migrationFolder } from '../source/migration-folder';
import { stackUnderTest } from '../stack-under-test';
import { thrownBy } from '../thrown-by';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const COPY =
  '-- migrate:up\nALTER TABLE user DROP PRIMARY KEY;\n-- migrate:down\nALTER TABLE user ADD PRIMARY KEY (id);\n';
const ID = 'cdk-aurora-migrations:table-copy';

function reviewed(reviewAfter?: string): { readonly stack: Stack; readonly migrations: AuroraMigrations } {
  const directory = migrationFolder({ '0001_user.sql': CREATE_USER, '0002_a.sql': COPY, '0003_b.sql': COPY });
  return stackUnderTest({ directory, reviewAfter });
}

/** The migrations that a warning names. */
function warned(stack: Stack): readonly string[] {
  return Found.fromStack(stack)
    .findWarning('*', Match.stringLikeRegexp('table-copy'))
    .map(({ id }) => id);
}

test('each finding is a warning at its migration, with a stable id and what to do with it', () => {
  const { stack } = reviewed();

  Found.fromStack(stack).hasWarning(
    '/Stack/Migrations/0002_a',
    Match.stringLikeRegexp(
      `^0002_a.sql:2: "ALTER TABLE user DROP PRIMARY KEY": .* \\(table-copy\\)\\. .*"review:ignore table-copy".* \\[ack: ${ID}\\]$`,
    ),
  );
  expect(warned(stack)).toEqual(['/Stack/Migrations/0002_a', '/Stack/Migrations/0003_b']);
});

test('a code is acknowledged for all migrations', () => {
  const { stack, migrations } = reviewed();

  Annotations.of(migrations).acknowledgeWarning(ID);

  expect(warned(stack)).toEqual([]);
});

test('a code is acknowledged for one migration', () => {
  const { stack, migrations } = reviewed();

  Annotations.of(migrations.node.findChild('0002_a')).acknowledgeWarning(ID);

  expect(warned(stack)).toEqual(['/Stack/Migrations/0003_b']);
});

test('a code can be acknowledged for a migration that does not raise it, and not for one that is not there', () => {
  const { migrations } = reviewed();

  expect(() => migrations.node.findChild('0001_user')).not.toThrow();
  expect(() => migrations.node.findChild('0009_user')).toThrow(/No child with id/);
});

test.each([
  ['0002_a', ['/Stack/Migrations/0003_b']],
  ['0002', ['/Stack/Migrations/0002_a', '/Stack/Migrations/0003_b']],
  ['0003_b', []],
])('nothing up to reviewAfter %s is reviewed', (reviewAfter, expected) => {
  expect(warned(reviewed(reviewAfter).stack)).toEqual(expected);
});

test.each([
  ['3', 'with fewer digits'],
  ['create_user', 'without a number'],
])('reviewAfter %s, a name %s, would silence all, and is an error', (reviewAfter) => {
  expect(thrownBy(() => reviewed(reviewAfter))).toMatchObject({
    code: 'option-invalid',
    message: expect.stringMatching(
      new RegExp(`reviewAfter: "${reviewAfter}" sorts after all migrations, .* such as 0003_b \\(option-invalid\\)$`),
    ),
  });
});

test.each(['0900', '0000', '0003'])('reviewAfter %s is taken', (reviewAfter) => {
  expect(() => reviewed(reviewAfter)).not.toThrow();
});
