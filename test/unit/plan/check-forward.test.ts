import { planForward } from '../../../lambda/plan/plan-forward';
import { NO_HISTORY, type History, type HistoryRow } from '../../../lambda/plan/history';
import type { Release, Resource } from '../../../lambda/plan/intent';
import { create, deployment, done, OURS, releaseOf, request, shipped, told, update } from '../../paper/releases';
import type { ForwardPlan } from '../../../lambda/plan/plan-types';
import type { Refused } from '../../../lambda/words/failure';

const A = releaseOf('1');

function check(
  code: string,
  rows: readonly HistoryRow[],
  options: Partial<Release> = {},
  {
    as = 'update',
    deployments = [],
  }: { readonly as?: 'create' | 'update'; readonly deployments?: History['deployments'] } = {},
): ForwardPlan | Refused {
  const release = releaseOf(code, options);
  const intent = as === 'create' ? create(release) : update(A, release);
  const ours = deployments.filter(({ resource }) => resource === OURS);
  return planForward(intent, null, ours, shipped(code), {
    ...NO_HISTORY,
    migrations: rows,
    deployments,
  });
}

function refusal(plan: ForwardPlan | Refused): string {
  if (plan.kind !== 'refused') throw new Error(`not refused: ${told(plan)}`);
  return plan.failure.message;
}

describe('what is pending', () => {
  test.each([
    ['1 2 3', '', 'apply 1 2 3'],
    ['1 2 3', '1', 'apply 2 3'],
    ['1 2 3', '1 2 3', 'only its row'],
    ['1 2 3', '1 _ 3', 'apply 2'],
    ['', '', 'only its row'],
    // A half-applied one is reverted and starts over, and is not taken for an applied one.
    ['1 2 3', '1 2~', 'revert first 2, apply 2 3'],
    ['1 2 3', '1 2~ 3~', 'revert first 3 2, apply 2 3'],
    ['1 2 3', '1 2 3<', 'revert first 3, apply 3'],
    // Its text may be another one by now: nothing of the old one is resumed.
    ["1 2'", '1 2~', 'revert first 2, apply 2'],
    ["1 2'", '1 2<', 'revert first 2, apply 2'],
    // What was begun and is not in the release any more does not stay.
    ['1', '1 2~', 'revert first 2'],
    ['1', '1 2<', 'revert first 2'],
  ])('a release of %p on a history of %p: %s', (code, rows, expected) => {
    expect(told(check(code, done(rows)))).toBe(expected);
  });
});

describe('an applied migration whose text changed', () => {
  test.each([
    ['1 2', "1 2'", 'refuse: checksum-changed'],
    ["1' 2' 3", '1 2', 'refuse: checksum-changed'],
    // What another tool applied has no checksum: the release's is taken.
    ['1 2', '1? 2?', 'adopt 1 2'],
    ['1 2 3', '1? 2?', 'adopt 1 2, apply 3'],
    // Rule 9: a kept one is taken over where it is the same, and refused where it is not.
    ['1 2', '1 2^', 'adopt 2'],
    ["1 2'", '1 2^', 'refuse: checksum-changed'],
  ])('a release of %p on a history of %p: %s', (code, rows, expected) => {
    expect(told(check(code, done(rows)))).toBe(expected);
  });

  test('is named with both checksums, and nothing else is', () => {
    const message = refusal(check("1 2' 3", done('1 2')));
    expect(message).toBe(
      `applied migration edited: 0002 (applied ${done('2')[0]!.checksum!.slice(0, 12)}, in the release ` +
        `${shipped("2'").migrations[0]!.checksum.slice(0, 12)}); nothing was run. Put the applied text back ` +
        '(line ends and trailing blanks do not count) and make the change in a new migration; where it comes to the ' +
        'same in the database, invoke the function with {"command":"repair","migration":"0002","checksum":' +
        `"${shipped("2'").migrations[0]!.checksum}"} and try again`,
    );
  });

  test('is refused before anything else is looked at: a removed one would send the user the wrong way', () => {
    expect(told(check("1'", done('1 2')))).toBe('refuse: checksum-changed');
  });

  test('says what to do about one that a rollback kept', () => {
    expect(refusal(check("1 2'", done('1 2^')))).toContain(
      'Rename what a rollback had kept (0002) or put its text back',
    );
  });
});

