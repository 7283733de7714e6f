import { invoke } from '../by-hand';
import { release, type Scene } from '../scene';

/**
 * Texts, names and defaults that mean something else where a server reads SQL in another way: quotes and backslashes, names in
 * both letters, a table without a key, a TIMESTAMP, and what takes privileges of its own where there is a binary log.
 */
const PEOPLE = {
  '0001_people': String.raw`-- migrate:up
CREATE TABLE People (id INT PRIMARY KEY AUTO_INCREMENT, email VARCHAR(150) NOT NULL UNIQUE, code CHAR(8) NULL, seen TIMESTAMP NULL);
INSERT INTO People (email, code) VALUES ("first@example.com", 'a\\b'), ('Åsa@example.com', 'it\'s');
-- migrate:down
DROP TABLE People;`,
};

const VISITS = {
  ...PEOPLE,
  '0002_visits': String.raw`-- migrate:up
ALTER TABLE People ADD COLUMN name VARCHAR(100) NOT NULL DEFAULT '';
UPDATE People SET name = 'Bo\\';
CREATE TABLE Visit (person INT NOT NULL, at TIMESTAMP, FOREIGN KEY (person) REFERENCES People (id));
CREATE TRIGGER First_visit AFTER INSERT ON People FOR EACH ROW INSERT INTO Visit (person) VALUES (NEW.id);
CREATE VIEW Named AS SELECT id, name, 'x' AS kind FROM People WHERE name <> '';
CREATE PROCEDURE visits () SELECT COUNT(*) FROM Visit;
-- migrate:down
DROP PROCEDURE visits;
DROP VIEW Named;
DROP TRIGGER First_visit;
DROP TABLE Visit;
ALTER TABLE People DROP COLUMN name;`,
  '0003_third': `exports.up = async ({ query }) => {
  await query('INSERT INTO People (email, name) VALUES (?, ?)', ['third@example.com', 'Cé']);
  await query('UPDATE People SET code = ? WHERE email = ?', ['late', 'third@example.com']);
};
exports.down = async ({ query }) => {
  await query('DELETE FROM Visit WHERE person = (SELECT id FROM People WHERE email = ?)', ['third@example.com']);
  await query('DELETE FROM People WHERE email = ?', ['third@example.com']);
};`,
};

const FIRST = release(PEOPLE);
const SECOND = release(VISITS);
const BROKEN = release({
  ...VISITS,
  '0004_broken': `-- migrate:up
CREATE TABLE Invoice (id INT PRIMARY KEY);
INSERT INTO Invoice VALUES (1), (2);
ALTER TABLE People ADD COLUMN vat VARCHAR(20) NULL;
ALTER TABLE People ADD COLUMN email VARCHAR(100) NULL;
-- migrate:down
ALTER TABLE People DROP COLUMN email;
ALTER TABLE People DROP COLUMN vat;
DROP TABLE Invoice;`,
});

/** What a server must do for a stack, whatever its owner has set: each promise is kept, or broken here by name. */
export class ServerStory {
  constructor(private readonly scene: Scene) {}

