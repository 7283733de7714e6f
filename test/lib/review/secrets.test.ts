import { withoutSecrets } from '../../../lib/review/secrets';
import { readMigrations } from '../../../lib/source/migration-source';
import { migrationFolder } from '../source/migration-folder';

test.each([
  ["CREATE USER 'a'@'%' IDENTIFIED BY 's3cret'", "CREATE USER 'a'@'%' IDENTIFIED BY '…'"],
  [
    "CREATE USER a IDENTIFIED WITH caching_sha2_password BY 's3c''ret' REQUIRE SSL, b IDENTIFIED BY \"s3cret\"",
    "CREATE USER a IDENTIFIED WITH caching_sha2_password BY '…' REQUIRE SSL, b IDENTIFIED BY '…'",
  ],
  ["ALTER USER a IDENTIFIED BY 's3cret' REPLACE 'old'", "ALTER USER a IDENTIFIED BY '…' REPLACE 'old'"],
  [
    "CREATE USER a IDENTIFIED VIA ed25519 USING PASSWORD('s3cret')",
    "CREATE USER a IDENTIFIED VIA ed25519 USING PASSWORD('…')",
  ],
  ["SET PASSWORD FOR 'a'@'%' = 's3cret'", "SET PASSWORD FOR 'a'@'%' = '…'"],
  ["SET PASSWORD = PASSWORD('s3cret')", "SET PASSWORD = PASSWORD('…')"],
  ["GRANT SELECT ON *.* TO a IDENTIFIED BY PASSWORD '*A0'", "GRANT SELECT ON *.* TO a IDENTIFIED BY PASSWORD '…'"],
  [
    "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (USER 'a', PASSWORD 's3cret')",
    "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (USER 'a', PASSWORD '…')",
  ],
  ["UPDATE user SET password = 's3cret' WHERE id = 'a'", "UPDATE user SET password = '…' WHERE id = 'a'"],
])('%s is shown without its password', (statement, shown) => {
  expect(withoutSecrets(statement)).toBe(shown);
});

test.each([
  "CREATE USER a IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL",
  "CREATE USER 'a'@'%' REQUIRE SSL",
  "INSERT INTO word VALUES ('identified', 'password')",
  'CREATE TABLE password (id INT)',
])('%s has none', (statement) => {
  expect(withoutSecrets(statement)).toBe(statement);
});

test('no warning has one in it', () => {
  const folder = migrationFolder({
    '0001_a.sql': "-- migrate:up\nCREATE USER a IDENTIFIED BY 's3cret';\n-- migrate:down\nDROP USER a;\n",
  });
  expect(readMigrations(folder).warnings).toMatchObject([
    { code: 'blind-statement', problem: expect.stringMatching(/^"CREATE USER a IDENTIFIED BY '…'": /) as string },
  ]);
});
