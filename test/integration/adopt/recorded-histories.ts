/**
 * Histories of tools that are not in npm, as they left them. Each of them ran on both servers, which differ in nothing but
 * in how they write the widths of numbers; the rows were read with the mysql client.
 */

/**
 * golang-migrate 4.18.1, `go install -tags mysql github.com/golang-migrate/migrate/v4/cmd/migrate@v4.18.1`, on a folder
 * with 000001_create_user and 000002_add_name (and 000003, of which the server refuses the statement):
 * `migrate -path . -database 'mysql://root@tcp(127.0.0.1)/app' up`
 */
const GOLANG_MIGRATE =
  'CREATE TABLE schema_migrations (`version` bigint NOT NULL, `dirty` tinyint(1) NOT NULL, PRIMARY KEY (`version`))';

/**
 * goose 3.24.1, `go install github.com/pressly/goose/v3/cmd/goose@v3.24.1`, on a folder with 0001_create_user and
 * 0002_add_name: `goose mysql 'root@tcp(127.0.0.1)/app?parseTime=true'` with `up`, `down` and `up`.
 */
const GOOSE =
  'CREATE TABLE goose_db_version (`id` bigint unsigned NOT NULL AUTO_INCREMENT, `version_id` bigint NOT NULL, ' +
  '`is_applied` tinyint(1) NOT NULL, `tstamp` timestamp NULL DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (`id`))';

/**
 * Flyway 11.8.2, `org.flywaydb:flyway-mysql` of Maven Central with the drivers of both servers:
 * `Flyway.configure().dataSource(url, user, password).locations("filesystem:sql").load().migrate()`, with
 * `baselineOnMigrate(true).baselineVersion("1")` where there is a baseline.
 */
const FLYWAY =
  'CREATE TABLE flyway_schema_history (`installed_rank` int NOT NULL, `version` varchar(50) DEFAULT NULL, ' +
  '`description` varchar(200) NOT NULL, `type` varchar(20) NOT NULL, `script` varchar(1000) NOT NULL, `checksum` int DEFAULT NULL, ' +
  '`installed_by` varchar(100) NOT NULL, `installed_on` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, `execution_time` int NOT NULL, ' +
  '`success` tinyint(1) NOT NULL, PRIMARY KEY (`installed_rank`), KEY `flyway_schema_history_s_idx` (`success`))';

/** The texts of which Flyway made the checksums below. */
export const FLYWAY_TEXTS = {
  'V1__create_user.sql':
    'CREATE TABLE user (\n  id BIGINT PRIMARY KEY AUTO_INCREMENT,\n  email VARCHAR(190) NOT NULL UNIQUE\n);\n',
  'V2__add_name.sql': 'ALTER TABLE user ADD COLUMN name VARCHAR(100) NULL;\n',
} as const;

const CREATE_USER = "'SQL', 'V1__create_user.sql', 1302393084, 'root', '2026-11-28 09:39:26', 153, 1)";
const ADD_NAME = "'SQL', 'V2__add_name.sql', -54203938, 'root', '2026-11-28 09:39:27', 151, 1)";
const NAMED = "(3, NULL, 'named', 'SQL', 'R__named.sql', 1944660227, 'root', '2026-11-28 09:39:27', 91, 1)";
const ORDERS = "(3, '3', 'orders', 'SQL', 'V3__orders.sql', 1066902150, 'root', '2026-11-28 09:39:38', 220, 0)";
const BASELINE =
  "(1, '1', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', NULL, 'root', '2026-11-28 09:39:43', 0, 1)";

function flyway(...rows: readonly string[]): readonly string[] {
  return [FLYWAY, `INSERT INTO flyway_schema_history VALUES ${rows.join(', ')}`];
}

/** Statements that make them, by what they are. */
export const RECORDED = {
  'golang-migrate': [GOLANG_MIGRATE, 'INSERT INTO schema_migrations VALUES (2, 0)'],
  'golang-migrate, which failed': [GOLANG_MIGRATE, 'INSERT INTO schema_migrations VALUES (3, 1)'],
  goose: [
    GOOSE,
    "INSERT INTO goose_db_version VALUES (1, 0, 1, '2026-11-29 09:03:01'), (2, 1, 1, '2026-11-29 09:03:01'), (4, 2, 1, '2026-11-29 09:03:01')",
  ],
  flyway: flyway(`(1, '1', 'create user', ${CREATE_USER}`, `(2, '2', 'add name', ${ADD_NAME}`, NAMED),
  'flyway, with versions of two numbers': flyway(
    `(1, '1.0', 'create user', ${CREATE_USER.replace('V1', 'V1.0')}`,
    `(2, '1.1', 'add name', ${ADD_NAME.replace('V2', 'V1.1')}`,
  ),
  'flyway, which failed': flyway(`(1, '1', 'create user', ${CREATE_USER}`, `(2, '2', 'add name', ${ADD_NAME}`, ORDERS),
  'flyway, with a baseline': flyway(BASELINE, `(2, '2', 'add name', ${ADD_NAME}`),
} as const;
