import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation } from './context';
import { messageOf } from '../error-facts';
import type { Answer } from '../endpoints/response-checks';
import type { CustomResourceEvent, CustomResourceOutcome, CustomResourceRequest } from './stack-types';
import { isJsonList, isJsonObject, type Json, type JsonObject, textOf } from '../template/json';

/** Sends a request to a custom resource's function and waits for its answer, or until nobody can give one any more. */
export async function callCustomResource(
  operation: Operation,
  request: CustomResourceRequest,
  signal: AbortSignal,
): Promise<CustomResourceOutcome> {
  const { settings, deliveries } = operation;
  const requestId = operation.requestIdFor(request.logicalId) ?? randomUUID();
  const functionArn = textOf(request.properties.ServiceToken);
  const expected = settings.endpoint.expect(
    {
      requestType: request.requestType,
      stackId: operation.account.stackId,
      requestId,
      logicalResourceId: request.logicalId,
      physicalResourceId: request.physicalId,
      replacementMeant: operation.mayBeReplaced(request.logicalId),
      secrets: settings.secrets,
    },
    operation.onViolation,
    settings.clock.now(),
  );
  for (let i = 1; i < deliveries; i += 1) settings.endpoint.allowAnother(expected.url);
  const event = eventFor(operation.account.stackId, requestId, expected.url, functionArn, request);

  const deaths = operation.deathsFor(request.logicalId);
  const handled = Promise.all(
    Array.from({ length: deliveries }, () => settings.cloud.deliver(functionArn, event, deaths)),
  );
  operation.background(handled.catch(() => undefined));

  const answered = new AbortController();
  const outcome = await Promise.race([
    expected.answer.then((answer) => fromAnswer(answer, requestId)),
    // Real CloudFormation waits for the whole ServiceTimeout; when all attempts have ended, nobody is left to answer.
    handled.then(() => noAnswer(requestId, 'all attempts ended without one'), functionMissing),
    timeOut(
      settings.serviceTimeoutMs ?? Number(request.properties.ServiceTimeout ?? 3600) * 1000,
      requestId,
      answered.signal,
    ),
    aborted(signal, answered.signal),
  ]).finally(() => answered.abort());
  // A function is not done when it has answered; what it then writes to its log, say, belongs to this operation.
  if (outcome.kind !== 'cancelled' && settings.endpoint.answersTo(expected.url).length > 0)
    operation.finishing(handled);
  operation.note({ event, functionArn, outcome });
  return outcome;
}

function eventFor(
  stackId: string,
  requestId: string,
  url: string,
  serviceToken: string,
  { requestType, logicalId, type, physicalId, properties, oldProperties }: CustomResourceRequest,
): CustomResourceEvent {
  return {
    RequestType: requestType,
    ServiceToken: serviceToken,
    ResponseURL: url,
    StackId: stackId,
    RequestId: requestId,
    ResourceType: type,
    LogicalResourceId: logicalId,
    ...(physicalId === undefined ? {} : { PhysicalResourceId: physicalId }),
    ResourceProperties: stringify(properties) as JsonObject,
    ...(oldProperties === undefined ? {} : { OldResourceProperties: stringify(oldProperties) as JsonObject }),
  };
}

/** CloudFormation turns every scalar into a text; lists and maps keep their form. */
export function stringify(value: Json): Json {
  if (isJsonList(value)) return value.map(stringify);
  if (isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, stringify(inner)]));
  }
  return String(value);
}

function fromAnswer(answer: Answer, requestId: string): CustomResourceOutcome {
  if (answer.kind === 'success') {
    return { kind: 'success', physicalId: answer.physicalResourceId, data: answer.data as JsonObject };
  }
  return {
    kind: 'failed',
    physicalId: answer.physicalResourceId,
    reason: `Received response status [FAILED] from custom resource. Message returned: ${answer.reason} (RequestId: ${requestId})`,
  };
}

async function noAnswer(requestId: string, why: string): Promise<CustomResourceOutcome> {
  // The function may have sent its answer without waiting for it to arrive.
  await sleep(50);
  return {
    kind: 'failed',
    reason: `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${requestId}]. (${why})`,
  };
}

function functionMissing(error: unknown): CustomResourceOutcome {
  return { kind: 'failed', reason: messageOf(error) };
}

async function timeOut(milliseconds: number, requestId: string, answered: AbortSignal): Promise<CustomResourceOutcome> {
  await sleep(milliseconds, undefined, { signal: answered });
  return noAnswer(requestId, `ServiceTimeout of ${milliseconds / 1000} s`);
}

/** Listens no longer than until it is answered: one signal serves all resources of a stack. */
function aborted(signal: AbortSignal, answered: AbortSignal): Promise<CustomResourceOutcome> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve({ kind: 'cancelled' });
    else signal.addEventListener('abort', () => resolve({ kind: 'cancelled' }), { once: true, signal: answered });
  });
}
