import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readBaseSchema } from '../../../cli/prove/base-schema';
import { migrationFolder } from '../../lib/source/migration-folder';
import { stackServers, throwawaysLike } from '../../servers';
import { runProgram, type Run } from '../run-program';

jest.setTimeout(120_000);

/** As mysqldump and mariadb-dump write, with `--databases`, triggers and accounts. */
const DUMP = `/*M!999999\\- enable the sandbox mode */
-- MariaDB dump 10.19
/*!40101 SET NAMES utf8mb4 */;
SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ '';
CREATE DATABASE /*!32312 IF NOT EXISTS*/ \`shop\` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;

USE \`shop\`;
DROP TABLE IF EXISTS \`book\`;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE \`book\` (
  \`id\` int NOT NULL AUTO_INCREMENT,
  \`owner\` int NOT NULL,
  PRIMARY KEY (\`id\`),
  CONSTRAINT \`owned\` FOREIGN KEY (\`owner\`) REFERENCES \`user\` (\`id\`)
) ENGINE=InnoDB;
CREATE TABLE \`user\` (\`id\` int NOT NULL, \`name\` varchar(40) DEFAULT NULL, PRIMARY KEY (\`id\`)) ENGINE=InnoDB;
LOCK TABLES \`user\` WRITE;
/*!40000 ALTER TABLE \`user\` DISABLE KEYS */;
INSERT INTO \`user\` VALUES (1,'one; two');
/*!40000 ALTER TABLE \`user\` ENABLE KEYS */;
UNLOCK TABLES;
ALTER DATABASE \`shop\` CHARACTER SET latin1 COLLATE latin1_swedish_ci ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=\`app\`@\`%\`*/ /*!50003 TRIGGER t BEFORE INSERT ON user FOR EACH ROW
BEGIN
  SET NEW.name = UPPER(NEW.name);
END */;;
DELIMITER ;
ALTER DATABASE \`shop\` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci ;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=\`app\`@\`%\` SQL SECURITY DEFINER */
/*!50001 VIEW \`named\` AS select \`name\` AS \`name\` from \`user\` */;
CREATE TABLE \`migration\` (\`name\` varchar(255) PRIMARY KEY);
LOCK TABLES \`migration\` WRITE;
INSERT INTO \`migration\` VALUES ('0001_user'),('0002_book');
UNLOCK TABLES;
CREATE TABLE \`migration_deployment\` (\`id\` int PRIMARY KEY);
-- Dump completed
`;
const FOLDER = {
  'schema.sql': DUMP,
  'm/0002_book.sql': '-- migrate:up\nCREATE TABLE book (id INT);\n-- migrate:down\nDROP TABLE book;\n',
  'm/0003_age.sql':
    '-- migrate:up\nALTER TABLE user ADD COLUMN age INT;\n-- migrate:down\nALTER TABLE user DROP COLUMN age;\n',
  'm/0004_index.sql': '-- migrate:up\nCREATE INDEX user_name ON user (name);\n-- migrate:down\nDO 0;\n',
};

function userOf(): string {
  return '-- migrate:up\nCREATE TABLE user (id INT PRIMARY KEY);\n-- migrate:down\nDROP TABLE user;\n';
}

