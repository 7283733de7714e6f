import { explainFailure, explainOutcome, listNames } from '../../../lambda/words/explain';
import { ADVISE_ROOM } from '../../../lambda/words/no-room';
import { failure } from '../../../lambda/words/failure';
import type { Reversal } from '../../../lambda/plan/outcome';

const FAILED = failure(
  'migration-failed',
  "0002_name.sql failed at step 3 of 5: ER_DUP_FIELDNAME (1060): Duplicate column name 'name'",
);
const STUCK = failure('revert-failed', 'reverting 0002_name failed at down step 1 of 2: ER_PARSE_ERROR (1064): no');
const CLEAN: Reversal = {
  reverted: ['0002_name', '0001_user'],
  reapplied: [],
  kept: [],
  failure: null,
  isCompared: true,
  drift: null,
};

test('a failure is its sentence, and its code for whoever matches on it', () => {
  expect(explainFailure(FAILED)).toBe(`${FAILED.message} [migration-failed]`);
});

describe('a deployment that was applied says', () => {
  const applied = { kind: 'applied', applied: ['0002_name'], reverted: [], leaving: [], kept: [] } as const;

  test('what it applied', () => {
    expect(explainOutcome(applied)).toBe('1 migration applied (0002_name)');
    expect(explainOutcome({ ...applied, applied: ['a', 'b'] })).toBe('2 migrations applied (a, b)');
    expect(explainOutcome({ ...applied, applied: [] })).toBe('no migration applied');
  });

  test('what it reverted and what is kept, too', () => {
    expect(explainOutcome({ ...applied, reverted: ['0009_c', '0008_b'], kept: ['0007_a'] })).toBe(
      '1 migration applied (0002_name); 2 migrations reverted (0009_c, 0008_b), which the release lacks; ' +
        '1 migration kept (0007_a) by an earlier rollback, not in the release',
    );
    expect(explainOutcome({ ...applied, leaving: ['0009_c'] })).toBe(
      '1 migration applied (0002_name); 1 migration to be reverted (0009_c), which the release lacks, ' +
        'once no code of the release before is live',
    );
  });
});

describe('a rollback says', () => {
  test.each<[string, Partial<Reversal>, string]>([
    [
      'what it reverted',
      {},
      '2 migrations reverted (0002_name, 0001_user); the schema is as it was before the deployment',
    ],
    [
      'that there was nothing',
      { reverted: [] },
      'Nothing had to be reverted; the schema is as it was before the deployment',
    ],
    ['nothing of a schema that nobody knows', { isCompared: false }, '2 migrations reverted (0002_name, 0001_user)'],
    [
      'what it had to keep',
      { kept: ['0000_a'] },
      '2 migrations reverted (0002_name, 0001_user); 1 migration kept (0000_a), since an irreversible migration is among them',
    ],
    [
      'how the schema differs',
      { drift: 'table theirs is new' },
      '2 migrations reverted (0002_name, 0001_user); the schema is not what it was before: table theirs is new',
    ],
    [
      'why it could not go on, and how far it came',
      { reverted: ['0003_c'], failure: STUCK },
      `${STUCK.message} [revert-failed]. Before it, 1 migration reverted (0003_c)`,
    ],
    ['why it could not begin', { reverted: [], failure: STUCK }, `${STUCK.message} [revert-failed]`],
  ])('%s', (_what, more, expected) => {
    expect(explainOutcome({ kind: 'reverted', reversal: { ...CLEAN, ...more } })).toBe(expected);
  });
});

test('a rollback says what it applied again, and that is not nothing', () => {
  const reversal = { ...CLEAN, reverted: [], reapplied: ['0003_c', '0004_d'] };
  expect(explainOutcome({ kind: 'reverted', reversal })).toBe(
    '2 migrations applied again (0003_c, 0004_d); the schema is as it was before the deployment',
  );
  expect(explainOutcome({ kind: 'reverted', reversal: { ...reversal, reverted: ['0005_e'] } })).toBe(
    '1 migration reverted (0005_e); 2 migrations applied again (0003_c, 0004_d); the schema is as it was before the deployment',
  );
});

