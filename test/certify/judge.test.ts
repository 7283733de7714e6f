import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PLAYS } from '../../certify/plays/plays';
import type { Scene } from '../../certify/evidence/evidence';
import { ASSUMPTIONS, judgeAll } from '../../certify/judge/judge';
import type { Verdict } from '../../certify/judge/verdict';
import { RELEASE_TYPE } from '../../lambda/contract';
import * as paper from './paper-scene';
import { answered, application, asked, code, ended, migrations, release, scene, second, stack } from './paper-scene';

/** What one assumption needs to see, in the world that we believe in and in others. */
interface Case {
  readonly id: string;
  readonly held: Scene;
  /** Worlds that go another way, by what is other in them. */
  readonly differs: Readonly<Record<string, Scene>>;
}

const forward = asked('Update', { from: 'A', to: 'B', invocation: 'i1' });
const back = (more: paper.Asked = {}): paper.Happening =>
  asked('Update', { from: 'B', to: 'A', code: 'A', invocation: 'i2', ...more });
const deletedRelease = asked('Delete', { to: 'B', invocation: 'i9', type: RELEASE_TYPE });
const rolling = stack('UPDATE_ROLLBACK_IN_PROGRESS');
const same = { before: ['item id int'], after: ['item id int'] };
const other = { before: ['item id int'], after: ['item id int', 'item slow char'] };

