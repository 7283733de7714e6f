import { RELEASE_TYPE, RESOURCE_TYPE } from '../../lambda/contract';
import type { CustomResourceEvent, Scene, SeenLine, StackEvent } from '../evidence/evidence';
import { isJsonList, type Json, textOf } from '../../rehearsal/template/json';

/** A request of CloudFormation that the function saw, and what it did about it. */
export interface SeenRequest {
  readonly time: string;
  readonly invocation: string;
  /** Digest of the release that the code was of. */
  readonly code: string;
  readonly request: CustomResourceEvent;
  /** When the invocation came to its end; undefined where it died, or its end is in no log. */
  readonly endedAt?: string;
  readonly answer?: { readonly time: string; readonly status: string; readonly physicalId: string };
}

/** The requests that a handler saw in a scene, in the order of their coming. */
export function requestsIn({ seen }: Pick<Scene, 'seen'>): readonly SeenRequest[] {
  return seen.flatMap((line) => {
    if (line.kind !== 'event' || line.handler !== 'handler' || line.event['RequestType'] === undefined) return [];
    const { time, invocation, code } = line;
    // Lambda's second attempt has the id of the first: what belongs to this one came before the next began.
    const next = seen.find((each) => each.kind === 'event' && each.invocation === invocation && each.time > time);
    const own = seen.filter(
      (each) => each.invocation === invocation && each.time >= time && each.time < (next?.time ?? '9999'),
    );
    const answer = own.find((each) => each.kind === 'answer');
    return [
      {
        time,
        invocation,
        code,
        request: line.event as unknown as CustomResourceEvent,
        endedAt: own.find(({ kind }) => kind === 'end')?.time,
        answer: answer === undefined ? undefined : answerOf(answer),
      },
    ];
  });
}

/** Those for the resource that runs the migrations. */
export function migrationRequests(scene: Pick<Scene, 'seen'>): readonly SeenRequest[] {
  return requestsIn(scene).filter(({ request }) => request.ResourceType === RESOURCE_TYPE);
}

/** Those for the resources of releases. */
export function releaseRequests(scene: Pick<Scene, 'seen'>): readonly SeenRequest[] {
  return requestsIn(scene).filter(({ request }) => request.ResourceType === RELEASE_TYPE);
}

/** Digest of the release that a request leads to, and of the one that it leads from. */
export function digestsOf({ request }: SeenRequest): { readonly to: string; readonly from: string } {
  const { ResourceProperties: to, OldResourceProperties: from } = request;
  return { to: textOf(to['Digest']), from: textOf(from?.['Digest']) };
}

/** Whether two digests are of one release; not where there is none. */
export function isSameRelease(a: string, b: string): boolean {
  return a !== '' && a === b;
}

/** Whether what was looked at had nothing in it: it cannot have changed. */
export function isNothing(fact: Json): boolean {
  return isJsonList(fact) && fact.length === 0;
}

/** Whether two are one request that was delivered twice. Its id alone does not tell: it may come again in a rollback. */
export function isSameRequest({ request: a }: SeenRequest, { request: b }: SeenRequest): boolean {
  const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
  return (
    a.RequestId === b.RequestId && a.RequestType === b.RequestType && same(a.ResourceProperties, b.ResourceProperties)
  );
}

/** What makes two events the same thing. */
export interface EventWanted {
  readonly type?: string;
  /** The logical id without the hash that the CDK puts behind it. */
  readonly id?: string;
  readonly status: string;
}

/** The first event that is as wanted, from a time on. */
export function firstEvent(
  events: readonly StackEvent[],
  { type, id, status }: EventWanted,
  from = '',
): StackEvent | undefined {
  return events.find(
    (event) =>
      event.time >= from &&
      event.status === status &&
      (type === undefined || event.type === type) &&
      (id === undefined || event.logicalId.replace(/[0-9A-F]{8}$/, '') === id),
  );
}

/** When the stack itself came to a status; undefined where it never did. */
export function stackAt({ events }: Pick<Scene, 'events'>, status: string, from = ''): string | undefined {
  return firstEvent(events, { type: STACK, status }, from)?.time;
}

/** Statuses of the stack in a scene, in their order. */
export function stackStatuses({ events }: Pick<Scene, 'events'>): readonly StackEvent[] {
  return events.filter(({ type }) => type === STACK);
}

/** Status events that the function was told, each with the time that stands in it. */
export function toldStatuses(seen: readonly SeenLine[]): readonly ToldStatus[] {
  return seen.flatMap((line) => {
    if (line.kind !== 'event' || line.event['detail-type'] !== 'CloudFormation Stack Status Change') return [];
    const detail = line.event['detail'] as { readonly 'status-details'?: { readonly status?: string } } | undefined;
    const status = detail?.['status-details']?.status ?? '';
    return [{ status, at: textOf(line.event['time']), toldAt: line.time, eventId: textOf(line.event['id']) }];
  });
}

export interface ToldStatus {
  readonly status: string;
  /** When it came about, in whole seconds. */
  readonly at: string;
  readonly toldAt: string;
  readonly eventId: string;
}

/** From one time to another, in words. */
export function secondsBetween(from: string, to: string): string {
  return `${((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1)} s`;
}

/** `an Update` */
export function withArticle(type: string): string {
  return `${/^[AEIOU]/.test(type) ? 'an' : 'a'} ${type}`;
}

/** Logical ids of the example's functions, without their hash. */
export const IDS = { function: 'MigrationsFunction', application: 'Application' } as const;
/** The application's function, as events name it. */
export const APPLICATION = { type: 'AWS::Lambda::Function', id: IDS.application } as const;
const STACK = 'AWS::CloudFormation::Stack';

function answerOf({ time, answer }: SeenLine & { readonly kind: 'answer' }): SeenRequest['answer'] {
  return { time, status: textOf(answer['Status']), physicalId: textOf(answer['PhysicalResourceId']) };
}
