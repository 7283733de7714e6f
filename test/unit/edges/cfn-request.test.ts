import { isCfnRequest, parseCfnRequest, type ParsedRequest } from '../../../lambda/edges/cfn-request';
import type { Fields } from '../../../lambda/plan/command';
import { second } from '../../paper/releases';

const ARRIVAL = second(9000);
const PROPERTIES = {
  Digest: 'v1:abc',
  Version: '0001_user',
  Count: '1',
  Database: 'cluster-A/app',
  OnDelete: 'RETAIN',
  OnRemoved: 'FAIL',
  OutOfOrder: 'ALLOW',
};
const URL_OF_ANSWER =
  'https://cloudformation-custom-resource-response-euwest1.s3-eu-west-1.amazonaws.com/arn%3Aaws%3A%7CMigrations%7Cid' +
  '?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260131T120005Z&X-Amz-SignedHeaders=host&X-Amz-Expires=7200&X-Amz-Signature=abc';

const CREATE: Fields = {
  RequestType: 'Create',
  ResponseURL: URL_OF_ANSWER,
  StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/app/1',
  RequestId: 'b1c2',
  LogicalResourceId: 'Migrations',
  ResourceType: 'Custom::AuroraMigrations',
  ServiceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:f',
  ResourceProperties: PROPERTIES,
};
const UPDATE: Fields = {
  ...CREATE,
  RequestType: 'Update',
  PhysicalResourceId: 'ours',
  OldResourceProperties: { ...PROPERTIES, Digest: 'v1:old' },
};
const DELETE: Fields = { ...CREATE, RequestType: 'Delete', PhysicalResourceId: 'ours' };

function parsed(event: Fields): ParsedRequest & { kind: 'request' } {
  const result = parseCfnRequest(event, ARRIVAL);
  if (result.kind !== 'request') throw new Error(`read as ${result.kind}`);
  return result;
}

function without(event: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(event).filter(([key]) => key !== name));
}

describe('a well-formed request', () => {
  const request = {
    resource: { stackId: CREATE['StackId'], logicalId: 'Migrations' },
    requestId: 'b1c2',
    issuedAt: Date.UTC(2026, 0, 31, 12, 0, 5),
  };
  const release = {
    digest: 'v1:abc',
    version: '0001_user',
    database: 'cluster-A/app',
    onDelete: 'RETAIN',
    onRemoved: 'FAIL',
    outOfOrder: 'ALLOW',
    hash: 'fa5daceea36df26848c3edd1860bc1f485054fc65d4eb6c3e2dfc11c4c784143',
  };

  test('of each type is read', () => {
    expect(parsed(CREATE).intent).toEqual({ kind: 'create', request, release });
    expect(parsed(UPDATE).intent).toMatchObject({
      kind: 'update',
      request,
      physicalId: 'ours',
      release,
      old: { digest: 'v1:old' },
    });
    expect(parsed(DELETE).intent).toEqual({ kind: 'delete', request, physicalId: 'ours', release });
  });

  test('is answered to its URL, with the ids that it came with', () => {
    expect(parsed(CREATE).replyTo).toEqual({
      StackId: CREATE['StackId'],
      RequestId: 'b1c2',
      LogicalResourceId: 'Migrations',
      responseUrl: URL_OF_ANSWER,
    });
  });

  test.each([
    ['none at all', 'https://example.com/?X-Amz-Expires=7200'],
    ['another form', 'https://example.com/?X-Amz-Date=2026-01-31T12:00:05Z'],
    ['a date that no calendar has', 'https://example.com/?X-Amz-Date=20261331T126005Z'],
    ['digits that are none', 'https://example.com/?X-Amz-Date=2026O131T120005Z'],
  ])('whose URL has %s for a date of signing counts from its arrival', (_what, ResponseURL) => {
    expect(parsed({ ...CREATE, ResponseURL }).intent.request.issuedAt).toBe(ARRIVAL);
  });
});