  /** The whole story: created, failed half-way, rolled back once its application had begun, live, and changed by hand. */
  async tell(): Promise<void> {
    const { scene } = this;
    await this.#create();
    const before = await this.#all();

    const broken = await scene.updated(FIRST, BROKEN);
    expect(broken.status).toBe('FAILED');
    expect(broken.reason).toMatch(/^0004_broken\.sql failed at step 4 of 4 \(line \d+\): ER_DUP_FIELDNAME \(1060\)/);
    expect(broken.reason).toContain('the schema is as it was before the deployment');
    expect(await this.#all()).toEqual(before);

    await this.#goLive();
    expect(await this.#roll()).toMatchObject({ data: { Reverted: '0003_third, 0002_visits', Drift: '' } });
    expect(await this.#all()).toEqual(before);

    await this.#goLive();
    await scene.unlocked();
    expect(await invoke(scene, SECOND, { command: 'verify' })).toMatchObject({ ok: true, findings: [] });
    await scene.sql('ALTER TABLE People ADD COLUMN by_hand INT NULL');
    await scene.unlocked();
    const { findings } = (await invoke(scene, SECOND, { command: 'verify' })) as {
      readonly findings: readonly { readonly code: string; readonly message: string }[];
    };
    expect(findings.map(({ code }) => code)).toEqual(['drift']);
    expect(findings[0]?.message).toMatch(/table people is changed \(with `by_hand` int/i);
    const drifted = await this.#roll();
    expect(drifted.data['Drift']).toMatch(/^table people is changed \(with `by_hand` int/i);
  }

  /** A server that forbids a step: it fails by name, all is as before, and goes through once it is allowed. */
  async isRefused(reason: RegExp, allow: () => Promise<void>): Promise<void> {
    const { scene } = this;
    await this.#create();
    const before = await this.#all();
    const answer = await scene.updated(FIRST, SECOND);
    expect([answer.status, answer.reason]).toEqual(['FAILED', expect.stringMatching(reason)]);
    expect(answer.reason).toContain('the schema is as it was before the deployment');
    expect(await this.#all()).toEqual(before);
    await allow();
    await this.#goLive();
  }

  /** A server that takes no writes at all: nothing was run, it says why, and goes through once it does. */
  async isReadOnly(forbid: () => Promise<void>, allow: () => Promise<void>): Promise<void> {
    const { scene } = this;
    await this.#create();
    const before = await this.#all();
    await forbid();
    const answer = await scene.updated(FIRST, SECOND);
    expect([answer.status, answer.reason]).toEqual(['FAILED', expect.stringMatching(/read-only/)]);
    expect(await this.#all()).toEqual(before);
    await allow();
    await this.#goLive();
  }

  async #create(): Promise<void> {
    await this.#succeed(this.scene.create(FIRST), FIRST);
    await this.#succeed(this.scene.begins(FIRST), FIRST);
    expect(await this.scene.sql('SELECT email, code FROM People ORDER BY id')).toEqual([
      { email: 'first@example.com', code: 'a\\b' },
      { email: 'Åsa@example.com', code: "it's" },
    ]);
  }

  /** The release is live: its migrations are applied, and its application has begun. */
  async #goLive(): Promise<void> {
    const { scene } = this;
    await this.#succeed(scene.update(FIRST, SECOND), SECOND);
    await this.#succeed(scene.begins(SECOND), SECOND);
    expect(await scene.history()).toEqual(['0001_people applied', '0002_visits applied', '0003_third applied']);
    expect(await scene.sql('SELECT email, code, name FROM People ORDER BY id')).toEqual([
      { email: 'first@example.com', code: 'a\\b', name: 'Bo\\' },
      { email: 'Åsa@example.com', code: "it's", name: 'Bo\\' },
      { email: 'third@example.com', code: 'late', name: 'Cé' },
    ]);
    expect(await scene.sql('SELECT COUNT(*) AS n FROM Visit')).toEqual([{ n: 1 }]);
    expect(await scene.sql('SELECT kind, COUNT(*) AS n FROM Named GROUP BY kind')).toEqual([{ kind: 'x', n: 3 }]);
  }

  /** The application of the release failed: CloudFormation rolls back, and cleans up. */
  async #roll(): ReturnType<Scene['answer']> {
    const { scene } = this;
    await this.#succeed(scene.update(SECOND, FIRST), FIRST);
    return this.#succeed(scene.ends(SECOND), FIRST);
  }

  async #succeed(...[intent, code]: Parameters<Scene['answer']>): ReturnType<Scene['answer']> {
    const answer = await this.scene.answer(intent, code);
    expect([answer.status, answer.reason]).toEqual(['SUCCESS', answer.reason]);
    return answer;
  }

  async #all(): Promise<readonly unknown[]> {
    const { scene } = this;
    return [await scene.schema(), await scene.sql('SELECT * FROM People ORDER BY id'), await scene.history()];
  }
}
