import { Alphabet } from './alphabet';
import { play } from './play';

const alphabet = new Alphabet(
  { A: '1', B: '1 2', B2: '1 2 3c', B3: '1 2 3c 4 5c' },
  { onRemoved: 'FAIL', onDelete: 'RETAIN' },
);
const created = ['CREATE_IN_PROGRESS', 'M create A', 'R(A) create', 'CREATE_COMPLETE'];

/** The plans for the requests after `before`, and the schema in the end. */
function playAfter(before: readonly string[], trace: readonly string[], releases = alphabet): readonly string[] {
  const { plans, schema } = play([...before, ...trace], releases);
  const count = before.filter((line) => !/^[A-Z_]+$/.test(line)).length;
  return [...plans.slice(count), schema];
}

// Found by `npm run explore`, which goes all ways: each is the shortest one to what was wrong.
describe('a rollback over several tries (--no-rollback)', () => {
  const tried = [...created, 'M A→B', 'M B→B2'];

  test('what a try without live code applied is owed with the release that contains it', () => {
    const back = ['R(B2) create', 'C create B2', 'M B2→A', 'C delete B2', 'R(B2) delete'];
    expect(playAfter(tried, back)).toEqual([
      'begin-release',
      'apply 3',
      'early 3, owe the rest',
      'nothing: what is to be reverted is when its release ends',
      'revert 2',
      '1',
    ]);
  });

  test('it stays owed when the same request comes once more', () => {
    expect(playAfter(tried, ['R(B2) create', 'M B2→A', 'again', 'R(B2) delete'])).toEqual([
      'begin-release',
      'revert nothing, owe the rest',
      'revert nothing, owe the rest',
      'revert 2',
      '1',
    ]);
  });

  test('to go to a try that never had a resource of its release is no rollback: that goes to the one that stands', () => {
    expect(playAfter(tried, ['R(B2) create', 'M B2→B', 'M B→A', 'R(B2) delete'])).toEqual([
      'begin-release',
      'only its row',
      'revert nothing, owe the rest',
      'revert 2',
      '1',
    ]);
  });
});

describe('a stack that was deployed by code that knew of no resources of releases', () => {
  const bare = ['M create A', 'CREATE_COMPLETE'];
  const tried = ['M A→B', 'R(B) create', 'M B→A', 'R(B) delete'];

  test('is rolled back although an update failed that was to bring the resource of its release', () => {
    expect(playAfter(bare, ['R(A) create', 'R(A) delete', ...tried])).toEqual([
      'begin-release',
      'end-release',
      'apply 2',
      'begin-release',
      'revert 2',
      'end-release',
      '1',
    ]);
  });

  test('is rolled back although the end of the release before is not noted, which such code was asked for', () => {
    const before = [...created, 'M A→B', 'UPDATE_COMPLETE'];
    expect(playAfter(before, ['M B→B3', 'R(B3) create', 'M B3→B', 'R(B3) delete'])).toEqual([
      'apply 4',
      'begin-release',
      'revert 4',
      'end-release',
      '1 2',
    ]);
  });
});

test('what was reverted early stays owed when the same request comes once more', () => {
  const before = ['M create B', 'R(B) create', 'CREATE_COMPLETE', 'M B→B2', 'R(B2) create', 'C create B2'];
  expect(playAfter(before, ['M B2→B', 'again', 'R(B2) delete'])).toEqual([
    'early 3, owe the rest',
    'revert nothing, owe the rest',
    'revert nothing',
    '1 2',
  ]);
});

test('an older release that the resource had in an earlier life is none that it can be rolled back to', () => {
  const removed = [
    'M create A',
    'CREATE_FAILED',
    'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'M delete A',
    'UPDATE_COMPLETE',
  ];
  expect(playAfter(removed, ['M create B', 'R(B) create', 'M B→A'])).toEqual([
    'apply 2',
    'begin-release',
    'refuse: removed-migration',
    '1 2',
  ]);
});

test('a stack that was never well goes back to no release that never began: what has begun since may be live', () => {
  const failed = ['CREATE_IN_PROGRESS', 'M create A', 'CREATE_FAILED', 'M A→B', 'R(B) create'];
  expect(playAfter(failed, ['M B→A'])).toEqual(['refuse: removed-migration', '1 2']);
});