describe('a deployment that failed says', () => {
  test('file, step and the message of MySQL, what was reverted, what the schema is now, and what to do', () => {
    expect(explainOutcome({ kind: 'failed', failure: FAILED, reversal: CLEAN })).toBe(
      "0002_name.sql failed at step 3 of 5: ER_DUP_FIELDNAME (1060): Duplicate column name 'name'. " +
        '2 migrations reverted (0002_name, 0001_user); the schema is as it was before the deployment. ' +
        'Correct the migration and deploy again [migration-failed]',
    );
  });

  test('no full stop twice, where the server has set one', () => {
    const failure = { ...FAILED, message: `${FAILED.message}.` };
    expect(explainOutcome({ kind: 'failed', failure, reversal: CLEAN })).toContain("'name'. 2 migrations reverted");
  });

  test('that a longer time is needed where the time ran out', () => {
    const outcome = {
      kind: 'failed',
      failure: failure('out-of-time', 'the time ran out before 0003_c.sql'),
      reversal: CLEAN,
    } as const;
    expect(explainOutcome(outcome)).toContain(
      '. Give the construct a longer timeout, or deploy fewer migrations at once [out-of-time]',
    );
  });

  const MAKE_ROOM = `${ADVISE_ROOM} and deploy again`;
  const CORRECT = 'Correct the migration and deploy again';
  const WAIT = 'Wait until the others are done, or end their sessions, and deploy again';
  test.each([
    ['ER_LOCK_WAIT_TIMEOUT (1205)', WAIT],
    ['ER_LOCK_DEADLOCK (1213)', WAIT],
    ['ER_QUERY_INTERRUPTED (1317)', 'Somebody has ended that statement by KILL. Deploy again'],
    ["ER_RECORD_FILE_FULL (1114): The table 'user' is full", MAKE_ROOM],
    ["ER_DISK_FULL_NOWAIT (3675): Create table/tablespace 'user' failed, as disk is full", MAKE_ROOM],
    ["ER_GET_ERRMSG (1296): Got error 59 'Temp file write failure' from InnoDB", MAKE_ROOM],
    ['EE_WRITE (3): Error writing file \'./app/user.frm\' (Errcode: 28 "No space left on device")', MAKE_ROOM],
    ["EE_WRITE (3): Error writing file '/tmp/MY1' (OS errno 28 - No space left on device)", MAKE_ROOM],
    ["ER_GET_ERRNO (1030): Got error 28 - 'No space left on device' from storage engine", MAKE_ROOM],
    ['ER_CANT_CREATE_TABLE (1005): Can\'t create table `a`.`t` (errno: 135 "No more room in record file")', MAKE_ROOM],
    ["ER_GET_ERRMSG (1296): Got error '126 \"Index is corrupted\"' for '/tmp/#sql-temptable-3de-1d-1d.MAI'", MAKE_ROOM],
    ["ER_NOT_KEYFILE (1034): Incorrect key file for table '/rdsdbdata/tmp/#sql1_2_3.MYI'; try to repair it", MAKE_ROOM],
    ["ER_NOT_KEYFILE (1034): Incorrect key file for table 'user'; try to repair it", CORRECT],
    ["EE_WRITE (3): Error writing file '/tmp/MY1' (OS errno 5 - Input/output error)", CORRECT],
  ])('what to do, and to correct nothing where the migration was not at fault: %s', (error, advice) => {
    const locked = failure(
      'migration-failed',
      `0002_name.sql failed at step 1 of 2: ${error}: try restarting transaction`,
    );
    expect(explainOutcome({ kind: 'failed', failure: locked, reversal: CLEAN })).toContain(
      `before the deployment. ${advice} [migration-failed]`,
    );
  });

  test('nothing to do where a person stopped it', () => {
    const stopped = failure('stopped', 'a person stopped it before 0003_c.sql');
    expect(explainOutcome({ kind: 'failed', failure: stopped, reversal: CLEAN })).toBe(
      'a person stopped it before 0003_c.sql. 2 migrations reverted (0002_name, 0001_user); ' +
        'the schema is as it was before the deployment [stopped]',
    );
  });

  test('both failures where it could not be reverted, and no false comfort', () => {
    const said = explainOutcome({
      kind: 'failed',
      failure: FAILED,
      reversal: { ...CLEAN, reverted: [], failure: STUCK },
    });
    expect(said).toBe(`${FAILED.message}. Reverting it failed: ${STUCK.message} [revert-failed] [migration-failed]`);
    expect(said).not.toContain('as it was before');
  });

  test('only why, where it had nothing to revert', () => {
    expect(explainOutcome({ kind: 'failed', failure: FAILED, reversal: null })).toBe(
      `${FAILED.message} [migration-failed]`,
    );
  });
});

test('of many names the first twenty stand in a sentence, and how many more there are', () => {
  const names = Array.from({ length: 500 }, (_, index) => `m${index}`);
  expect(listNames(names)).toMatch(/^m0, .*, m19 and 480 more$/);
  expect(listNames(names.slice(0, 20))).toMatch(/m19$/);
  expect(listNames([])).toBe('');
});
