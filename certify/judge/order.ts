import { RELEASE_TYPE, RESOURCE_TYPE } from '../../lambda/contract';
import type { Scene } from '../evidence/evidence';
import {
  APPLICATION,
  digestsOf,
  firstEvent,
  IDS,
  isSameRelease,
  migrationRequests,
  releaseRequests,
  secondsBetween,
  stackAt,
  isSameRequest,
  type SeenRequest,
  withArticle,
} from './scene-reading';
import { type Assumption, differs, heldIf, notPlayed, type Verdict } from './verdict';
import { textOf } from '../../rehearsal/template/json';

const DEPENDS_ON =
  'AWS::CloudFormation user guide, DependsOn: what others need is updated first. Of rollbacks it says nothing';
const PHASES = 'aws-cdk, docs/CLOUDFORMATION.md: updates first, then the deletes of the clean-up';

/** In what order code, resources and clean-up come. */
export const ORDER: readonly Assumption[] = [
  {
    id: 'code-goes-back-first',
    sentence:
      'In the rollback of an update the function has its old code again before its custom resource is asked to roll back.',
    basis: `${DEPENDS_ON}. data-dot-all/dataall#1500 tells of old code that was asked`,
    play: 'sibling-fails',
    judge(scene) {
      const back = rollbackRequest(scene);
      if (back === undefined) return notPlayed('the function saw no Update in the rollback');
      const { to, from } = digestsOf(back);
      const code = back.code === to ? 'the old' : back.code === from ? 'the new' : 'some other';
      return heldIf(isSameRelease(back.code, to), `the Update that leads back was answered by ${code} code`);
    },
  },
  {
    id: 'schema-is-reverted-before-application',
    sentence: 'In a rollback the custom resource is asked before the application goes back, which depends on it.',
    basis: DEPENDS_ON,
    play: 'sibling-fails',
    judge(scene) {
      const rolling = stackAt(scene, 'UPDATE_ROLLBACK_IN_PROGRESS');
      if (rolling === undefined) return notPlayed('the stack did not roll back');
      const done = firstEvent(scene.events, { type: RESOURCE_TYPE, status: 'UPDATE_COMPLETE' }, rolling);
      const begun = firstEvent(scene.events, { ...APPLICATION, status: 'UPDATE_IN_PROGRESS' }, rolling);
      return inOrder('the resource was back', done?.time, 'the application began to go back', begun?.time);
    },
  },
  {
    id: 'release-begins-before-application',
    sentence: 'The resource of a new release is created before the application is updated, which depends on it.',
    basis: DEPENDS_ON,
    play: 'updated',
    judge({ events }) {
      const created = firstEvent(events, { type: RELEASE_TYPE, status: 'CREATE_COMPLETE' });
      const begun = firstEvent(events, { ...APPLICATION, status: 'UPDATE_IN_PROGRESS' });
      return inOrder(
        "the release's resource was there",
        created?.time,
        'the application began to be updated',
        begun?.time,
      );
    },
  },
  {
    id: 'old-release-ends-in-clean-up',
    sentence: "The resource of the release before is deleted in the update's clean-up, once all else is updated.",
    basis: PHASES,
    play: 'updated',
    judge: (scene) => deletedInCleanUp(scene, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'updated'),
  },
  {
    id: 'failed-release-ends-in-clean-up',
    sentence:
      "The resource of a release that failed is deleted in the rollback's clean-up, once the application is back.",
    basis: PHASES,
    play: 'sibling-fails',
    judge: (scene) => deletedInCleanUp(scene, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', 'back'),
  },
  {
    id: 'rollback-swaps-properties',
    sentence:
      "The rollback's Update has the properties of both releases swapped, and the physical id that the resource had.",
    basis: 'aws-cdk, docs/CLOUDFORMATION.md and the README of custom-resources',
    play: 'sibling-fails',
    judge(scene) {
      const [forward] = migrationRequests(scene);
      const back = rollbackRequest(scene);
      if (forward === undefined || back === undefined) return notPlayed('the function did not see both Updates');
      const [there, again] = [digestsOf(forward), digestsOf(back)];
      const isSwapped = isSameRelease(there.to, again.from) && isSameRelease(there.from, again.to);
      const id = back.request.PhysicalResourceId;
      const isSame = id !== undefined && id === forward.request.PhysicalResourceId;
      return heldIf(
        isSwapped && isSame && back.request.RequestType === 'Update',
        `${withArticle(back.request.RequestType)}; the digests were ${isSwapped ? '' : 'not '}swapped, the physical id was ${isSame ? 'the same' : 'another'}`,
      );
    },
  },
  {
    id: 'deletion-ends-release-first',
    sentence:
      'In a deletion the resource of the release goes first, then that of the migrations, and only then their function.',
    basis: 'AWS::CloudFormation user guide, DependsOn: what needs others is deleted first',
    play: 'deleted',
    judge({ events }) {
      const release = firstEvent(events, { type: RELEASE_TYPE, status: 'DELETE_COMPLETE' });
      const begun = firstEvent(events, { type: RESOURCE_TYPE, status: 'DELETE_IN_PROGRESS' });
      const done = firstEvent(events, { type: RESOURCE_TYPE, status: 'DELETE_COMPLETE' });
      const code = firstEvent(events, { type: FUNCTION, id: IDS.function, status: 'DELETE_IN_PROGRESS' });
      const first = inOrder('the release was gone', release?.time, 'the migrations were asked', begun?.time);
      if (first.kind !== 'held') return first;
      const second = inOrder('the migrations were gone', done?.time, 'their function was deleted', code?.time);
      return second.kind === 'held'
        ? { ...second, observation: `${first.observation}; ${second.observation}` }
        : second;
    },
  },
  {
    id: 'clean-up-tries-three-times',
    sentence:
      'A Delete that fails in the clean-up is sent three times in all, and the stack ends as if it had succeeded.',
    basis:
      'AWS::CloudFormation user guide, troubleshooting: three attempts. Whether of custom resources too, it does not say',
    play: 'clean-up-fails',
    judge(scene) {
      const again = textOf(scene.facts['deployedAgainAt']) || '9999';
      const failed = releaseRequests(scene).filter(
        ({ request, answer, time }) => request.RequestType === 'Delete' && answer?.status === 'FAILED' && time < again,
      );
      const status = scene.events.findLast(({ type, time }) => type === STACK && time < again)?.status ?? 'nothing';
      const ids = new Set(failed.map(({ request }) => request.RequestId)).size;
      return heldIf(
        failed.length === 3 && status === 'UPDATE_ROLLBACK_COMPLETE',
        `${failed.length} Deletes with ${ids} request ids, then ${status}`,
      );
    },
  },
];

const FUNCTION = 'AWS::Lambda::Function';
const STACK = 'AWS::CloudFormation::Stack';

/** What the resource was asked after the Update that led forward. Lambda may have delivered that one twice. */
function rollbackRequest(scene: Scene): SeenRequest | undefined {
  const [forward, ...later] = migrationRequests(scene);
  return later.find((each) => forward !== undefined && !isSameRequest(each, forward));
}

function inOrder(first: string, firstAt: string | undefined, second: string, secondAt: string | undefined): Verdict {
  if (firstAt === undefined) return differs(`that ${first} was never seen`);
  if (secondAt === undefined) return differs(`that ${second} was never seen`);
  const isBefore = firstAt <= secondAt;
  const how = isBefore ? secondsBetween(firstAt, secondAt) : secondsBetween(secondAt, firstAt);
  return heldIf(isBefore, `${first} ${how} ${isBefore ? 'before' : 'after'} ${second}`);
}

function deletedInCleanUp(scene: Scene, phase: string, what: string): Verdict {
  const cleaning = stackAt(scene, phase);
  if (cleaning === undefined) return differs(`the stack was never in ${phase}`);
  // That it was updated on the way forward says nothing of the way back.
  const from = what === 'back' ? (stackAt(scene, 'UPDATE_ROLLBACK_IN_PROGRESS') ?? '9999') : '';
  const application = scene.events.findLast(
    ({ time, type, logicalId, status }) =>
      time >= from && type === FUNCTION && logicalId.startsWith(IDS.application) && status === 'UPDATE_COMPLETE',
  );
  if (application === undefined) return differs(`that the application was ${what} was never seen`);
  const deleted = releaseRequests(scene).find(({ request }) => request.RequestType === 'Delete');
  if (deleted === undefined) return differs('the resource of that release was never deleted');
  const last = application.time < cleaning ? cleaning : application.time;
  return inOrder(`the application was ${what}, and the clean-up began`, last, 'the Delete came', deleted.time);
}