describe('the end of a release settles nothing', () => {
  const removed = [...created, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'R(A) delete', 'M delete A', 'UPDATE_COMPLETE'];
  const rollback = ['UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'];

  test('where the next release never began: the construct goes with the update that brought it', () => {
    expect(
      playAfter([...removed, 'M create A', 'R(A) create', 'M A→B'], ['R(A) delete', ...rollback, 'M delete B']),
    ).toEqual(['end-release', 'revert 2', '1']);
  });

  test('where the stack rolls back, and the next release ends after it', () => {
    const before = [...removed, 'M create A', 'R(A) create', 'M A→B', 'R(B) create', ...rollback];
    expect(playAfter(before, ['R(A) delete', 'R(B) delete', 'M delete B'])).toEqual([
      'end-release',
      'end-release',
      'revert 2',
      '1',
    ]);
  });

  test('where the stack goes away, though that is noted at a deployment that was reverted', () => {
    const before = ['M create A', 'M A→B2', 'M B2→B', 'R(B) create', 'M B→B2', 'R(B2) create', 'ROLLBACK_IN_PROGRESS'];
    expect(playAfter(before, ['R(B) delete', 'R(B2) delete', 'M delete B2'])).toEqual([
      'end-release',
      'end-release',
      'revert 2 1',
      '',
    ]);
  });
});

describe('a contracting request that comes late, in the second in which its rollback begins', () => {
  const before = [...created, 'M A→B2', 'R(B2) create'];

  test('is stale: the first resource was rolled back', () => {
    expect(playAfter(before, ['M B2→A', '& C create B2'])).toEqual(['revert nothing, owe the rest', 'stale', '1 2']);
  });

  test('is stale although it began before', () => {
    expect(playAfter(before, ['C create B2', '& M B2→A', '& C create B2']).slice(1)).toEqual([
      'early 3, owe the rest',
      'stale',
      '1 2',
    ]);
  });

  test('but not where it is rolled back first, in the second of its own request', () => {
    const at = ['M create B2', 'R(B2) create', 'C create B2', 'CREATE_COMPLETE'];
    expect(playAfter(at, ['M B2→B3', 'R(B3) create', 'C B2→B3', '& C B3→B2', 'M B3→B2', 'R(B3) delete'])).toEqual([
      'apply 4',
      'begin-release',
      'apply 5',
      'revert 5',
      'revert nothing, owe the rest',
      'revert 4',
      '1 2 3',
    ]);
  });
});

test('a status of the operation before does not keep the end of a release from settling what stands in its place', () => {
  const reverting = new Alphabet({ B: '1 2', B2: '1 2 3c', D: '1 4' }, { onRemoved: 'REVERT', onDelete: 'RETAIN' });
  const failed = ['M B→B2', 'R(B2) create', 'C create B2', 'UPDATE_ROLLBACK_IN_PROGRESS', 'M B2→B', 'R(B2) delete'];
  // The end of that rollback is not heard of.
  const before = ['M create B', 'R(B) create', 'CREATE_COMPLETE', ...failed];
  expect(playAfter(before, ['M B→D', 'R(D) create', 'R(B) delete'], reverting)).toEqual([
    'apply 4, leaving 2',
    'begin-release',
    'end-release, settle, revert 2',
    '1 4',
  ]);
});

test('what contracts is reverted where the first resource has no row of the release that brought it', () => {
  const reverting = new Alphabet({ A: '1', B2: '1 2 3c' }, { onRemoved: 'REVERT', onDelete: 'RETAIN' });
  // The ends of R(B2) are lost: to go forward to it again looks like a rollback, until it begins.
  const before = ['M create B2', 'R(B2) create', 'M B2→A', 'R(A) create'];
  expect(playAfter(before, ['M A→B2', 'R(B2) create', 'C create B2', 'M B2→A', 'R(B2) delete'], reverting)).toEqual([
    'revert nothing, owe the rest',
    'begin-release',
    'forget 3, adopt 2, apply 3',
    'early 3, owe the rest',
    'revert nothing',
    '1 2',
  ]);
});