describe('properties', () => {
  test.each([
    ['OnDelete', 'REVERT', { onDelete: 'REVERT' }],
    ['OnRemoved', 'REVERT', { onRemoved: 'REVERT' }],
    ['OutOfOrder', 'FAIL', { outOfOrder: 'FAIL' }],
    // What a newer release may have come to know is not guessed at: the careful choice.
    ['OnDelete', 'ARCHIVE', { onDelete: 'RETAIN' }],
    ['OnRemoved', 'ASK', { onRemoved: 'FAIL' }],
    ['OnDelete', 'revert', { onDelete: 'RETAIN' }],
  ])('%s %s is read as %j', (name, value, expected) => {
    const { intent } = parsed({ ...DELETE, ResourceProperties: { ...PROPERTIES, [name]: value } });
    expect(intent.release).toMatchObject(expected);
  });

  test('of an older form get the careful defaults', () => {
    const { intent } = parsed({ ...UPDATE, OldResourceProperties: { Digest: 'v1:old' } });
    expect(intent).toMatchObject({
      old: { digest: 'v1:old', version: '', database: '', onDelete: 'RETAIN', onRemoved: 'FAIL', outOfOrder: 'ALLOW' },
    });
    expect(parsed({ ...DELETE, ResourceProperties: {} }).intent).toMatchObject({
      release: { digest: '', onDelete: 'RETAIN' },
    });
  });

  const hash = (properties: Fields): string =>
    parsed({ ...CREATE, ResourceProperties: properties }).intent.release.hash;

  test('have a hash that does not depend on their order', () => {
    expect(hash(Object.fromEntries(Object.entries(PROPERTIES).reverse()))).toBe(hash(PROPERTIES));
  });

  test('have a hash that leaves out what CloudFormation adds', () => {
    expect(hash({ ...PROPERTIES, ServiceToken: 'arn:1', ServiceTimeout: '3600' })).toBe(hash(PROPERTIES));
    expect(hash({ ...PROPERTIES, ServiceTimeout: '60' })).toBe(hash(PROPERTIES));
  });

  test.each<[string, Fields]>([
    ['a changed option', { ...PROPERTIES, OnDelete: 'REVERT' }],
    ['a nonce', { ...PROPERTIES, Nonce: '1' }],
    ['a property of a newer release', { ...PROPERTIES, Newer: 'x' }],
    ['a missing one', { Digest: 'v1:abc' }],
    ['a list', { ...PROPERTIES, Newer: ['a', 'b'] }],
    ['a map', { ...PROPERTIES, Newer: { a: { b: 'c' } } }],
  ])('have another hash with %s', (_what, properties) => {
    expect(hash(properties)).not.toBe(hash(PROPERTIES));
  });

  test('are told apart by what is deep inside of them', () => {
    expect(hash({ ...PROPERTIES, Newer: { a: ['b', { c: 'd' }] } })).not.toBe(
      hash({ ...PROPERTIES, Newer: { a: ['b', { c: 'e' }] } }),
    );
    expect(hash({ ...PROPERTIES, Newer: ['a', 'b'] })).not.toBe(hash({ ...PROPERTIES, Newer: ['b', 'a'] }));
    expect(hash({ ...PROPERTIES, A: 'b', C: 'd' })).not.toBe(hash({ ...PROPERTIES, A: 'd', C: 'b' }));
  });

  test('are told apart with nothing of their text: a name may hold a quote', () => {
    expect(hash({ ...PROPERTIES, A: 'b","C":"d' })).not.toBe(hash({ ...PROPERTIES, A: 'b', C: 'd' }));
  });
});