describe.each(stackServers())('on throwaway servers like $name', (server) => {
  const run = (folder: string, args: readonly string[]): Run => runProgram(folder, args, throwawaysLike(server));
  const prove = (folder: string, ...args: readonly string[]): Run => run(folder, ['prove', 'm', ...args]);

  test('migrations are proved on the schema of a dump, which has those up to one already', () => {
    const folder = migrationFolder(FOLDER);
    const { code, stdout, stderr } = prove(folder, '--base-schema', 'schema.sql', '--base-to', '2');

    expect(stderr).not.toContain('aurora-migrations:');
    expect(stdout).toMatch(/^proving 2 migrations of m on \w+ [\d.]+, after what is in schema\.sql$/m);
    expect(stdout).toMatch(/^ok {4}0003_age\.sql .*\n(?! {4}note)/m);
    expect(stdout).toMatch(
      /^FOUND {2}0004_index\.sql [^]*its down does not restore the schema[^]*DROP KEY `user_name`/m,
    );
    expect(stdout).toContain('1 proved, 1 found wrong');
    expect(code).toBe(2);
  });

  test('a database that a migration makes is not there when all of them are played once more', () => {
    const made = 'INSERT INTO user VALUES (1);\nCREATE DATABASE proved_other;';
    const folder = migrationFolder({
      'm/0001_user.sql': userOf(),
      'm/0002_other.sql': `-- migrate:up\n${made}\n-- migrate:down\nDROP DATABASE proved_other;\nDELETE FROM user WHERE id = 1;\n`,
      'm/0003_copy.sql':
        '-- migrate:up\nALTER TABLE user ADD COLUMN age INT NULL;\n-- migrate:down\nALTER TABLE user DROP COLUMN age;\n',
    });
    const { code, stdout } = prove(folder);

    expect(stdout).not.toContain('FOUND');
    expect(stdout).toContain('the whole folder: 3 migrations forward, back, forward');
    expect(code).toBe(0);
  });

  test('without a name, all of the folder comes after the dump; what "dump" writes is such a file', () => {
    const folder = migrationFolder({ ...FOLDER, 'old/0001_user.sql': userOf(), 'm/0002_book.sql': '' });
    expect(run(folder, ['dump', 'old', '--output', 'own.sql']).code).toBe(0);
    writeFileSync(path.join(folder, 'm/0002_book.sql'), '-- migrate:up\nDO 0;\n-- migrate:irreversible\n');
    writeFileSync(path.join(folder, 'm/0004_index.sql'), userOf().replaceAll('user', 'team'));
    const { code, stdout } = prove(folder, '--base-schema', 'own.sql', '--json');

    const { migrations } = JSON.parse(stdout) as { readonly migrations: readonly { readonly verdict: string }[] };
    expect(migrations.map(({ verdict }) => verdict)).toEqual(['irreversible', 'proved', 'proved']);
    expect(code).toBe(0);
    expect(readFileSync(path.join(folder, 'own.sql'), 'utf8')).toContain('CREATE TABLE `user`');
  });

  test.each([
    { args: ['--base-to', '2'], says: /give both/, code: 64 },
    { args: ['--base-schema', 'no.sql'], says: /no\.sql cannot be read \(ENOENT\)\. Nothing was proved/ },
    { args: ['--base-schema', 'empty.sql'], says: /empty\.sql holds no statement\. Nothing was proved/ },
    { args: ['--base-schema', 'open.sql'], says: /open\.sql:2: the string that opens here with ' is never closed/ },
    { args: ['--base-schema', 'two.sql'], says: /two\.sql holds the databases a, b: dump the one that is migrated/ },
    { args: ['--base-schema', 'schema.sql', '--base-to', '9'], says: /--base-to 9: there is no such migration/ },
    {
      args: ['--base-schema', 'schema.sql', '--base-to', '0004_index'],
      says: /it is the last of 3 migrations, none is/,
    },
    { args: ['--base-schema', 'bytes.sql'], says: /at line 1: .*\. It holds bytes that are no UTF-8, .*--hex-blob/ },
    { args: ['--base-schema', 'bad.sql'], says: /the server refuses a statement of bad\.sql, at line 2: .*FOO/ },
  ])('prove $args is refused', ({ args, says, code = 1 }) => {
    const folder = migrationFolder({
      ...FOLDER,
      'empty.sql': '-- nothing\n',
      'open.sql': "DO 0;\nSELECT 'a",
      'two.sql': 'USE a;\nCREATE TABLE one (id INT);\nUSE b;\n',
      'bytes.sql': Buffer.from("SELECT ST_GeomFromWKB('\u00ff');\n", 'latin1'),
      'bad.sql': 'DO 0;\nFOO;\n',
    });
    const run = prove(folder, ...args);

    expect(run.stderr).toMatch(says);
    expect(run.stderr).not.toContain('a fault of the program');
    expect(run.code).toBe(code);
  });
});

test('what a dump says of its database, of accounts and of a journal is left out, and nothing else', () => {
  // A server prints an account so where a routine was made under ANSI_QUOTES.
  const quoted = 'CREATE DEFINER="app"@"%" PROCEDURE `quoted`() SELECT 1;\n';
  const folder = migrationFolder({ 'schema.sql': DUMP + quoted });
  const { statements } = readBaseSchema(path.join(folder, 'schema.sql'));
  const all = statements.map(({ text }) => text).join(';\n');

  expect(all).not.toMatch(/USE |CREATE DATABASE|GTID|`app`|"app"|migration/);
  expect(all).toMatch(/CREATE TABLE `book`[^]*CREATE TABLE `user`[^]*INSERT INTO `user`[^]*TRIGGER t[^]*VIEW `named`/);
  expect(statements.filter(({ text }) => /^UNLOCK/.test(text))).toHaveLength(2);
});