describe('a pending migration that sorts before an applied one', () => {
  test.each([
    ['1 2 3', '1 _ 3', 'ALLOW', 'apply 2'],
    ['1 2 3', '1 _ 3', 'FAIL', 'refuse: out-of-order'],
    ['1 2 3', '1', 'FAIL', 'apply 2 3'],
    ['1 2 3', '1 2~', 'FAIL', 'revert first 2, apply 2 3'],
    // What a rollback kept is not of the schema that the release builds upon.
    ['1 2', '1 3^', 'FAIL', 'apply 2, although it lacks 3'],
  ] as const)('a release of %p on a history of %p with %s: %s', (code, rows, outOfOrder, expected) => {
    expect(told(check(code, done(rows), { outOfOrder }))).toBe(expected);
  });

  test('is named together with the applied one, and what to do', () => {
    expect(refusal(check('1 2 3 4', done('1 _ _ 4'), { outOfOrder: 'FAIL' }))).toBe(
      'pending migrations 0002, 0003 sort before the applied 0004; nothing was run. ' +
        'Give them newer numbers, or set outOfOrder to ALLOW',
    );
    expect(refusal(check('1 2 3', done('1 _ 3'), { outOfOrder: 'FAIL' }))).toContain(
      'pending migration 0002 sorts before the applied 0003; nothing was run. Give it a newer number',
    );
  });
});

describe('an applied migration that the release lacks', () => {
  const own = deployment(create(A, request(1)));

  test.each([
    ['1', '1 2', 'FAIL', 'refuse: removed-migration'],
    ['1', '1 2 3', 'REVERT', 'revert 3 2'],
    ['1 4', '1 2 3', 'REVERT', 'apply 4, revert 3 2'],
    ['1', '1 2!', 'REVERT', 'refuse: removed-migration'],
    // What another tool applied has no down.
    ['1', '1 2?', 'REVERT', 'refuse: removed-migration'],
    ['1', '1 2^', 'FAIL', 'although it lacks 2'],
    ['', '1 2', 'FAIL', 'refuse: removed-migration'],
  ] as const)('a release of %p on a history of %p with %s: %s', (code, rows, onRemoved, expected) => {
    expect(told(check(code, done(rows, own), { onRemoved }, { deployments: [own] }))).toBe(expected);
  });

  test('is named, and what to do', () => {
    expect(refusal(check('1', done('1 2 3', own), {}, { deployments: [own] }))).toBe(
      'the release lacks applied migrations 0003, 0002; nothing was run. ' +
        'Put the files back, or set onRemoved to REVERT to have them reverted, with the rows that their downs drop',
    );
    expect(refusal(check('1', done('1 2! 3', own), { onRemoved: 'REVERT' }, { deployments: [own] }))).toBe(
      'the release lacks 0002, which cannot be reverted; nothing was run. Put the file back. Or revert what it did by hand ' +
        'and invoke the function with {"command":"repair","migration":"0002","is":"reverted"}; then try again',
    );
  });
});

describe('rule 8: one database has one manifest', () => {
  const other: Resource = {
    stackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/other/2',
    logicalId: 'Theirs',
  };
  const theirs = deployment(create(releaseOf('1 2'), request(1, { resource: other })), { id: 1 });

  test.each(['FAIL', 'REVERT'] as const)(
    'a Create that lacks an applied migration is refused with onRemoved %s',
    (onRemoved) => {
      const rows = done('1 2', theirs);
      expect(refusal(check('1', rows, { onRemoved }, { as: 'create', deployments: [theirs] }))).toBe(
        `the release lacks applied migration 0002 (applied by Theirs of stack ${other.stackId}); nothing was run. ` +
          'One database has one list of migrations: put the file back, revert it from a checkout that has it, or use another database',
      );
    },
  );

  test('rule 8: an Update does not revert what another resource applied', () => {
    const plan = check('1', done('1 2', theirs), { onRemoved: 'REVERT' }, { deployments: [theirs] });
    expect(refusal(plan)).toContain(
      `the release lacks 0002, applied by Theirs of stack ${other.stackId}; nothing was run`,
    );
  });

  test('an Update reverts what a Create of its resource took over', () => {
    const takeOver = deployment(create(releaseOf('1 2'), request(2)), { id: 2 });
    const plan = check('1', done('1 2', theirs), { onRemoved: 'REVERT' }, { deployments: [takeOver, theirs] });
    expect(told(plan)).toBe('revert 2');
  });

  test('a Create that came before the others applied took nothing over', () => {
    const early = deployment(create(A, request(0)), { id: 1 });
    const later = { ...theirs, id: 2 };
    const plan = check('1', done('1 2', later), { onRemoved: 'REVERT' }, { deployments: [later, early] });
    expect(told(plan)).toBe('refuse: removed-migration');
  });

  test('a Create that failed took nothing over', () => {
    const failed = deployment(create(releaseOf('1 2'), request(2)), { id: 2, status: 'reverted' });
    const plan = check('1', done('1 2', theirs), { onRemoved: 'REVERT' }, { deployments: [failed, theirs] });
    expect(told(plan)).toBe('refuse: removed-migration');
  });
});

test('at most ten names stand in a refusal, and how many more there are', () => {
  const rows = Array.from({ length: 40 }, (_, index) => ({ ...done('1')[0]!, name: `${1000 + index}_a` }));
  const message = refusal(check('', rows));
  expect(message).toContain('1039_a, 1038_a');
  expect(message).toContain(' and 30 more');
  expect(message).not.toContain('1029_a');
});