describe('bad input', () => {
  test.each(['ResponseURL', 'RequestId'])('without %s nobody can be answered', (name) => {
    expect(parseCfnRequest(without(CREATE, name), ARRIVAL)).toEqual({
      kind: 'unanswerable',
      problem: 'the request has no RequestId or no ResponseURL',
    });
  });

  test.each(['not a url', 'file:///etc/passwd', 'ftp://127.0.0.1/answer'])(
    'with %s as its ResponseURL nobody can be answered',
    (ResponseURL) => {
      expect(parseCfnRequest({ ...CREATE, ResponseURL }, ARRIVAL).kind).toBe('unanswerable');
    },
  );

  test.each<[string, Fields, string]>([
    ['without a type', without(CREATE, 'RequestType'), 'RequestType is none of Create, Update and Delete'],
    ['of an unknown type', { ...CREATE, RequestType: 'Drop' }, 'RequestType is none of Create, Update and Delete'],
    ['without a stack', without(CREATE, 'StackId'), 'StackId is missing or longer than 255 characters'],
    ['with a stack that is a number', { ...CREATE, StackId: 7 }, 'StackId is missing or longer than 255 characters'],
    [
      'with an empty logical id',
      { ...CREATE, LogicalResourceId: '' },
      'LogicalResourceId is missing or longer than 255 characters',
    ],
    [
      'with an oversized logical id',
      { ...CREATE, LogicalResourceId: 'a'.repeat(256) },
      'LogicalResourceId is missing or longer than 255 characters',
    ],
    [
      'with an oversized request id',
      { ...CREATE, RequestId: 'a'.repeat(256) },
      'RequestId is missing or longer than 255 characters',
    ],
    ['without properties', without(CREATE, 'ResourceProperties'), 'ResourceProperties is missing'],
    ['with properties that are a list', { ...CREATE, ResourceProperties: [] }, 'ResourceProperties is missing'],
    ['without old properties', without(UPDATE, 'OldResourceProperties'), 'OldResourceProperties is missing'],
    [
      'of an Update without an id',
      without(UPDATE, 'PhysicalResourceId'),
      'PhysicalResourceId is missing or longer than 1024 characters',
    ],
    [
      'of a Delete without an id',
      without(DELETE, 'PhysicalResourceId'),
      'PhysicalResourceId is missing or longer than 1024 characters',
    ],
    [
      'with an oversized physical id',
      { ...UPDATE, PhysicalResourceId: 'a'.repeat(1025) },
      'PhysicalResourceId is missing or longer than 1024 characters',
    ],
    [
      'without a digest',
      { ...CREATE, ResourceProperties: without(PROPERTIES, 'Digest') },
      'the property Digest is missing',
    ],
    [
      'with an oversized property',
      { ...CREATE, ResourceProperties: { ...PROPERTIES, Version: 'a'.repeat(256) } },
      'the property Version is longer than 255 characters',
    ],
    [
      'with a digest that is a list',
      { ...CREATE, ResourceProperties: { ...PROPERTIES, Digest: ['a'] } },
      'the property Digest is missing',
    ],
  ])('a request %s says what is wrong with it', (_what, event, problem) => {
    expect(parseCfnRequest(event, ARRIVAL)).toMatchObject({ kind: 'malformed', problem });
  });

  test('a bad Update keeps its physical id: any other would make CloudFormation send a Delete', () => {
    expect(parseCfnRequest(without(UPDATE, 'OldResourceProperties'), ARRIVAL)).toMatchObject({ physicalId: 'ours' });
  });

  test('a bad Create left nothing, and its physical id says so', () => {
    const result = parseCfnRequest(without(CREATE, 'ResourceProperties'), ARRIVAL);
    expect(result).toMatchObject({ kind: 'malformed', physicalId: expect.stringMatching(/:nothing$/) });
  });

  test.each<[string, Fields, boolean]>([
    ['a request', CREATE, true],
    ['a request without its type', without(CREATE, 'RequestType'), true],
    ['a request without its URL', without(CREATE, 'ResponseURL'), true],
    ['a command', { command: 'status' }, false],
    ['a status of a stack', { source: 'aws.cloudformation', detail: {} }, false],
    ['nothing', {}, false],
  ])('%s is told from other events', (_what, event, expected) => {
    expect(isCfnRequest(event)).toBe(expected);
  });
});

describe('the time at which a request was issued', () => {
  const issuedAt = (query: string): number => {
    const parsed = parseCfnRequest(
      {
        RequestType: 'Create',
        RequestId: 'request-1',
        StackId: 'arn:aws:cloudformation:us-east-1:111122223333:stack/app/1',
        LogicalResourceId: 'Migrations',
        ResponseURL: `https://example.invalid/answer?${query}`,
        ResourceProperties: PROPERTIES,
      },
      ARRIVAL,
    );
    if (parsed.kind !== 'request') throw new Error(parsed.kind);
    return parsed.intent.request.issuedAt;
  };

  it('is two hours before a URL of signature version 2 expires', () => {
    const expires = Date.UTC(2026, 0, 31, 14, 0, 5) / 1000;
    expect(issuedAt(`AWSAccessKeyId=AKIA&Expires=${expires}&Signature=abc`)).toBe(Date.UTC(2026, 0, 31, 12, 0, 5));
  });

  it('is that of the arrival where the URL tells nothing', () => {
    expect(issuedAt('Expires=soon')).toBe(ARRIVAL);
  });
});
