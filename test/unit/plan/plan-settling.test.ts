import { NO_HISTORY, type DeploymentRow, type ReleaseRow } from '../../../lambda/plan/history';
import type { Intent } from '../../../lambda/plan/intent';
import { plan } from '../../../lambda/plan/plan';
import { create, deployment, done, releaseOf, request, second, shipped, told, update } from '../../paper/releases';

const A = releaseOf('1');
const B = releaseOf('1 2 3');
const createdA = deployment(create(A, request(1)), { id: 1, settledAt: second(5) });

function decide(rollback: Intent, of: Partial<DeploymentRow>, releases: readonly ReleaseRow[] = []): string {
  const row = deployment(update(A, B, request(50)), { id: 2, ...of });
  const migrations = [...done('1', createdA), ...done('2 3', row)];
  return told(plan(rollback, shipped('1'), { ...NO_HISTORY, migrations, deployments: [row, createdA], releases }));
}

describe('rule 4: settling', () => {
  test.each<[string, Partial<DeploymentRow>, string]>([
    ['is settled', { settledAt: second(60) }, 'refuse: removed-migration'],
    [
      'saw any operation begin, since such an event may come late',
      { stackStatus: 'UPDATE_IN_PROGRESS', stackStatusAt: second(52) },
      'revert 3 2',
    ],
    [
      'saw its stack roll back',
      { stackStatus: 'UPDATE_ROLLBACK_IN_PROGRESS', stackStatusAt: second(52) },
      'revert 3 2',
    ],
    [
      'died, so that no end is known',
      { status: 'running', endedAt: null, stackStatus: 'UPDATE_IN_PROGRESS', stackStatusAt: second(52) },
      'revert 3 2',
    ],
  ])('the mirror of a deployment that %s', (_name, more, expected) => {
    expect(decide(update(B, A), more)).toBe(expected);
  });

  test('a release that is noted as ended is not gone back to, though what took its place has not settled', () => {
    const of = ({ digest }: typeof A, isStanding: boolean): ReleaseRow => ({
      digest,
      createdAt: second(51),
      endedAt: isStanding ? null : second(60),
      names: null,
    });
    expect(decide(update(B, A), {}, [of(A, false), of(B, true)])).toBe('refuse: removed-migration');
    expect(decide(update(B, A), {}, [of(A, false), of(B, false)])).toBe('refuse: removed-migration');
    expect(decide(update(B, A), {}, [of(A, true), of(B, true)])).toBe('revert nothing, owe the rest');
  });

  test('the release before has no resource, and that of the try has ended: the rollback comes after it', () => {
    const ended = { digest: B.digest, createdAt: second(51), endedAt: second(60), names: null };
    expect(decide(update(B, A), {}, [ended])).toBe('revert 3 2');
  });
});
