import { PHYSICAL_ID_PREFIX, RESOURCE_TYPE } from '../../lambda/contract';
import type { Scene } from '../evidence/evidence';
import {
  isNothing,
  migrationRequests,
  requestsIn,
  secondsBetween,
  stackAt,
  stackStatuses,
  toldStatuses,
  isSameRequest,
} from './scene-reading';
import { type Assumption, heldIf, notPlayed } from './verdict';
import { textOf } from '../../rehearsal/template/json';

const ISSUE =
  'aws/aws-cdk#31541 and #26139, cloudformation-coverage-roadmap#1730 and #1814: told by users, not documented';

/** What becomes of a request when something else fails, or the update is cancelled. */
export const CANCELLED: readonly Assumption[] = [
  {
    id: 'cancel-does-not-wait',
    sentence:
      'A cancelled update is rolled back at once: the Update that leads back comes while the function still runs the other one.',
    basis: ISSUE,
    play: 'cancelled-update',
    judge(scene) {
      const [forward, ...later] = migrationRequests(scene);
      const back = later.find((each) => forward !== undefined && !isSameRequest(each, forward));
      if (forward === undefined || back === undefined) return notPlayed('the function did not see both Updates');
      if (forward.endedAt === undefined) return notPlayed('the end of the first invocation is in no log');
      const runsStill = back.time < forward.endedAt;
      const after = secondsBetween(textOf(scene.facts['cancelledAt']), back.time);
      return heldIf(
        runsStill,
        `the Update that leads back came ${after} after the cancel, ${runsStill ? 'before' : 'after'} the other one had ended`,
      );
    },
  },
  {
    id: 'cancel-reverts-schema',
    sentence: 'After an update that was cancelled in the middle of an ALTER the schema is what it was.',
    basis: 'rules of this project; on Aurora nobody has seen it',
    play: 'cancelled-update',
    judge(scene) {
      const [forward] = migrationRequests(scene);
      const cancelled = textOf(scene.facts['cancelledAt']);
      const isAtWork = forward !== undefined && forward.time <= cancelled && (forward.endedAt ?? '9999') > cancelled;
      return isAtWork
        ? sameSchema(scene, 'UPDATE_ROLLBACK_COMPLETE')
        : notPlayed('the function was at no ALTER when the update was cancelled');
    },
  },
  {
    id: 'late-status-settles-nothing',
    sentence:
      'The status that ended the update before, come once more in the middle of the next one, does not keep that one from being rolled back.',
    basis: 'EventBridge delivers at least once, and says nothing of when',
    play: 'cancelled-update',
    judge(scene) {
      const sent = scene.facts['lateStatus'];
      if (sent === undefined) return notPlayed('no UPDATE_COMPLETE of the update before was in the log');
      const told = toldStatuses(scene.seen).find(({ at }) => at === sent);
      if (told === undefined) return notPlayed('the function was not told it again');
      const cancelled = textOf(scene.facts['cancelledAt']);
      const begun = migrationRequests(scene)[0]?.time ?? '9999';
      if (told.toldAt < begun || told.toldAt > cancelled)
        return notPlayed('it was not told in the middle of the update');
      const verdict = sameSchema(scene, 'UPDATE_ROLLBACK_COMPLETE');
      return verdict.kind === 'not-played'
        ? verdict
        : {
            ...verdict,
            observation: `told ${secondsBetween(told.toldAt, cancelled)} before the cancel; ${verdict.observation}`,
          };
    },
  },
  {
    id: 'cancelled-create-has-foreign-id',
    sentence:
      'A Create that was cancelled in flight is followed by a Delete with a physical id that CloudFormation made, and not the function.',
    basis: ISSUE,
    play: 'cancelled-create',
    judge(scene) {
      if (!wasCancelled(scene)) return notPlayed('the Create had ended before the other resource failed');
      const deleted = migrationRequests(scene).find(({ request }) => request.RequestType === 'Delete');
      if (deleted === undefined) return notPlayed('the function saw no Delete');
      const id = deleted.request.PhysicalResourceId ?? '';
      return heldIf(
        id !== '' && !id.startsWith(PHYSICAL_ID_PREFIX),
        `the id in the Delete was ${id === '' ? 'none' : id}`,
      );
    },
  },
  {
    id: 'cancelled-create-does-not-wait',
    sentence: 'The Delete of a Create that was cancelled comes while the function still runs that Create.',
    basis: ISSUE,
    play: 'cancelled-create',
    judge(scene) {
      if (!wasCancelled(scene)) return notPlayed('the Create had ended before the other resource failed');
      const requests = migrationRequests(scene);
      const created = requests.find(({ request }) => request.RequestType === 'Create');
      const deleted = requests.find(({ request }) => request.RequestType === 'Delete');
      if (created?.endedAt === undefined || deleted === undefined) return notPlayed('the function did not see both');
      const runsStill = deleted.time < created.endedAt;
      const how = runsStill
        ? secondsBetween(deleted.time, created.endedAt)
        : secondsBetween(created.endedAt, deleted.time);
      return heldIf(runsStill, `the Delete came ${how} ${runsStill ? 'before' : 'after'} the Create had ended`);
    },
  },
  {
    id: 'creation-rolls-back-by-deletes',
    sentence: 'The rollback of a creation asks the function for Deletes and for nothing else.',
    basis: 'aws-cdk, docs/CLOUDFORMATION.md',
    play: 'cancelled-create',
    judge(scene) {
      const rolling = stackAt(scene, 'ROLLBACK_IN_PROGRESS');
      if (rolling === undefined) return notPlayed('the stack did not roll back');
      // A Create that was on its way when it began is none of the rollback.
      const types = requestsIn(scene)
        .filter(({ time }) => time > rolling)
        .map(({ request }) => request.RequestType);
      return heldIf(
        types.length > 0 && types.every((type) => type === 'Delete'),
        `it asked for ${types.join(', ') || 'nothing'}`,
      );
    },
  },
];

function wasCancelled({ events }: Scene): boolean {
  return events.some(
    ({ type, status, reason }) =>
      type === RESOURCE_TYPE && status === 'CREATE_FAILED' && reason?.includes('cancelled') === true,
  );
}

/** Whether the schema is after a play what it was before. */
function sameSchema(scene: Scene, status: string): ReturnType<typeof heldIf> {
  const { before, after } = scene.facts;
  if (before === undefined || after === undefined) return notPlayed('the schema was not looked at');
  if (isNothing(before)) return notPlayed('there was nothing in the schema');
  const last = stackStatuses(scene).at(-1)?.status ?? 'nothing';
  const isSame = JSON.stringify(before) === JSON.stringify(after);
  return heldIf(
    isSame && last === status,
    `the schema was ${isSame ? 'the same' : 'another one'}, the stack in ${last}`,
  );
}
