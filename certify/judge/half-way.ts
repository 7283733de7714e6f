import { RESOURCE_TYPE } from '../../lambda/contract';
import type { Scene } from '../evidence/evidence';
import {
  APPLICATION,
  digestsOf,
  firstEvent,
  isSameRelease,
  migrationRequests,
  secondsBetween,
  type SeenRequest,
  stackAt,
  isSameRequest,
  withArticle,
} from './scene-reading';
import { type Assumption, differs, heldIf, notPlayed } from './verdict';
import { textOf } from '../../rehearsal/template/json';

const FAILURE_OPTIONS = 'AWS::CloudFormation user guide, stack failure options: of custom resources it does not speak';

/** Failures that CloudFormation does not roll back by itself, or not at the first time. */
export const HALF_WAY: readonly Assumption[] = [
  {
    id: 'own-failure-is-rolled-back',
    sentence:
      'A custom resource that answered its own Update with FAILED is asked to roll back by another Update, with the physical id that it had.',
    basis: 'aws-cdk, docs/CLOUDFORMATION.md; aws/aws-cdk#17040 and #22670',
    play: 'migration-fails',
    judge(scene) {
      const [failed, back] = migrationRequests(scene).filter(isFirstAttempt);
      if (failed?.answer?.status !== 'FAILED') return notPlayed('no Update was answered with FAILED');
      if (back === undefined) return differs('nothing came after the failed Update');
      const { RequestType: type, PhysicalResourceId: id } = back.request;
      const isSame = id !== undefined && id === failed.request.PhysicalResourceId;
      return heldIf(
        type === 'Update' && isSame,
        `${withArticle(type)} with ${isSame ? 'the same' : 'another'} physical id`,
      );
    },
  },
  {
    id: 'no-rollback-rolls-back-own-failure',
    sentence: 'With --no-rollback too, the custom resource whose own Update failed is asked to roll back at once.',
    basis: FAILURE_OPTIONS,
    play: 'no-rollback',
    judge(scene) {
      const [, second] = tries(scene);
      const failed = second.find(({ answer }) => answer?.status === 'FAILED');
      if (failed === undefined) return notPlayed('no Update of the second try was answered with FAILED');
      const back = second.find(({ time }) => time > failed.time);
      if (back === undefined) return differs('nothing came after the failed Update before cdk rollback');
      const isBack = isSameRelease(digestsOf(back).to, digestsOf(failed).from);
      return heldIf(
        isBack,
        `${withArticle(back.request.RequestType)} ${secondsBetween(failed.time, back.time)} later, to ${isBack ? 'what there was before this try' : 'some other release'}`,
      );
    },
  },
  {
    id: 'no-rollback-keeps-the-rest',
    sentence:
      'With --no-rollback, a custom resource whose Update succeeded before another resource failed is asked nothing more.',
    basis: FAILURE_OPTIONS,
    play: 'no-rollback',
    judge(scene) {
      const [first] = tries(scene);
      if (first[0]?.answer?.status !== 'SUCCESS')
        return notPlayed('no Update of the first try was answered with SUCCESS');
      return heldIf(first.length === 1, `${first.length} request${first.length === 1 ? '' : 's'} in the first try`);
    },
  },
  {
    id: 'cdk-rollback-goes-to-last-stable',
    sentence: 'cdk rollback asks the custom resource to go to the release of the last stable state, over all tries.',
    basis: 'aws-cdk-cli, deployments.ts: RollbackStack; what a custom resource is then asked is nowhere described',
    play: 'no-rollback',
    judge(scene) {
      const [first, , rollback] = tries(scene);
      const stable = first[0] === undefined ? undefined : digestsOf(first[0]).from;
      const back = rollback.at(0);
      if (stable === undefined || back === undefined) return notPlayed('the function saw no Update in cdk rollback');
      const code = back.code === stable ? 'old' : 'newer';
      const isStable = isSameRelease(digestsOf(back).to, stable);
      return heldIf(
        isStable,
        `${withArticle(back.request.RequestType)} to ${isStable ? 'the last stable release' : 'some other release'}, by ${code} code`,
      );
    },
  },
  {
    id: 'failed-rollback-is-continued',
    sentence:
      'A custom resource that failed in a rollback is asked once more when the rollback is continued, with the same properties.',
    basis: 'AWS::CloudFormation API, ContinueUpdateRollback; aws/aws-cdk#35957 tells of request ids that come again',
    play: 'rollback-fails',
    judge(scene) {
      const requests = migrationRequests(scene);
      const failed = requests.find(
        ({ request, answer }, index) => index > 0 && answer?.status === 'FAILED' && request.RequestType === 'Update',
      );
      if (failed === undefined) return notPlayed('no Update of the rollback was answered with FAILED');
      const again = requests.find(({ time }) => time >= (textOf(scene.facts['continuedAt']) || '9999'));
      if (again === undefined) return differs('nothing came when the rollback was continued');
      const isSame = isSameRelease(digestsOf(again).to, digestsOf(failed).to) && again.request.RequestType === 'Update';
      const sameId = again.request.RequestId === failed.request.RequestId ? 'the same' : 'another';
      return heldIf(
        isSame,
        `${isSame ? 'the same Update' : `another ${again.request.RequestType}`} came, with ${sameId} request id`,
      );
    },
  },
  {
    id: 'express-waits-for-the-answer',
    sentence:
      "In Express mode too, CloudFormation waits for the custom resource's answer before it updates the application.",
    basis: 'AWS::CloudFormation user guide, Express mode: dependencies are respected; of answers it does not speak',
    play: 'express',
    judge(scene) {
      const answered = migrationRequests(scene)[0]?.answer;
      if (answered === undefined) return notPlayed('the function gave no answer');
      const done = firstEvent(scene.events, { type: RESOURCE_TYPE, status: 'UPDATE_COMPLETE' });
      if (done === undefined) return differs('the resource never was in UPDATE_COMPLETE');
      const begun = firstEvent(scene.events, { ...APPLICATION, status: 'UPDATE_IN_PROGRESS' });
      if (begun === undefined) return notPlayed('the application was not updated');
      return heldIf(
        answered.time <= done.time && answered.time <= begun.time,
        `the resource was complete ${secondsBetween(answered.time, done.time)} after the answer, the application begun ${secondsBetween(answered.time, begun.time)} after it`,
      );
    },
  },
];

/** The requests of the first try, of the second, and of `cdk rollback`. */
function tries(scene: Scene): readonly [readonly SeenRequest[], readonly SeenRequest[], readonly SeenRequest[]] {
  const requests = migrationRequests(scene).filter(isFirstAttempt);
  const second = textOf(scene.facts['firstTryEnded']) || '9999';
  const rollback = stackAt(scene, 'UPDATE_ROLLBACK_IN_PROGRESS') ?? '9999';
  return [
    requests.filter(({ time }) => time < second),
    requests.filter(({ time }) => time >= second && time < rollback),
    requests.filter(({ time }) => time >= rollback),
  ];
}

/** Lambda may deliver a request twice. */
function isFirstAttempt(request: SeenRequest, index: number, all: readonly SeenRequest[]): boolean {
  return all.findIndex((each) => isSameRequest(each, request)) === index;
}
