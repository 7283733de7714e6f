import type { IncomingHttpHeaders } from 'node:http';

/** What CloudFormation waits for: the request that was sent, as far as its answer must fit it. */
export interface Expectation {
  readonly requestType: 'Create' | 'Update' | 'Delete';
  readonly stackId: string;
  readonly requestId: string;
  readonly logicalResourceId: string;
  /** The id that the resource has; none for a Create. */
  readonly physicalResourceId?: string;
  /** Whether an Update may answer another id. */
  readonly replacementMeant: boolean;
  /** Texts that must not stand in the answer. */
  readonly secrets: readonly string[];
  /** Where the answer goes to; it must not stand in the answer either. */
  readonly url: string;
}

/** An answer as CloudFormation understands it. */
export type Answer =
  | {
      readonly kind: 'success';
      readonly physicalResourceId: string;
      readonly data: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'failed'; readonly physicalResourceId?: string; readonly reason: string };

export interface CheckedAnswer {
  readonly answer: Answer;
  /** What is wrong with it, in sentences. */
  readonly violations: readonly string[];
}

/** Reads an answer and finds what is wrong with it, also what real CloudFormation would let pass. */
export function checkAnswer(
  method: string | undefined,
  headers: IncomingHttpHeaders,
  body: Buffer,
  expectation: Expectation,
): CheckedAnswer {
  const violations: string[] = [];
  const mustBe = (holds: boolean, violation: string): void => {
    if (!holds) violations.push(violation);
  };

  mustBe(method === 'PUT', `the method is ${method}, not PUT`);
  mustBe((headers['content-type'] ?? '') === '', `content-type is "${headers['content-type']}", not empty`);
  mustBe(headers['transfer-encoding'] === undefined, 'the body is chunked: S3 wants a content-length');
  mustBe(
    headers['content-length'] === String(body.length),
    `content-length is ${headers['content-length']}, the body has ${body.length} bytes`,
  );
  mustBe(body.length <= 4096, `the body has ${body.length} bytes, more than 4096`);

  const parsed = parseBody(body);
  if (parsed === undefined) {
    violations.push(`the body is no JSON object: ${body.toString('utf8').slice(0, 200)}`);
    return { violations, answer: { kind: 'failed', reason: 'Invalid Json format for response object' } };
  }

  mustBe(parsed.StackId === expectation.stackId, `StackId is not echoed: ${JSON.stringify(parsed.StackId)}`);
  mustBe(parsed.RequestId === expectation.requestId, `RequestId is not echoed: ${JSON.stringify(parsed.RequestId)}`);
  mustBe(
    parsed.LogicalResourceId === expectation.logicalResourceId,
    `LogicalResourceId is not echoed: ${JSON.stringify(parsed.LogicalResourceId)}`,
  );
  for (const secret of [...expectation.secrets, expectation.url]) {
    mustBe(!holdsText(body.toString('utf8'), secret), 'the body holds a secret or the ResponseURL');
  }
  violations.push(...checkPhysicalId(parsed.PhysicalResourceId, expectation));
  mustBe(parsed.Status === 'SUCCESS' || parsed.Status === 'FAILED', `Status is ${JSON.stringify(parsed.Status)}`);
  mustBe(
    parsed.Status !== 'FAILED' || (typeof parsed.Reason === 'string' && parsed.Reason !== ''),
    'FAILED without a Reason',
  );
  mustBe(parsed.Data === undefined || isObject(parsed.Data), `Data is no object, but ${typeof parsed.Data}`);

  return { violations, answer: toAnswer(parsed, body) };
}

/** Whether a text occurs, as it is or as JSON writes it. */
export function holdsText(text: string, secret: string): boolean {
  return secret !== '' && (text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1)));
}

function checkPhysicalId(id: unknown, expectation: Expectation): readonly string[] {
  if (typeof id !== 'string' || id === '') return [`PhysicalResourceId is ${JSON.stringify(id)}`];
  const violations: string[] = [];
  const size = Buffer.byteLength(id);
  if (size > 1024) violations.push(`PhysicalResourceId has ${size} bytes, more than 1024`);
  const { requestType, physicalResourceId, replacementMeant } = expectation;
  if (requestType !== 'Create' && id !== physicalResourceId && !(requestType === 'Update' && replacementMeant)) {
    violations.push(`PhysicalResourceId changed in ${requestType} from "${physicalResourceId}" to "${id}"`);
  }
  return violations;
}

/** What real CloudFormation makes of it. */
function toAnswer(parsed: Readonly<Record<string, unknown>>, body: Buffer): Answer {
  const id = typeof parsed.PhysicalResourceId === 'string' ? parsed.PhysicalResourceId : '';
  if (body.length > 4096) {
    return { kind: 'failed', physicalResourceId: id || undefined, reason: 'Response object is too long.' };
  }
  if (id === '') return { kind: 'failed', reason: 'Invalid PhysicalResourceId' };
  if (parsed.Status === 'SUCCESS') {
    return { kind: 'success', physicalResourceId: id, data: isObject(parsed.Data) ? parsed.Data : {} };
  }
  return {
    kind: 'failed',
    physicalResourceId: id,
    reason: typeof parsed.Reason === 'string' ? parsed.Reason : 'Vendor response without a reason',
  };
}

function parseBody(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
