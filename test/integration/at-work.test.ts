import { createColors } from 'picocolors';
import { planText } from '../../cli/look/plan-text';
import { isBehindOrDiverged, statusText } from '../../cli/look/status-text';
import { watchLine } from '../../cli/watch/watch-text';
import { runCommand } from '../../lambda/commands/run-command';
import type { PlanAnswer } from '../../lambda/commands/show-plan';
import type { StatusAnswer } from '../../lambda/commands/status';
import type { WatchAnswer } from '../../lambda/commands/watch';
import { servers } from '../servers';
import { hastyClock, invoke } from './by-hand';
import { FIRST, release, Scene, USER, type Release } from './scene';

/** Waits where another session holds the row. */
const HELD = 'UPDATE held SET n = 7 WHERE id = 1';

/** As it is shown where it is in no text of the release. */
const WITHOUT_VALUES = 'UPDATE held SET n = ? WHERE id = ?';

const ADD = '-- migrate:up\nALTER TABLE user ADD COLUMN more INT;\n-- migrate:down\nALTER TABLE user DROP COLUMN more;';

const sqlOf = (up: string, down = 'DO 1'): string => `-- migrate:up\n${up};\n-- migrate:down\n${down};`;

/** What is at work in the last migration: behind a DDL, whose end the journal says with what follows. */
const CASES: readonly [string, Readonly<Record<string, string>>, Partial<WatchAnswer['current']>, string][] = [
  [
    'a change of rows behind a DDL',
    { '0002_add': ADD, '0003_fill': sqlOf(`INSERT INTO held VALUES (3, 3);\n${HELD}`) },
    { migration: '0003_fill', step: 2, steps: 2, line: 3, isJournalled: false, isSeen: true },
    `0003_fill (2 of 2), step 2 of 2 (line 3), in a transaction with its rows; ${HELD}`,
  ],
  [
    'a change of rows in the transaction of those before it',
    { '0002_add': ADD, '0003_quick': sqlOf('INSERT INTO held VALUES (3, 3)'), '0004_fill': sqlOf(HELD) },
    { migration: '0004_fill', step: 1, steps: 1, isJournalled: false, isSeen: true },
    `0004_fill (3 of 3), step 1 of 1 (line 2), in a transaction with its rows; ${HELD}`,
  ],
  [
    'JavaScript behind a DDL',
    {
      '0002_add': ADD,
      '0003_fill': `exports.up = async ({ query }) => { await query('${HELD}'); };\nexports.down = async () => {};`,
    },
    { migration: '0003_fill', step: 1, isJournalled: false, isSeen: false },
    `0003_fill (2 of 2), in a transaction with its rows; ${WITHOUT_VALUES}`,
  ],
  [
    'a change of rows in a migration that begins with a DDL',
    { '0002_add': sqlOf(`ALTER TABLE user ADD COLUMN more INT;\nINSERT INTO held VALUES (3, 3);\n${HELD}`) },
    { migration: '0002_add', step: 3, steps: 3, line: 4, isJournalled: true, isSeen: true },
    `0002_add (1 of 1), step 3 of 3 (line 4); ${HELD}`,
  ],
];

const STYLE = { width: Infinity, colors: createColors(false) };

