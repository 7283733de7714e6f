import type { Intent } from '../../../lambda/plan/intent';
import { release, type Release, type Scene } from '../scene';

const TABLE = `-- migrate:up
CREATE TABLE user (id BIGINT PRIMARY KEY AUTO_INCREMENT, email VARCHAR(190) NOT NULL UNIQUE, phone VARCHAR(50) NULL,
  nick VARCHAR(50) NULL);
-- migrate:down
DROP TABLE user;`;
const ORDERS = `-- migrate:up
CREATE TABLE orders (id BIGINT PRIMARY KEY, user BIGINT, FOREIGN KEY (user) REFERENCES user (id));
-- migrate:down
DROP TABLE orders;`;
/** What contracts and may be reverted and applied again while its application is live. */
const NO_NICK = `-- migrate:phase contract
-- migrate:up
ALTER TABLE user DROP COLUMN nick;
-- migrate:down
ALTER TABLE user ADD COLUMN nick VARCHAR(50) NULL;`;
/** What contracts and may not: its down changes rows. */
const NO_PHONE = `-- migrate:phase contract
-- migrate:up
ALTER TABLE user DROP COLUMN phone;
-- migrate:down
ALTER TABLE user ADD COLUMN phone VARCHAR(50) NULL AFTER email;
UPDATE user SET phone = 'unknown';`;

const OLD = { '0001_user': TABLE };
const EXPANDED = { ...OLD, '0002_orders': ORDERS };
export const A = release(OLD);
/** The same release, of which removed migrations are to be reverted. */
export const A_REVERTING = release(OLD, { OnRemoved: 'REVERT' });
const NOTES = `-- migrate:up
CREATE TABLE notes (id BIGINT PRIMARY KEY);
-- migrate:down
DROP TABLE notes;`;
/** Expands only. */
export const B_PLAIN = release(EXPANDED);
export const B_REVERTING = release(EXPANDED, { OnRemoved: 'REVERT' });
/** Expands twice. */
export const B_NOTES = release({ ...EXPANDED, '0003_notes': NOTES });
/** Expands with a JavaScript migration too. */
export const B_MODULE = release({
  ...EXPANDED,
  '0003_notes': `exports.up = ({ query }) => query('CREATE TABLE notes (id BIGINT PRIMARY KEY)');
exports.down = ({ query }) => query('DROP TABLE notes');`,
});
/** Has one of its migrations, with another text. */
export const C_EDITED = release({ ...OLD, '0002_orders': ORDERS.replace('user BIGINT', 'user BIGINT NOT NULL') });
const OTHER = NOTES.replaceAll('notes', 'other');
/** Has none of its migrations. */
export const C_OTHER = release({ ...OLD, '0005_other': OTHER });
/** The same, for a stack that is at a release with the others. */
export const C_INSTEAD = release({ ...OLD, '0005_other': OTHER }, { OnRemoved: 'REVERT' });
/** Cannot be reverted as a whole. */
export const C_IRREVERSIBLE = release({
  ...EXPANDED,
  '0003_other': OTHER.replace(/-- migrate:down.*/s, '-- migrate:irreversible'),
  '0004_notes': NOTES,
});
export const B_LOSSLESS = release({ ...EXPANDED, '0003_no_nick': NO_NICK });
const BAD = '-- migrate:up\nALTER TABLE nowhere ADD x INT;\n-- migrate:down\nDO 0;';
/** Fails, with nothing else that is new or with all of the one above. */
export const A_FAILING = release({ ...OLD, '0009_bad': BAD });
export const B_FAILING = release({ ...EXPANDED, '0003_no_nick': NO_NICK, '0009_bad': BAD });
/** Goes on where that one ended, with both phases. */
export const C_AFTER = release({
  ...EXPANDED,
  '0003_no_nick': NO_NICK,
  '0004_notes': NOTES,
  '0005_no_phone': NO_PHONE,
});
/** Lacks what B_NOTES had expanded last. */
export const C_WITHOUT = release({ ...EXPANDED, '0004_no_nick': NO_NICK }, { OnRemoved: 'REVERT' });
export const B_LOSSY = release({ ...EXPANDED, '0003_no_phone': NO_PHONE });
/** Contracts in both ways, what is lossless last. */
export const B_BOTH = release({ ...EXPANDED, '0003_no_phone': NO_PHONE, '0004_no_nick': NO_NICK });