const CASES: readonly Case[] = [
  {
    id: 'code-goes-back-first',
    held: scene('sibling-fails', [forward, rolling, back()]),
    differs: { 'new code is asked to go back': scene('sibling-fails', [forward, rolling, back({ code: 'B' })]) },
  },
  {
    id: 'schema-goes-back-before-application',
    held: scene('sibling-fails', [rolling, migrations('UPDATE_COMPLETE'), application('UPDATE_IN_PROGRESS')]),
    differs: {
      'the application goes back first': scene('sibling-fails', [
        ...[migrations('UPDATE_COMPLETE'), rolling, application('UPDATE_IN_PROGRESS'), migrations('UPDATE_COMPLETE')],
      ]),
      'the application never goes back': scene('sibling-fails', [rolling, migrations('UPDATE_COMPLETE')]),
    },
  },
  {
    id: 'release-begins-before-application',
    held: scene('updated', [release('CREATE_COMPLETE'), application('UPDATE_IN_PROGRESS')]),
    differs: {
      'it is created after': scene('updated', [application('UPDATE_IN_PROGRESS'), release('CREATE_COMPLETE')]),
    },
  },
  {
    id: 'old-release-ends-in-clean-up',
    held: scene('updated', [
      application('UPDATE_COMPLETE'),
      stack('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'),
      deletedRelease,
    ]),
    differs: {
      'it is deleted before the clean-up': scene('updated', [
        ...[application('UPDATE_COMPLETE'), deletedRelease, stack('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS')],
      ]),
      'it is never deleted': scene('updated', [stack('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS')]),
    },
  },
  {
    id: 'failed-release-ends-in-clean-up',
    held: scene('sibling-fails', [
      ...[application('UPDATE_COMPLETE'), stack('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'), deletedRelease],
    ]),
    differs: {
      'it is deleted while the application is still new': scene('sibling-fails', [
        ...[stack('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'), deletedRelease, application('UPDATE_COMPLETE')],
      ]),
      'there is no clean-up': scene('sibling-fails', [deletedRelease]),
    },
  },
  {
    id: 'rollback-swaps-properties',
    held: scene('sibling-fails', [forward, rolling, back()]),
    differs: {
      'it is a Delete': scene('sibling-fails', [forward, rolling, asked('Delete', { to: 'B', invocation: 'i2' })]),
      'the old properties are those of the update': scene('sibling-fails', [forward, rolling, back({ from: 'A' })]),
      'the physical id is another': scene('sibling-fails', [forward, rolling, back({ physicalId: 'another' })]),
    },
  },
  {
    id: 'deletion-ends-release-first',
    held: scene('deleted', [
      ...[release('DELETE_COMPLETE'), migrations('DELETE_IN_PROGRESS'), migrations('DELETE_COMPLETE')],
      code('DELETE_IN_PROGRESS'),
    ]),
    differs: {
      'the release goes last': scene('deleted', [
        ...[migrations('DELETE_IN_PROGRESS'), migrations('DELETE_COMPLETE'), release('DELETE_COMPLETE')],
        code('DELETE_IN_PROGRESS'),
      ]),
      'the function goes before': scene('deleted', [
        ...[release('DELETE_COMPLETE'), migrations('DELETE_IN_PROGRESS'), code('DELETE_IN_PROGRESS')],
        migrations('DELETE_COMPLETE'),
      ]),
    },
  },
  {
    id: 'clean-up-tries-three-times',
    held: cleanUp(3, 'UPDATE_ROLLBACK_COMPLETE'),
    differs: {
      'it is tried once': cleanUp(1, 'UPDATE_ROLLBACK_COMPLETE'),
      'the stack fails': cleanUp(3, 'UPDATE_ROLLBACK_FAILED'),
    },
  },
  {
    id: 'cancel-does-not-wait',
    held: scene('cancelled-update', [forward, back(), ended('i1')], { cancelledAt: second(0) }),
    differs: { 'it waits': scene('cancelled-update', [forward, ended('i1'), back()], { cancelledAt: second(0) }) },
  },
  {
    id: 'cancel-takes-schema-back',
    held: scene('cancelled-update', [stack('UPDATE_ROLLBACK_COMPLETE')], same),
    differs: {
      'the schema is another': scene('cancelled-update', [stack('UPDATE_ROLLBACK_COMPLETE')], other),
      'the rollback fails': scene('cancelled-update', [stack('UPDATE_ROLLBACK_FAILED')], same),
    },
  },
  {
    id: 'late-status-settles-nothing',
    held: late(same),
    differs: { 'it settles what is under way': late(other) },
  },
  {
    id: 'cancelled-create-has-foreign-id',
    held: cancelledCreate('Certify-Migrations23B444C5-1A2B3C'),
    differs: { "it is the function's own": cancelledCreate('aurora-migrations:Certify/Migrations:db') },
  },
  {
    id: 'cancelled-create-does-not-wait',
    held: cancelledCreate('made'),
    differs: { 'it waits': cancelledCreate('made', true) },
  },
  {
    id: 'creation-rolls-back-by-deletes',
    held: cancelledCreate('made'),
    differs: {
      'an Update comes': scene('cancelled-create', [stack('ROLLBACK_IN_PROGRESS'), asked('Update'), asked('Delete')]),
      'nothing comes': scene('cancelled-create', [stack('ROLLBACK_IN_PROGRESS')]),
    },
  },
  {
    id: 'own-failure-is-taken-back',
    held: scene('migration-fails', [forward, answered('FAILED'), back()]),
    differs: {
      'nothing comes': scene('migration-fails', [forward, answered('FAILED')]),
      'a Delete comes': scene('migration-fails', [forward, answered('FAILED'), asked('Delete', { invocation: 'i2' })]),
    },
  },
  {
    id: 'no-rollback-takes-own-failure-back',
    held: noRollback({}),
    differs: {
      'it waits for cdk rollback': noRollback({ hasOwn: false }),
      'it goes to the stable release': noRollback({ ownTo: 'A' }),
    },
  },
  {
    id: 'no-rollback-keeps-the-rest',
    held: noRollback({}),
    differs: { 'it is asked to go back': noRollback({ isFirstTakenBack: true }) },
  },
  {
    id: 'cdk-rollback-goes-to-last-stable',
    held: noRollback({}),
    differs: { 'it goes to the first try': noRollback({ rollbackTo: 'B' }) },
  },
  {
    id: 'failed-rollback-is-continued',
    held: continued(back({ invocation: 'i3' })),
    differs: {
      'nothing comes': continued(),
      'another Update comes': continued(asked('Update', { from: 'A', to: 'C', invocation: 'i3' })),
    },
  },
  {
    id: 'express-waits-for-the-answer',
    held: scene('express', [forward, answered('SUCCESS'), migrations('UPDATE_COMPLETE')]),
    differs: { 'it does not wait': scene('express', [forward, migrations('UPDATE_COMPLETE'), answered('SUCCESS')]) },
  },
  {
    id: 'death-is-tried-again',
    held: scene('died', [forward, forward, answered('SUCCESS'), ended(), stack('UPDATE_COMPLETE')]),
    differs: {
      'nobody tries again': scene('died', [forward, stack('UPDATE_ROLLBACK_COMPLETE')]),
      'the next attempt fails': scene('died', [
        forward,
        forward,
        answered('FAILED'),
        ended(),
        stack('UPDATE_ROLLBACK_COMPLETE'),
      ]),
    },
  },
  {
    id: 'three-deaths-are-answered',
    held: scene('died-thrice', [forward, forward, forward, paper.onFailure(), migrations('UPDATE_FAILED')]),
    differs: {
      'nobody answers': scene('died-thrice', [forward, forward, forward, migrations('UPDATE_FAILED')]),
      'there is one attempt': scene('died-thrice', [forward, paper.onFailure(), migrations('UPDATE_FAILED')]),
    },
  },
  {
    id: 'runtime-has-rds-authorities',
    held: scene('updated', [forward, paper.tls(true)]),
    differs: {
      'the certificate is not verified': scene('updated', [forward, paper.tls(false)]),
      'no session with the database': scene('updated', [
        forward,
        paper.tls(true, 's3.eu-central-1.amazonaws.com', 'Amazon Root CA 1'),
      ]),
      'the file is not there': scene('updated', [paper.onFailure(), paper.tls(true)]),
    },
  },
  {
    id: 'rotated-secret-lets-in',
    held: scene('rotated', [], { results: ['fine', 'fine', 'fine'] }),
    differs: {
      'the old password is given for a while': scene('rotated', [], { results: ['fine', 'failed: denied', 'fine'] }),
    },
  },
  {
    id: 'paused-database-wakes-up',
    held: scene('paused', [forward, paper.said('planned: apply 0080_paused'), answered('SUCCESS')]),
    differs: {
      'it never comes up': scene('paused', [forward, answered('FAILED')]),
      'it comes up and fails': scene('paused', [forward, paper.said('planned: nothing'), answered('FAILED')]),
    },
  },
  {
    id: 'every-status-is-told',
    held: scene('updated', [stack('UPDATE_COMPLETE'), paper.told('UPDATE_COMPLETE')]),
    differs: {
      'one is lost': scene('updated', [stack('UPDATE_COMPLETE')]),
      'the second is lost, and the first came twice': scene('updated', [
        ...[
          stack('UPDATE_COMPLETE'),
          paper.told('UPDATE_COMPLETE'),
          paper.told('UPDATE_COMPLETE'),
          stack('UPDATE_COMPLETE'),
        ],
      ]),
    },
  },
  {
    id: 'doubled-status-changes-nothing',
    held: scene('status-again', [], { ...same, sentAgain: 6 }),
    differs: { 'the journal is another': scene('status-again', [], { ...other, sentAgain: 6 }) },
  },
  {
    id: 'requests-have-ascending-times',
    held: scene('updated', [asked('Update', { signedAt: '20261128T100000Z' }), back({ signedAt: '20261128T100000Z' })]),
    differs: {
      'the later one is signed earlier': scene('updated', [
        ...[asked('Update', { signedAt: '20261128T100005Z' }), back({ signedAt: '20261128T100000Z' })],
      ]),
      'they say no time': scene('updated', [asked('Update', { signedAt: null })]),
    },
  },
  {
    id: 'properties-are-texts',
    held: scene('updated', [asked('Update', { properties: { Count: '3', ServiceTimeout: '3600' } })]),
    differs: {
      'a number is one': scene('updated', [asked('Update', { properties: { Count: 3 } })]),
      'there is more in them': scene('updated', [asked('Update', { properties: { StackTags: 'x' } })]),
    },
  },
];