describe.each(servers())('what is seen of a run at work, on $name', (server) => {
  const scene = Scene.ofEachTest(server, FIRST);

  const look = async (code: Release): Promise<WatchAnswer> =>
    (await invoke(scene, code, { command: 'watch' })) as WatchAnswer;

  /** Holds the row until what is returned is called. */
  async function hold(): Promise<() => Promise<void>> {
    await scene.sql('CREATE TABLE held (id INT PRIMARY KEY, n INT)');
    await scene.sql('INSERT INTO held VALUES (1, 0)');
    const other = scene.session().database;
    await other.write('START TRANSACTION');
    await other.write('UPDATE held SET n = 1 WHERE id = 1');
    return async () => {
      await other.write('ROLLBACK');
    };
  }

  it.each(CASES)('watch names the step whose statement runs: %s', async (_, more, current, line) => {
    const code = release({ '0001_user': USER, ...more });
    const free = await hold();
    const deployed = scene.updated(FIRST, code);
    await scene.until(() => scene.isRunning(HELD, 'updating'));

    const answer = await look(code);
    await free();

    const sql = current?.isSeen === true ? HELD : WITHOUT_VALUES;
    expect(answer.current).toMatchObject({ ...current, direction: 'up', sql });
    expect(watchLine(answer).replace(/^\S+ {2}/, '')).toContain(line);
    expect(await deployed).toMatchObject({ status: 'SUCCESS' });
  });

  it('watch names the step of a packet whose statement runs', async () => {
    const table = sqlOf('CREATE TABLE tag (id INT)', 'DROP TABLE tag');
    const code = release({ '0001_user': USER, '0002_tag': table, '0003_add': ADD });
    await scene.sql('LOCK TABLES user READ');
    const deployed = scene.updated(FIRST, code);
    await scene.until(() => scene.isRunning('ALTER TABLE user ADD COLUMN more'));

    const answer = await look(code);
    await scene.sql('UNLOCK TABLES');

    expect(answer).toMatchObject({
      deployment: { applied: 1, pending: 1 },
      current: { migration: '0003_add', step: 1, isSeen: true, sql: 'ALTER TABLE user ADD COLUMN more INT' },
    });
    expect(await deployed).toMatchObject({ status: 'SUCCESS' });
  });

  it('watch shows no value that JavaScript gives to a statement', async () => {
    const fill = `exports.up = async ({ query }) => { await query('UPDATE held SET n = ? WHERE id = ? AND LENGTH(?) > 0', [4711, 1, "it\\\\'s"]); };\nexports.down = async () => {};`;
    const code = release({ '0001_user': USER, '0002_fill': fill });
    const free = await hold();
    const deployed = scene.updated(FIRST, code);
    await scene.until(() => scene.isRunning('UPDATE held', 'updating'));

    const answer = await look(code);
    await free();
    await deployed;

    expect(answer.current?.sql).toMatch(/^UPDATE held SET n = \? WHERE id = \? AND LENGTH\(\?\) > \?$/);
  });

  it('watch names the step of a down whose statement runs', async () => {
    const down = `INSERT INTO held VALUES (4, 4);\n${HELD}`;
    const code = release({ '0001_user': USER, '0002_fill': sqlOf('DO 2;\nDO 3', down) });
    await scene.updated(FIRST, code);
    const free = await hold();
    const undone = invoke(scene, code, { command: 'down', steps: 1 });
    await scene.until(() => scene.isRunning(HELD, 'updating'));

    const answer = await look(code);
    await free();

    expect(answer.current).toMatchObject({ migration: '0002_fill', direction: 'down', step: 2, line: 6, sql: HELD });
    expect(watchLine(answer)).toContain(`reverting 0002_fill, step 2 (line 6); ${HELD}`);
    expect(await undone).toMatchObject({ kind: 'reverted', reverted: ['0002_fill'] });
  });

  it('is told to whoever waits in vain for the lock', async () => {
    const free = await hold();
    const code = release({ '0001_user': USER, '0002_fill': sqlOf(HELD) });
    const deployed = scene.updated(FIRST, code);
    await scene.until(() => scene.isRunning('UPDATE held'));
    scene.renew();
    const end = Date.now() + 1_000;
    const clock = { ...scene.ports(code).clock, now: () => Date.now(), remaining: () => end - Date.now() };
    const attempt = { isFirst: false, isLast: true, isLastThoughLong: true };
    const { reason } = await scene.answer(scene.create(code), code, { clock, attempt });
    const up = await invoke(scene, code, { command: 'up' }, { clock: hastyClock() });
    await free();
    await deployed;
    const run =
      /connection \d+ of \S+, for \d+ s in the state "[^"]+" \(Update of app, begun [\d-]+ [\d:]+ UTC\) holds/;
    expect(reason).toMatch(run);
    expect(up).toMatchObject({ failure: { message: expect.stringMatching(run) as string } });
  });

  it.each([
    ['a change of rows behind a DDL', '0003_fill', 'UPDATE held SET n = 7', '0002_add'],
    ['a step of which nothing shows whether it was done', '0003_fill', 'TRUNCATE TABLE held', '0003_fill'],
  ])('what a run works on is not told as damage: %s', async (_, name, statement, half) => {
    const code = release({ '0001_user': USER, '0002_add': ADD, [name]: sqlOf(statement) });
    const free = await hold();
    const deployed = scene.updated(FIRST, code);
    await scene.until(() => scene.isRunning(statement));

    const status = (await invoke(scene, code, { command: 'status' })) as StatusAnswer;
    const plan = (await invoke(scene, code, { command: 'plan' })) as PlanAnswer;
    const verified = await runCommand({ kind: 'verify' }, scene.ports(code), 'request-1');
    await free();
    await deployed;

    const who = /^connection \d+ of \S+, for \d+ s in the state "[^"]+" \(Update of app, begun [\d-]+ [\d:]+ UTC\)$/;
    expect(status.lockedBy).toMatch(who);
    const saysSo =
      /^At work: connection \d+ .* holds the lock\. See "npx aurora-migrations watch"\. What follows is as of now/;
    const said = statusText(status, STYLE).join('\n');
    expect(said).toMatch(saysSo);
    expect(said).toMatch(new RegExp(`${half} +being applied`));
    expect(said).not.toMatch(/half|in doubt|nothing shows|verify/);
    expect(isBehindOrDiverged(status)).toBe(true);
    expect(plan).toMatchObject({ lockedBy: expect.stringMatching(who) as string, revertFirst: [] });
    expect(planText(plan, new Map(), 'Refused', STYLE).join('\n')).toMatch(saysSo);
    expect(verified).toMatchObject({ findings: [{ code: 'lock-held' }] });
    await scene.unlocked();
    expect(await invoke(scene, code, { command: 'plan' })).toMatchObject({ lockedBy: null });
  });

  it('a statement with a character of four bytes is seen, and hides no other session', async () => {
    const statement = "UPDATE held SET n = CHAR_LENGTH('😀 日本') WHERE id = 1";
    const code = release({ '0001_user': USER, '0002_fill': sqlOf(statement) });
    const free = await hold();
    const deployed = scene.updated(FIRST, code);
    await scene.until(() => scene.isRunning(statement, 'updating'));

    const answer = await look(code);
    const status = (await invoke(scene, code, { command: 'status' })) as StatusAnswer;
    await free();
    await deployed;

    expect(answer.current).toMatchObject({ migration: '0002_fill', step: 1, sql: statement, isSeen: true });
    expect(answer.statement).toMatchObject({ isRunning: true });
    expect(status.lockedBy).toMatch(/^connection \d+ of \S+, for \d+ s in the state "updating" /i);
  });

  it('a statement is seen of which the server shows no more than its first 1,024 bytes', async () => {
    const statement = `UPDATE held SET n = CHAR_LENGTH('${'表'.repeat(400)}') WHERE id = 1`;
    const code = release({ '0001_user': USER, '0002_fill': sqlOf(statement) });
    const free = await hold();
    const deployed = scene.updated(FIRST, code);
    await scene.until(() => scene.isRunning('UPDATE held', 'updating'));

    const { database, ...session } = scene.session();
    // As MySQL 9.7 with performance_schema_show_processlist does: 330 such characters fit behind the others.
    const shown = statement.slice(0, 363);
    const query: typeof database.query = async (asked) => {
      const rows = await database.query(asked);
      return rows.map((row) => (row['Info'] === statement ? { ...row, Info: shown } : row));
    };
    const connect = scene.connectingTo({ ...session, database }, { query });
    const answer = (await invoke(scene, code, { command: 'watch' }, { connect })) as WatchAnswer;
    await free();
    await deployed;

    expect(answer.current).toMatchObject({ migration: '0002_fill', sql: statement.slice(0, 200), isSeen: true });
  });

  it('watch shows the statement that runs though it is in no text that the function has', async () => {
    const code = release({ '0001_user': USER, '0002_add': ADD, '0003_fill': sqlOf(HELD) });
    const free = await hold();
    const deployed = scene.updated(FIRST, code);
    await scene.until(() => scene.isRunning(HELD, 'updating'));

    const answer = await look(FIRST);
    await free();
    await deployed;

    expect(answer.current).toMatchObject({ migration: '0002_add', sql: WITHOUT_VALUES, isSeen: false });
    expect(watchLine(answer)).toContain(`0002_add, step 1 of 1 (line 2) or behind it; ${WITHOUT_VALUES}`);
  });
});
