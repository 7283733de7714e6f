import { failed, physicalIdOf, success } from '../../../lambda/events/answer';
import { DATA_KEYS } from '../../../lambda/contract';
import type { Intent } from '../../../lambda/plan/intent';
import { create, releaseOf, remove, request, update } from '../../paper/releases';

const A = releaseOf('1');
const B = releaseOf('1 2');
const INTENTS: readonly [string, Intent][] = [
  ['Create', create(A)],
  ['Update', update(A, B)],
  ['Delete', remove(A)],
];

describe.each(INTENTS)('an answer to a %s', (_type, intent) => {
  test.each([
    ['success', success(intent, 'done')],
    ['success with facts', success(intent, 'done', { applied: ['a'], reverted: ['b'], kept: ['c'], drift: 'd' })],
    ['failure', failed(intent, 'it failed', false)],
    ['failure that left nothing', failed(intent, 'it failed', true)],
  ])('has all keys of Data, as texts: %s', (_what, { data }) => {
    expect(Object.keys(data)).toEqual([...DATA_KEYS]);
    for (const value of Object.values(data)) expect(typeof value).toBe('string');
  });

  test('says which release it is about', () => {
    expect(success(intent, 'done').data).toMatchObject({
      Version: intent.release.version,
      Digest: intent.release.digest,
    });
  });
});

test('Data holds what was done', () => {
  const { data } = success(update(A, B), 'done', {
    applied: ['0002', '0003'],
    reverted: ['0009'],
    kept: ['0008'],
    drift: 'table a is new',
  });
  expect(data).toMatchObject({ Applied: '0002, 0003', Reverted: '0009', Kept: '0008', Drift: 'table a is new' });
});

test.each(['x', 'é', '表', '🙂', '"', '\n'])(
  'a value of Data with many %j takes at most 400 bytes, cut between two characters',
  (character) => {
    for (const shift of ['', 'a', 'ab', 'abc']) {
      const { Drift, Applied } = success(create(A), 'done', {
        drift: shift + character.repeat(1000),
        applied: [character.repeat(1000)],
      }).data;
      for (const value of [Drift, Applied]) {
        expect(Buffer.byteLength(JSON.stringify(value)) - 2).toBeLessThanOrEqual(400);
        expect(Buffer.from(value, 'utf8').toString('utf8')).toBe(value);
      }
    }
  },
);

describe('the physical id', () => {
  test('is set at Create, from the stack, the construct and the database', () => {
    expect(physicalIdOf(create(A))).toBe('aurora-migrations:app/Migrations:cluster-A/app');
  });

  test('does not depend on the release, nor on the request', () => {
    expect(physicalIdOf(create(B, request(999)))).toBe(physicalIdOf(create(A)));
  });

  test('of two constructs, stacks or databases is not the same', () => {
    const { resource } = request();
    const others = [
      create(A, request(100, { resource: { ...resource, logicalId: 'Other' } })),
      create(
        A,
        request(100, { resource: { ...resource, stackId: 'arn:aws:cloudformation:eu-west-1:1:stack/other/1' } }),
      ),
      create(releaseOf('1', { database: 'cluster-B/app' })),
      create(A),
    ].map(physicalIdOf);
    expect(new Set(others).size).toBe(others.length);
  });

  test.each([
    ['Update', update(A, B)],
    ['Delete', remove(A)],
  ])('that an %s was sent goes back as it came, in success and failure, to another database too', (_type, intent) => {
    const sent = { ...intent, physicalId: 'an id of CloudFormation' };
    expect(success(sent, 'done').physicalId).toBe('an id of CloudFormation');
    expect(failed(sent, 'it failed', false).physicalId).toBe('an id of CloudFormation');
    expect(failed(sent, 'it failed', true).physicalId).toBe('an id of CloudFormation');
  });

  test('of a Create that failed says whether it left anything', () => {
    expect(failed(create(A), 'it failed', true).physicalId).toBe(`${physicalIdOf(create(A))}:nothing`);
    expect(failed(create(A), 'it failed', false).physicalId).toBe(physicalIdOf(create(A)));
    expect(success(create(A), 'done').physicalId).toBe(physicalIdOf(create(A)));
  });
});
