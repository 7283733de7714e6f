import { AMAZON_AUTHORITIES, RESOURCE_TYPE } from '../../lambda/contract';
import { isJsonList, textOf } from '../../rehearsal/template/json';
import { firstEvent, migrationRequests, secondsBetween, stackStatuses, type SeenRequest } from './scene-reading';
import { type Assumption, differs, held, heldIf, notPlayed } from './verdict';

const ASYNC = 'AWS::Lambda developer guide, asynchronous invocation: two more attempts, after one and two minutes';

/** Functions that die, their network, and the secret that they read. */
export const FUNCTIONS: readonly Assumption[] = [
  {
    id: 'death-is-tried-again',
    sentence:
      'A function that dies in the middle of an ALTER is called again by Lambda with the same request, and that attempt brings it to its end.',
    basis: ASYNC,
    play: 'died',
    judge(scene) {
      const attempts = attemptsIn(migrationRequests(scene));
      const [died, again] = attempts;
      if (died === undefined || died.endedAt !== undefined) return notPlayed('the function did not die');
      if (again === undefined) return differs('nothing came after the death');
      const last = attempts.at(-1);
      const status = stackStatuses(scene).at(-1)?.status ?? 'nothing';
      return heldIf(
        last?.answer?.status === 'SUCCESS' && status === 'UPDATE_COMPLETE',
        `the next attempt came ${secondsBetween(died.time, again.time)} later, under ${again.invocation === died.invocation ? 'the same' : 'another'} id of Lambda's; ${attempts.length} attempts, then ${status}`,
      );
    },
  },
  {
    id: 'three-deaths-are-answered',
    sentence:
      'A function that dies in all three attempts is answered for by its on-failure destination, long before CloudFormation gives up.',
    basis: `${ASYNC}; then the destination`,
    play: 'died-thrice',
    judge(scene) {
      const attempts = attemptsIn(migrationRequests(scene)).filter(({ endedAt }) => endedAt === undefined);
      const [first] = attempts;
      if (first === undefined) return notPlayed('the function did not die');
      const failed = firstEvent(scene.events, { type: RESOURCE_TYPE, status: 'UPDATE_FAILED' });
      if (failed === undefined) return differs('the resource never was in UPDATE_FAILED');
      const isAnswered = scene.seen.some((line) => line.kind === 'event' && line.handler === 'onFailure');
      return heldIf(
        attempts.length === 3 && isAnswered,
        `${attempts.length} attempts, ${isAnswered ? 'then the other function' : 'and nobody answered'}; failed after ${secondsBetween(first.time, failed.time)}`,
      );
    },
  },
  {
    id: 'runtime-has-rds-authorities',
    sentence: `${AMAZON_AUTHORITIES} holds the authorities of RDS, so that the function can verify the database's certificate.`,
    basis: 'AWS::Lambda developer guide, Node.js: the file is named, its contents are not',
    play: 'updated',
    needs: 'lambda',
    judge({ seen }) {
      const event = seen.find((line) => line.kind === 'event');
      if (event === undefined) return notPlayed('the function was not seen');
      const { ca } = event;
      if (ca.file === null || 'problem' in ca) return differs(`the file cannot be read: ${JSON.stringify(ca)}`);
      const database = seen.find((line) => line.kind === 'tls' && /rds/i.test(`${line.host} ${line.chain.join(' ')}`));
      if (database?.kind !== 'tls') return differs('no TLS session with the database was seen');
      return heldIf(
        database.authorized && ca.ofRds > 0 && ca.file === AMAZON_AUTHORITIES,
        `${ca.certificates} certificates, ${ca.ofRds} of RDS; ${database.protocol}, ${database.authorized ? 'verified' : 'not verified'}: ${database.chain.join(' < ')}`,
      );
    },
  },
  {
    id: 'rotated-secret-lets-in',
    sentence:
      'While the password is rotated, and after it, the function gets in: the secret never says a password for long that the database does not take.',
    basis: 'AWS::RDS user guide, managed passwords; the order of the two changes is not described',
    play: 'rotated',
    judge({ facts, seen }) {
      const results = isJsonList(facts['results']) ? facts['results'].map(textOf) : [];
      if (results.length < 2) return notPlayed('the function was not asked');
      const failed = results.filter((result) => result !== 'fine');
      const anew = seen.filter(
        (line) => line.kind === 'said' && line.message.includes('reading the secret anew'),
      ).length;
      const asked = `asked ${results.length} times`;
      if (failed.length > 0)
        return differs(
          `${asked}, ${failed.length} failed (${failed[0]?.slice(0, 160) ?? ''}); read anew ${anew} times`,
        );
      // Had no question come between the change of the password and that of the secret, this would be seen, too.
      if (anew === 0) return notPlayed(`${asked}, and the database took the password of the secret each time`);
      return held(`${asked}, none failed; the secret was read anew ${anew} times`);
    },
  },
  {
    id: 'paused-database-wakes-up',
    sentence: 'A database that has paused wakes up for the function, within the time for which it tries to connect.',
    basis: 'AWS::RDS user guide, automatic pause: about 15 seconds, 30 after a day',
    play: 'paused',
    judge(scene) {
      const [request] = migrationRequests(scene);
      if (request === undefined) return notPlayed('the function saw no request');
      const planned = scene.seen.find((line) => line.kind === 'said' && line.message.startsWith('planned'));
      const tries = scene.seen.filter(
        (line) => line.kind === 'said' && line.message.includes('does not take the connection'),
      );
      if (planned === undefined) return differs('the function never came to the database');
      const connected = `connected ${secondsBetween(request.time, planned.time)} after the request`;
      const isSlow = Date.parse(planned.time) - Date.parse(request.time) >= WAKING_MS;
      if (request.answer?.status === 'SUCCESS' && tries.length === 0 && !isSlow)
        return notPlayed(`${connected}, at the first try: the database was awake`);
      return heldIf(request.answer?.status === 'SUCCESS', `${connected}, tried again ${tries.length} times`);
    },
  },
];

/** A database that is awake takes a connection sooner. */
const WAKING_MS = 3_000;

/** The attempts at the first request. */
function attemptsIn(requests: readonly SeenRequest[]): readonly SeenRequest[] {
  return requests.filter(
    ({ request }) => request.RequestId === requests[0]?.request.RequestId && isForward(request, requests),
  );
}

/** The id of a request may come again in the rollback. */
function isForward(request: SeenRequest['request'], [first]: readonly SeenRequest[]): boolean {
  return textOf(request.ResourceProperties['Digest']) === textOf(first?.request.ResourceProperties['Digest']);
}
