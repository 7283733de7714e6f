import type { Rehearsal } from '../../../rehearsal/rehearsal';
import { stackServers } from '../../servers';
import { BROKEN, PROFILE, USER } from '../small-migrations';
import { synthesizeReleases } from '../small-app';
import { productionNode, rehearseOn, StackScene } from '../stack-scene';

const ADDED = `-- migrate:up
ALTER TABLE user ADD COLUMN role VARCHAR(20) NULL;
-- migrate:down
ALTER TABLE user DROP COLUMN role;
`;

/** What a migration in JavaScript can do to the process that runs it. It has run a statement by then. */
function misbehaving(how: string): Readonly<Record<string, string>> {
  return {
    ...USER,
    '0002_role.sql': ADDED,
    '0003_bad.js': `export async function up({ query }) {
  await query('INSERT INTO user (email) VALUES (?)', ['second@example.com']);
  ${how}
}
export async function down({ query }) {
  await query('DELETE FROM user WHERE email = ?', ['second@example.com']);
}
`,
  };
}

const RELEASES = synthesizeReleases({
  first: { migrations: USER },
  second: { migrations: { ...USER, ...PROFILE } },
  broken: { migrations: { ...USER, ...PROFILE, ...BROKEN } },
  exits: { migrations: misbehaving('process.exit(0);') },
  throwsLate: {
    migrations: misbehaving("setTimeout(() => { throw new Error('late') }); await new Promise(() => undefined);"),
  },
  // As a loop does, it lets nothing else run in its process; but the processor is left to the other tests.
  spins: { migrations: misbehaving('for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);') },
  waits: { migrations: misbehaving('await new Promise(() => undefined);') },
  verbose: { migrations: misbehaving("throw new Error('表🙂\"'.repeat(20_000));") },
});
const BEFORE = ['0001_user applied 2/2'];
const AFTER = [...BEFORE, '0002_profile applied 4/4', '0003_second_user applied 1/1'];

/** Long enough for a start of the process, short enough to be waited for three times. */
const SHORT_MS = 7_000;

type Case = readonly [what: string, release: keyof typeof RELEASES, attempts: readonly string[], said: string];

/** The server sees the same of all of these: a session that ends in mid-transaction. */
const SLOW_CASES: readonly Case[] = [
  ['never ends', 'spins', ['timed-out', 'timed-out', 'timed-out', 'returned'], 'Task timed out'],
  ['waits for what never comes', 'waits', ['timed-out', 'timed-out', 'timed-out', 'returned'], 'Task timed out'],
];
const CASES: readonly Case[] = [
  ['throws what is too long for an answer', 'verbose', ['returned'], '0003_bad.js failed at its up: Error: 表🙂"表🙂"'],
  ['ends the process', 'exits', ['crashed', 'crashed', 'crashed', 'returned'], 'Runtime exited'],
  ['throws where nobody can catch', 'throwsLate', ['crashed', 'crashed', 'crashed', 'returned'], 'late'],
];

/** What the metrics of all functions have counted. */
function counted(scene: StackScene): Readonly<Record<string, number>> {
  const lines = [...scene.said.matchAll(/metrics: Failures (\d+), .*?Applied (\d+), Reverted (\d+)/g)];
  const sum = (at: number): number => lines.reduce((total, line) => total + Number(line[at]), 0);
  return { Failures: sum(1), Applied: sum(2), Reverted: sum(3) };
}

async function expectAnsweredOnce(rehearsal: Rehearsal, [, name, attempts, said]: Case): Promise<void> {
  const isSlow = attempts[0] === 'timed-out';
  const scene = new StackScene(rehearsal, isSlow ? { functionTimeoutMs: SHORT_MS } : {});
  await scene.stack.deploy(RELEASES.first);
  const schema = await scene.schema();
  const result = await scene.stack.deploy(RELEASES[name]);
  expect(result).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', reason: expect.stringContaining(said) });
  expect(scene.attemptsAt('Update').slice(0, attempts.length)).toEqual(attempts);
  expect(scene.requests).toEqual(['Create success', 'Update failed', 'Update success']);
  expect(await scene.schema()).toEqual(schema);
  expect(await scene.history()).toEqual(BEFORE);
  expect(await scene.sql(`SELECT email FROM ${scene.database}.user`)).toEqual([{ email: 'first@example.com' }]);
  await scene.end();
  expect(scene.stack.violations).toEqual([]);
}