test('each assumption has its case', () => {
  expect(CASES.map(({ id }) => id)).toEqual(ASSUMPTIONS.map(({ id }) => id));
});

test('the README of the example says how many there are, and what each scene does', () => {
  const readme = readFileSync(path.join(__dirname, '../../examples/certify/README.md'), 'utf8').replaceAll('\n', ' ');
  expect(readme).toContain(`${ASSUMPTIONS.length} assumptions`);
  const scenes = [...readme.matchAll(/\| `([a-z-]+)` +\|/g)].map(([, id]) => id);
  expect(scenes).toEqual(PLAYS.map(({ id }) => id));
  expect(ASSUMPTIONS.filter(({ play }) => !scenes.includes(play))).toEqual([]);
});

test('no two assumptions are called the same', () => {
  expect(new Set(ASSUMPTIONS.map(({ id }) => id)).size).toBe(ASSUMPTIONS.length);
});

describe.each(CASES)('$id', ({ id, held, differs }) => {
  test('holds in the world that we believe in', () => {
    expect(verdictOf(id, held)).toMatchObject({ kind: 'held' });
  });

  test.each(Object.entries(differs))('differs where %s', (_, other) => {
    expect(verdictOf(id, other)).toMatchObject({ kind: 'differs' });
  });

  test('is not played where its play was not', () => {
    const empty = { ...scene(held.play, [], {}, 'it has none'), done: [] };
    expect(verdictOf(id, empty)).toEqual({ kind: 'not-played', why: 'it has none' });
    expect(verdictOf(id, scene('another play', []))).toMatchObject({ kind: 'not-played' });
  });

  test('does not hold by a play that went another way', () => {
    expect(verdictOf(id, { ...held, notPlayed: 'the stack ended otherwise' })).toEqual({
      kind: 'not-played',
      why: 'the stack ended otherwise',
    });
  });
});

