import { databaseUrl } from '../../cli/database-url';
import { wrappedText } from '../../cli/wrapped-text';
import { migrationFolder } from '../lib/migration-folder';

test('the server’s URL is that of the environment, else that of .env', () => {
  const folder = migrationFolder({ '.env': '# local\nDATABASE_URL="mysql://root@127.0.0.1/app"\n' });

  expect(databaseUrl(folder, {})).toBe('mysql://root@127.0.0.1/app');
  expect(databaseUrl(folder, { DATABASE_URL: 'mysql://other/app' })).toBe('mysql://other/app');
  expect(databaseUrl(folder, { DATABASE_URL: '' })).toBe('mysql://root@127.0.0.1/app');
  expect(databaseUrl(migrationFolder({ '.env': 'DATABASE_URL=\n' }), {})).toBeUndefined();
  expect(databaseUrl(migrationFolder({}), {})).toBeUndefined();
});

test('a text is broken between words, and a long word stands alone', () => {
  expect(wrappedText('one two  three\nfour', 10, '  ')).toBe('  one two\n  three\n  four');
  expect(wrappedText('a verylongwordthatdoesnotfit b', 10)).toBe('a\nverylongwordthatdoesnotfit\nb');
  expect(wrappedText('', 10)).toBe('');
});