describe.each(stackServers())('on $name', (server) => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await rehearseOn(server, { nodePath: productionNode() });
  });
  afterEach(() => rehearsal.endStacks());
  afterAll(() => rehearsal.stop());

  test.each(CASES)('a migration in JavaScript that %s is answered once, and the stack rolls back', (...each) =>
    expectAnsweredOnce(rehearsal, each),
  );

  test('an answer that the policy of the endpoint refuses is given by who stands outside, as it is', async () => {
    const scene = new StackScene(rehearsal);
    await scene.stack.deploy(RELEASES.first);

    rehearsal.answers.failNext(3, 'denied');
    expect(await scene.stack.deploy(RELEASES.second)).toMatchObject({ status: 'UPDATE_COMPLETE' });
    expect(scene.attemptsAt('Update')).toEqual(['failed', 'failed', 'failed']);
    expect(scene.said).toContain("The policy of the VPC's endpoint for S3 must let s3:PutObject through");
    expect(await scene.history()).toEqual(AFTER);
    expect(counted(scene)).toEqual({ Failures: 0, Applied: 3, Reverted: 0 });
    const schema = await scene.schema();

    rehearsal.answers.failNext(3, 'denied');
    expect(await scene.stack.deploy(RELEASES.broken)).toMatchObject({
      status: 'UPDATE_ROLLBACK_COMPLETE',
      reason: expect.stringContaining('0004_invoice.sql failed at step 3 of 5 (line 4): ER_DUP_FIELDNAME (1060)'),
    });
    expect(await scene.schema()).toEqual(schema);
    expect(await scene.history()).toEqual(AFTER);
    expect(counted(scene)).toEqual({ Failures: 1, Applied: 3, Reverted: 1 });
    expect(scene.physicalIds.size).toBe(1);
    await scene.end();
    expect(scene.stack.violations).toEqual([]);
  });
});

describe('with S3', () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await rehearseOn(stackServers()[0]!, { nodePath: productionNode() });
  });
  afterEach(() => rehearsal.endStacks());
  afterAll(() => rehearsal.stop());

  test('from which nothing comes back, and by migrations that never end, the time runs out three times', async () => {
    const ofMigrations = await rehearseOn(stackServers()[0]!, { nodePath: productionNode() });
    try {
      // All of it is waiting: at once.
      await Promise.all([
        expectHangAnswered(rehearsal),
        ...SLOW_CASES.map((each) => expectAnsweredOnce(ofMigrations, each)),
      ]);
    } finally {
      await ofMigrations.stop();
    }
  });

  test('that says that the URL has expired, nobody sends the answer again', async () => {
    const scene = new StackScene(rehearsal);
    rehearsal.answers.failNext(1, 'expired');
    await scene.stack.deploy(RELEASES.first);
    expect(scene.attemptsAt('Create')).toEqual(['returned']);
    expect(scene.said).toContain('nobody waits for the answer any more: its URL has expired');
    expect(scene.said).not.toContain('X-Amz-Signature');
    await scene.end();
  });
});

/** The answer is given by who stands outside, as it is. */
async function expectHangAnswered(rehearsal: Rehearsal): Promise<void> {
  const scene = new StackScene(rehearsal, { functionTimeoutMs: SHORT_MS });
  rehearsal.answers.failNext(3, 'hang');
  expect(await scene.stack.deploy(RELEASES.first)).toMatchObject({ status: 'CREATE_COMPLETE' });
  expect(scene.attemptsAt('Create')).toEqual(['failed', 'failed', 'failed']);
  expect(scene.said).toContain('need a route to S3');
  expect(await scene.history()).toEqual(BEFORE);
  await scene.end();
  expect(scene.stack.violations).toEqual([]);
}