/** The same release as the construct's second resource has it. */
export function second({ properties, ...rest }: Release): Release {
  return { ...rest, properties: { ...properties, ContractOf: 'Migrations' } };
}

export const CONTRACT_ID = 'aurora-migrations:app/MigrationsContract:cluster-TEST/app';

/** The same request, as if it were signed in the same second as another one. */
export function inTheSecondOf({ request: { issuedAt } }: Intent, intent: Intent): Intent {
  return { ...intent, request: { ...intent.request, issuedAt } };
}

/** What CloudFormation asks for of a construct with both resources and the resources of its releases, and what is there. */
export class ReleaseStory {
  constructor(readonly scene: Scene) {}

  /** The stack is created; its application has written a row. */
  async create(to: Release): Promise<void> {
    const { scene } = this;
    await this.succeed(to, scene.create(to), scene.begins(to), scene.create(second(to)));
    await scene.sql("INSERT INTO user (email, phone, nick) VALUES ('a@example.com', '1', 'a')");
  }

  /** The stack is updated as far as what comes after both resources; with `cleanUp` to its end. */
  async update(from: Release, to: Release, cleanUp = false): Promise<void> {
    const { scene } = this;
    await this.succeed(to, scene.update(from, to), scene.begins(to), this.contract(from, to));
    if (cleanUp) await this.succeed(to, scene.ends(from));
  }

  /** An update that came as far, and whose application has written. Gives the schema from before it. */
  async tried(from: Release, to: Release): Promise<Readonly<Record<string, string>>> {
    await this.create(from);
    const schema = await this.scene.schema();
    await this.update(from, to);
    await this.scene.sql('INSERT INTO orders VALUES (1, 1)');
    return schema;
  }

  /** Columns of the table that all releases use. */
  async columns(): Promise<readonly string[]> {
    const rows = await this.scene.sql('SHOW COLUMNS FROM user');
    return rows.map((row) => String(row['Field']));
  }

  /** An update of the construct's second resource. */
  contract(from: Release, to: Release): Intent {
    return this.scene.update(second(from), second(to), CONTRACT_ID);
  }

  async succeed(code: Release, ...intents: readonly Intent[]): Promise<void> {
    for (const intent of intents) {
      const { status, reason } = await this.scene.answer(intent, code);
      expect([intent.kind, status, reason]).toEqual([intent.kind, 'SUCCESS', reason]);
    }
  }

  /** `type status under` of each deployment that is owed. */
  async owed(): Promise<readonly string[]> {
    const rows = await this.scene.sql(
      `SELECT type, status, owedUnder FROM migration_deployment WHERE owedAt IS NOT NULL ORDER BY id`,
    );
    return rows.map((row) => `${String(row['type'])} ${String(row['status'])} ${String(row['owedUnder'])}`);
  }

  /** Digests of the releases that are noted as standing, in the order in which they were first noted. */
  async standing(): Promise<readonly string[]> {
    const rows = await this.scene.sql(
      `SELECT newDigest FROM migration_deployment WHERE type = 'Release' AND endedAt IS NULL ORDER BY id`,
    );
    return rows.map((row) => String(row['newDigest']));
  }

  /** All rows of both tables of the journal, but for when the release ended. */
  async journal(): Promise<readonly unknown[]> {
    const rows = await this.scene.sql('SELECT * FROM migration_deployment ORDER BY id');
    return [
      await this.scene.sql('SELECT * FROM migration ORDER BY id'),
      rows.map((row) => (row['type'] === 'Release' ? { ...row, endedAt: row['endedAt'] === null } : row)),
    ];
  }
}

export const digestOf = ({ manifest }: Release): string => manifest.digest;
