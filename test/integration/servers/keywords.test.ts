import { effectsOf } from '../../../lambda/sql/effects';
import { readableStatement } from '../../../lib/review/tables/readable-statement';
import { RESERVED_WORDS } from '../../../lib/review/tables/reserved-words';
import { readTableStatement } from '../../../lib/review/tables/table-statement-reader';
import { STATEMENT_WORDS } from '../../../lib/source/statement-words';
import { servers } from '../../servers';
import { Scene } from '../scene';

/** Statements in which a word stands for each kind of name. */
const NAMED: readonly ((word: string) => string)[] = [
  (word) => `ALTER TABLE a ADD COLUMN ${word} INT`,
  (word) => `ALTER TABLE a DROP ${word}`,
  (word) => `ALTER TABLE a MODIFY ${word} VARCHAR(9)`,
  (word) => `ALTER TABLE a CHANGE ${word} ${word} INT`,
  (word) => `ALTER TABLE a RENAME COLUMN ${word} TO ${word}`,
  (word) => `ALTER TABLE a ADD b INT AFTER ${word}`,
  (word) => `ALTER TABLE a ADD INDEX ${word} (${word})`,
  (word) => `ALTER TABLE a ADD CONSTRAINT ${word} FOREIGN KEY (${word}) REFERENCES ${word} (${word})`,
  (word) => `ALTER TABLE ${word} ADD b INT`,
  (word) => `CREATE INDEX ${word} ON ${word} (${word})`,
];

/** Statements whose effects the function reads by itself, with a word wherever they have a name. */
const WITH_EFFECTS: readonly ((word: string) => string)[] = [
  ...NAMED,
  (word) => `ALTER TABLE a ADD ${word} INT`,
  (word) => `ALTER TABLE a ADD (${word} INT, b INT)`,
  (word) => `ALTER TABLE a ALTER ${word} SET DEFAULT 1`,
  (word) => `ALTER TABLE a ADD CONSTRAINT ${word} UNIQUE (b)`,
  (word) => `ALTER TABLE a ADD CONSTRAINT ${word} CHECK (b > 0)`,
  (word) => `ALTER TABLE a DROP INDEX ${word}`,
  (word) => `ALTER TABLE a DROP FOREIGN KEY ${word}`,
  (word) => `ALTER TABLE a DROP CONSTRAINT ${word}`,
  (word) => `ALTER TABLE a RENAME ${word}`,
  (word) => `ALTER TABLE a RENAME AS ${word}`,
  (word) => `ALTER TABLE a RENAME INDEX ${word} TO b`,
  (word) => `ALTER TABLE ${word} RENAME b`,
  (word) => `CREATE TABLE ${word} (b INT)`,
  (word) => `DROP TABLE IF EXISTS ${word}, b`,
  (word) => `RENAME TABLE ${word} TO b, c TO ${word}`,
  (word) => `TRUNCATE ${word}`,
  (word) => `DROP INDEX ${word} ON ${word}`,
  (word) => `INSERT ${word} VALUES (1)`,
  (word) => `INSERT INTO ${word} (${word}) VALUES (1)`,
  (word) => `REPLACE ${word} VALUES (1)`,
  (word) => `UPDATE ${word} SET ${word} = 1`,
  (word) => `UPDATE a SET a.${word} = 1, b = 2`,
  (word) => `UPDATE a AS ${word} JOIN b ON b.c = ${word}.c SET ${word}.b = 1`,
  (word) => `UPDATE a ${word} SET ${word}.b = 1`,
  (word) => `DELETE FROM ${word} WHERE b = 1`,
  (word) => `DELETE ${word}, b FROM ${word} JOIN b`,
  (word) => `DELETE FROM ${word} USING ${word} JOIN b`,
  (word) => `CREATE VIEW ${word} AS SELECT 1`,
  (word) => `CREATE DATABASE ${word}`,
];

describe.each(servers())('the words of $name', (server) => {
  let scene: Scene;
  let words: readonly string[];
  beforeAll(async () => {
    scene = await Scene.start(server);
    const rows = await scene.sql('SELECT word AS word FROM information_schema.keywords');
    words = rows.map((row) => String(row['word'])).filter((word) => /^\w+$/.test(word));
  });
  afterAll(() => scene.end());

  /** What the server cannot read of a statement; undefined where it can read it all, whatever it says then. */
  async function unreadTail(sql: string): Promise<string | undefined> {
    try {
      await scene.sql(`PREPARE s FROM '${sql}'`);
      return undefined;
    } catch (error) {
      const { errno, message } = error as { readonly errno: number; readonly message: string };
      return errno === 1064 ? (/near '([^]*)' at line/.exec(message)?.[1] ?? '') : undefined;
    }
  }

  it('are names to the review where they are names to the server', async () => {
    expect(words.length).toBeGreaterThan(600);
    const unread: string[] = [];
    for (const word of words) {
      for (const named of NAMED) {
        const sql = named(word);
        if ((await unreadTail(sql)) === undefined && readableStatement(sql) === undefined) unread.push(sql);
      }
    }
    expect(unread).toEqual([]);
  });

  it('have the effects of names where they are names to the server', async () => {
    const differing: string[] = [];
    for (const word of words) {
      for (const named of WITH_EFFECTS) {
        const [bare, quoted] = [word, `\`${word}\``].map((name) => JSON.stringify(effectsOf(named(name))));
        if (bare !== quoted && (await unreadTail(named(word))) === undefined) differing.push(named(word));
      }
    }
    expect(differing).toEqual([]);
  });

  it('are parsed by the review once they are in backticks', () => {
    const parsed = NAMED.map((named) => readTableStatement(readableStatement(named('type')) ?? ''));
    expect(parsed).not.toContain(undefined);
  });

  it('are no names to the server where they are none to the review', async () => {
    const taken: string[] = [];
    for (const word of words.filter((each) => RESERVED_WORDS.has(each.toUpperCase()))) {
      if ((await unreadTail(`ALTER TABLE a ADD COLUMN ${word} INT`)) === undefined) taken.push(word);
    }
    expect(taken).toEqual([]);
  });

  it('begin a statement where we say so, and nowhere else', async () => {
    const beginning: string[] = [];
    for (const word of words) {
      const tail = await unreadTail(`${word} ]]]`);
      if (tail !== undefined && !tail.toUpperCase().startsWith(word.toUpperCase())) beginning.push(word.toUpperCase());
    }
    expect(beginning).toContain('CREATE');
    expect(beginning.filter((word) => !STATEMENT_WORDS.has(word))).toEqual([]);
    const others = ['BACKUP', 'CASE', 'FOR', 'IF', 'LOOP', 'REPEAT', 'WHILE', 'CLONE', 'IMPORT', 'RESTART', 'TABLE'];
    expect([...STATEMENT_WORDS].filter((word) => !beginning.includes(word) && !others.includes(word))).toEqual([]);
  });
});
