import { TOLD_STATUSES } from '../../lambda/contract';
import type { Evidence, StackEvent } from '../evidence/evidence';
import { isJsonList, isJsonObject, type Json, textOf } from '../../rehearsal/template/json';
import { isNothing, requestsIn, type SeenRequest, stackStatuses, type ToldStatus, toldStatuses } from './scene-reading';
import { type Assumption, differs, heldIf, notPlayed } from './verdict';

/** What requests and statuses look like, and when they come. */
export const MESSAGES: readonly Assumption[] = [
  {
    id: 'every-status-is-told',
    sentence: 'Each status of its stack that the function has a rule for reaches it at least once.',
    basis: "EventBridge user guide: CloudFormation's events are delivered durably",
    play: 'updated',
    judge(_, { scenes }) {
      // The deletion takes the rule along before all is told, a creation begins without one.
      const settled = scenes.filter(({ play }) => play !== 'cancelled-create' && play !== 'deleted');
      const wanted = settled.flatMap(stackStatuses).filter(({ status }) => TOLD.has(status));
      if (wanted.length === 0) return notPlayed('the stack was in no status that is told');
      const told = scenes.flatMap((scene) => toldStatuses(scene.seen));
      const pairs = [...TOLD].flatMap((status) => pairUp(status, wanted, told));
      const lost = pairs.filter(({ delay }) => delay === undefined).map(({ status }) => status);
      const slowest = Math.max(...pairs.map(({ delay }) => delay ?? 0)) / 1000;
      // Those that a play sent again are its own doing.
      const unasked = scenes.filter(
        ({ facts }) => facts['sentAgain'] === undefined && facts['lateStatus'] === undefined,
      );
      const copies = unasked.flatMap((scene) => toldStatuses(scene.seen)).map(({ eventId }) => eventId);
      return heldIf(
        lost.length === 0,
        `${wanted.length} statuses, ${lost.length} of them not told${lost.length > 0 ? ` (${[...new Set(lost)].join(', ')})` : ''}; the slowest after ${slowest.toFixed(1)} s; ${copies.length - new Set(copies).size} came more than once`,
      );
    },
  },
  {
    id: 'doubled-status-changes-nothing',
    sentence: 'Statuses that come again, late and twice, change nothing.',
    basis: 'EventBridge delivers at least once',
    play: 'status-again',
    judge({ facts, seen }) {
      const { before, after, sentAgain } = facts;
      if (before === undefined || after === undefined) return notPlayed('the journal was not looked at');
      if (isNothing(before)) return notPlayed('there was nothing in the journal');
      const isSame = JSON.stringify(before) === JSON.stringify(after);
      const told = toldStatuses(seen).length;
      if (isSame && (told === 0 || told < Number(sentAgain)))
        return notPlayed(`${textOf(sentAgain)} events were sent again, and the function was told ${told}`);
      return heldIf(
        isSame,
        `${textOf(sentAgain)} events sent again; the journal was ${isSame ? 'the same' : 'another'} after them`,
      );
    },
  },
  {
    id: 'requests-have-ascending-times',
    sentence:
      'The ResponseURL of a request says when it was signed, and that of a later request of the same resource says no earlier time.',
    basis:
      'seen in one real event (aws-solutions-library-samples/qnabot-on-aws#536); the requests of a resource are ordered by it',
    play: 'updated',
    judge(_, evidence) {
      const requests = allRequests(evidence);
      if (requests.length === 0) return notPlayed('the function saw no request');
      const unsigned = requests.filter(({ request }) => request.ResponseURL.signedAt === null);
      if (unsigned.length > 0) return differs(`${unsigned.length} of ${requests.length} URLs say no time`);
      const back = requests.filter((each, index) =>
        requests.slice(0, index).some((earlier) => isSignedBackwards(earlier, each)),
      );
      if (!requests.some((each, index) => requests.slice(0, index).some((earlier) => isLaterOf(earlier, each))))
        return notPlayed('no resource had two requests');
      const valid = new Set(requests.map(({ request }) => request.ResponseURL.expires));
      return heldIf(
        back.length === 0,
        `${requests.length} URLs, ${back.length} of them of an earlier time; valid for ${[...valid].join(', ')} s`,
      );
    },
  },
  {
    id: 'properties-are-texts',
    sentence:
      'All values of ResourceProperties come as texts, and there is nothing in them but the properties of the template, ServiceToken and ServiceTimeout.',
    basis: 'cloudformation-coverage-roadmap#1037; whether ServiceTimeout is among them is nowhere described',
    play: 'updated',
    judge(_, evidence) {
      const all = allRequests(evidence).map(({ request }) => request.ResourceProperties);
      if (all.length === 0) return notPlayed('the function saw no request');
      const others = all.flatMap((properties) => Object.values(properties)).filter((value) => !isText(value));
      const keys = [...new Set(all.flatMap((properties) => Object.keys(properties)))].toSorted();
      if (keys.length === 0) return notPlayed('the requests had no properties');
      const foreign = keys.filter((key) => !PROPERTIES.has(key));
      return heldIf(
        others.length === 0 && foreign.length === 0,
        `${others.length} values are no texts; the keys are ${keys.join(', ')}`,
      );
    },
  },
];

const TOLD: ReadonlySet<string> = new Set(TOLD_STATUSES);

const PROPERTIES: ReadonlySet<string> = new Set([
  ...['ServiceToken', 'ServiceTimeout'],
  ...['Digest', 'Version', 'Count', 'Database', 'Checksum', 'OnDelete', 'OnRemoved', 'OutOfOrder', 'ReleaseOf'],
]);

function allRequests({ scenes }: Evidence): readonly SeenRequest[] {
  return scenes.flatMap(requestsIn);
}

/** Whether two are different requests of one resource. */
function isLaterOf({ request: a }: SeenRequest, { request: b }: SeenRequest): boolean {
  const isOther = a.RequestId !== b.RequestId || a.RequestType !== b.RequestType;
  return isOther && a.StackId === b.StackId && a.LogicalResourceId === b.LogicalResourceId;
}

/** Whether two requests of one resource came in this order, and were signed in the other. */
function isSignedBackwards(earlier: SeenRequest, later: SeenRequest): boolean {
  return (
    isLaterOf(earlier, later) &&
    (later.request.ResponseURL.signedAt ?? '') < (earlier.request.ResponseURL.signedAt ?? '')
  );
}

function isText(value: Json): boolean {
  return (
    typeof value === 'string' ||
    (isJsonList(value) && value.every(isText)) ||
    (isJsonObject(value) && Object.values(value).every(isText))
  );
}

/** The times at which the stack came to a status, each with the delay of the event that told it, in their order. */
function pairUp(
  status: string,
  wanted: readonly StackEvent[],
  told: readonly ToldStatus[],
): readonly { readonly status: string; readonly delay?: number }[] {
  const firsts = new Map(
    told
      .filter((each) => each.status === status)
      .toReversed()
      .map((each) => [each.eventId, each]),
  );
  const inOrder = [...firsts.values()].toSorted((a, b) => a.at.localeCompare(b.at));
  return wanted
    .filter((event) => event.status === status)
    .map(({ time }, index) => {
      const toldAt = inOrder[index]?.toldAt;
      return { status, delay: toldAt === undefined ? undefined : Date.parse(toldAt) - Date.parse(time) };
    });
}