test('what the target does not have is not judged', () => {
  const evidence = paper.evidenceOf(scene('updated', [forward, paper.tls(true)]));
  const judged = judgeAll(evidence, new Map([['lambda', 'no Lambda here']]));
  const { verdict } = judged.find(({ assumption }) => assumption.id === 'runtime-has-rds-authorities')!;
  expect(verdict).toEqual({ kind: 'not-played', why: 'no Lambda here' });
});

function verdictOf(id: string, ...scenes: readonly Scene[]): Verdict {
  return judgeAll(paper.evidenceOf(...scenes), new Map()).find(({ assumption }) => assumption.id === id)!.verdict;
}

function cleanUp(tries: number, status: string): Scene {
  const once = (index: number): readonly paper.Happening[] => [
    asked('Delete', { type: RELEASE_TYPE, invocation: `i${index}` }),
    answered('FAILED', `i${index}`),
  ];
  return scene('clean-up-fails', [...Array.from({ length: tries }, (_, i) => once(i)).flat(), stack(status)]);
}

function late(facts: Scene['facts']): Scene {
  const happenings = [forward, paper.told('UPDATE_COMPLETE', 'old', second(-60)), stack('UPDATE_ROLLBACK_COMPLETE')];
  return scene('cancelled-update', happenings, { ...facts, lateStatus: second(-60), cancelledAt: second(2) });
}

function cancelledCreate(physicalId: string, waits = false): Scene {
  const deleted = asked('Delete', { physicalId, invocation: 'i2' });
  return scene('cancelled-create', [
    ...[asked('Create'), migrations('CREATE_FAILED', 'Resource creation cancelled'), stack('ROLLBACK_IN_PROGRESS')],
    ...(waits ? [ended('i1'), deleted] : [deleted, ended('i1')]),
  ]);
}

interface NoRollbackWorld {
  readonly hasOwn?: boolean;
  readonly ownTo?: string;
  readonly isFirstTakenBack?: boolean;
  readonly rollbackTo?: string;
}

function noRollback({
  hasOwn = true,
  ownTo = 'B',
  isFirstTakenBack = false,
  rollbackTo = 'A',
}: NoRollbackWorld): Scene {
  const first = [forward, answered('SUCCESS', 'i1'), ...(isFirstTakenBack ? [back({ invocation: 'i8' })] : [])];
  const again = [
    ...[asked('Update', { from: 'B', to: 'C', invocation: 'i2' }), answered('FAILED', 'i2')],
    ...(hasOwn ? [asked('Update', { from: 'C', to: ownTo, invocation: 'i3' })] : []),
  ];
  const rollback = [rolling, asked('Update', { from: 'B', to: rollbackTo, code: 'A', invocation: 'i4' })];
  return scene('no-rollback', [...first, ...again, ...rollback], { firstTryEnded: second(first.length) });
}

function continued(...then: readonly paper.Happening[]): Scene {
  return scene('rollback-fails', [forward, answered('SUCCESS', 'i1'), back(), answered('FAILED', 'i2'), ...then], {
    continuedAt: second(4),
  });
}
