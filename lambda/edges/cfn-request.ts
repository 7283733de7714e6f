import { sha256 } from '../manifest/checksum';
import { isText, type Fields } from '../plan/command';
import type { Intent, Release, Request, Resource } from '../plan/intent';

/** What an answer repeats of its request, in CloudFormation's spelling, and where it goes. */
export interface ReplyTo {
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly responseUrl: string;
}

export type ParsedRequest =
  | { readonly kind: 'request'; readonly intent: Intent; readonly replyTo: ReplyTo }
  /** It can be answered, but not understood. */
  | { readonly kind: 'malformed'; readonly problem: string; readonly replyTo: ReplyTo; readonly physicalId: string }
  /** It cannot even be answered. */
  | { readonly kind: 'unanswerable'; readonly problem: string };

/** Whether an event means to be a custom resource request, well-formed or not. */
export function isCfnRequest(event: Fields): boolean {
  return 'RequestType' in event || 'ResponseURL' in event;
}

/** Longer than anything that CloudFormation sends; a column of the journal holds it. */
const MAX_FIELD = 255;

/** CloudFormation's limit, and the width of the journal's column. */
const MAX_PHYSICAL_ID = 1024;

/** Reads a custom resource request. CloudFormation makes every scalar a string; here they get their meaning, once. */
export function parseCfnRequest(event: Fields, now: number): ParsedRequest {
  const { ResponseURL: responseUrl, RequestId, StackId, LogicalResourceId, PhysicalResourceId } = event;
  if (!isText(responseUrl) || !isText(RequestId) || !URL.canParse(responseUrl) || !/^https?:/i.test(responseUrl)) {
    return { kind: 'unanswerable', problem: 'the request has no RequestId or no ResponseURL' };
  }
  const replyTo: ReplyTo = {
    StackId: isText(StackId) ? StackId : '',
    RequestId,
    LogicalResourceId: isText(LogicalResourceId) ? LogicalResourceId : '',
    responseUrl,
  };
  const problem = problemOf(event);
  if (problem !== null) {
    const physicalId = isText(PhysicalResourceId) ? PhysicalResourceId : 'malformed:nothing';
    return { kind: 'malformed', problem, replyTo, physicalId };
  }
  const properties = event['ResourceProperties'] as Fields;
  const request: Request = {
    resource: resourceOf(replyTo, properties),
    requestId: RequestId,
    issuedAt: issuedAt(responseUrl) ?? now,
  };
  return { kind: 'request', intent: intentOf(event, request), replyTo };
}

/** The resource of a release belongs to the first one of its construct, which is the one that history knows. */
function resourceOf({ StackId, LogicalResourceId }: ReplyTo, { ContractOf, ReleaseOf }: Fields): Resource {
  if (isText(ReleaseOf)) return { stackId: StackId, logicalId: ReleaseOf };
  const resource = { stackId: StackId, logicalId: LogicalResourceId };
  return isText(ContractOf) ? { ...resource, contractOf: ContractOf } : resource;
}

function problemOf(event: Fields): string | null {
  const { RequestType: type, StackId, LogicalResourceId, RequestId, PhysicalResourceId } = event;
  const { ResourceProperties, OldResourceProperties } = event;
  if (type !== 'Create' && type !== 'Update' && type !== 'Delete') {
    return 'RequestType is none of Create, Update and Delete';
  }
  for (const [name, value] of Object.entries({ StackId, LogicalResourceId, RequestId })) {
    if (!isText(value) || value.length > MAX_FIELD) return `${name} is missing or longer than ${MAX_FIELD} characters`;
  }
  if (type !== 'Create' && (!isText(PhysicalResourceId) || PhysicalResourceId.length > MAX_PHYSICAL_ID)) {
    return `PhysicalResourceId is missing or longer than ${MAX_PHYSICAL_ID} characters`;
  }
  if (!isFields(ResourceProperties)) return 'ResourceProperties is missing';
  if (type === 'Update' && !isFields(OldResourceProperties)) return 'OldResourceProperties is missing';
  if (type !== 'Delete' && !isText(ResourceProperties['Digest'])) return 'the property Digest is missing';
  for (const [name, value] of Object.entries(ResourceProperties)) {
    if (isText(value) && value.length > MAX_FIELD) return `the property ${name} is longer than ${MAX_FIELD} characters`;
  }
  return null;
}

function intentOf(event: Fields, request: Request): Intent {
  const properties = event['ResourceProperties'] as Fields;
  const release = releaseOf(properties);
  if (isText(properties['ReleaseOf'])) {
    const { RequestType, LogicalResourceId, PhysicalResourceId } = event;
    return {
      kind: RequestType === 'Delete' ? 'release-ends' : 'release-begins',
      request,
      logicalId: LogicalResourceId as string,
      physicalId: isText(PhysicalResourceId) ? PhysicalResourceId : null,
      release,
    };
  }
  const physicalId = event['PhysicalResourceId'] as string;
  if (event['RequestType'] === 'Create') return { kind: 'create', request, release };
  if (event['RequestType'] === 'Delete') return { kind: 'delete', request, physicalId, release };
  return { kind: 'update', request, physicalId, release, old: releaseOf(event['OldResourceProperties'] as Fields) };
}

/** Properties of an older release may lack what a newer one sends: they come back in rollbacks and Deletes. */
function releaseOf(properties: Fields): Release {
  const text = (name: string): string => (isText(properties[name]) ? properties[name] : '');
  return {
    digest: text('Digest'),
    version: text('Version'),
    database: text('Database'),
    onDelete: text('OnDelete') === 'REVERT' ? 'REVERT' : 'RETAIN',
    onRemoved: text('OnRemoved') === 'REVERT' ? 'REVERT' : 'FAIL',
    outOfOrder: text('OutOfOrder') === 'FAIL' ? 'FAIL' : 'ALLOW',
    hash: hashOf(properties),
  };
}

/** CloudFormation adds these two to the properties; they say nothing about a release. */
const NOT_OURS = new Set(['ServiceToken', 'ServiceTimeout']);

function hashOf(properties: Fields): string {
  const sorted = Object.entries(properties)
    .filter(([name]) => !NOT_OURS.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(JSON.stringify(sorted));
}

/**
 * When the ResponseURL was signed: one value a request, the same in each delivery. `X-Amz-Date` says it (signature version
 * 4); URLs of version 2 say when they expire, which is as long after it for all of them. Null where neither is there, as
 * with some emulators.
 */
function issuedAt(responseUrl: string): number | null {
  const parameters = new URL(responseUrl).searchParams;
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(parameters.get('X-Amz-Date') ?? '');
  if (match !== null) {
    const [, year, month, day, hours, minutes, seconds] = match;
    const time = Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
    return Number.isNaN(time) ? null : time;
  }
  const expires = /^\d{9,11}$/.exec(parameters.get('Expires') ?? '');
  return expires === null ? null : (Number(expires[0]) - VALID_SECONDS) * 1000;
}

/** For how long the URLs are valid. */
const VALID_SECONDS = 7200;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
