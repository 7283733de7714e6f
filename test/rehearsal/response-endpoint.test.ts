import https from 'node:https';
import { makeCertificates, type Certificates } from '../../rehearsal/servers/certificates';
import { ResponseEndpoint } from '../../rehearsal/endpoints/response-endpoint';

let certificates: Certificates;
let endpoint: ResponseEndpoint;
const stray: string[] = [];
beforeAll(async () => {
  certificates = await makeCertificates();
  endpoint = await ResponseEndpoint.start(certificates.publicAuthority, (violation) => stray.push(violation));
});
afterAll(() => endpoint.stop());

const EXPECTED = {
  requestType: 'Update',
  stackId: 'arn:aws:cloudformation:eu-central-1:111122223333:stack/Test/1',
  requestId: 'request-1',
  logicalResourceId: 'Thing',
  physicalResourceId: 'mine',
  replacementMeant: false,
  secrets: ['pass"word'],
} as const;

const GOOD = {
  Status: 'SUCCESS',
  PhysicalResourceId: 'mine',
  StackId: EXPECTED.stackId,
  RequestId: EXPECTED.requestId,
  LogicalResourceId: EXPECTED.logicalResourceId,
};

function expectAnswer(change: Partial<Parameters<ResponseEndpoint['expect']>[0]> = {}) {
  const violations: string[] = [];
  const expected = endpoint.expect({ ...EXPECTED, ...change }, (violation) => violations.push(violation));
  return { ...expected, violations };
}

interface Put {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ca?: string;
}

function put(url: string, body: string, { method = 'PUT', headers = {}, ca }: Put = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = https.request(
      url,
      {
        method,
        ca: ca ?? certificates.publicAuthority.ca,
        agent: false,
        headers: { 'content-type': '', 'content-length': Buffer.byteLength(body), ...headers },
      },
      (response) => {
        response.resume().on('close', () => resolve(response.statusCode));
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

test('a good answer is taken, without a violation', async () => {
  const { url, answer, violations } = expectAnswer();
  expect(await put(url, JSON.stringify({ ...GOOD, Data: { Version: 'é 表' } }))).toBe(200);
  expect(await answer).toEqual({ kind: 'success', physicalResourceId: 'mine', data: { Version: 'é 表' } });
  expect(violations).toEqual([]);
});

test.each([
  { wrong: { Status: 'FAILED' }, says: 'FAILED without a Reason' },
  { wrong: { Status: 'OK' }, says: 'Status is "OK"' },
  { wrong: { StackId: 'another' }, says: 'StackId is not echoed: "another"' },
  { wrong: { RequestId: 'another' }, says: 'RequestId is not echoed: "another"' },
  { wrong: { LogicalResourceId: undefined }, says: 'LogicalResourceId is not echoed: undefined' },
  { wrong: { PhysicalResourceId: '' }, says: 'PhysicalResourceId is ""' },
  { wrong: { PhysicalResourceId: 'other' }, says: 'PhysicalResourceId changed in Update from "mine" to "other"' },
  { wrong: { Data: 'text' }, says: 'Data is no object, but string' },
  { wrong: { Data: { Leak: 'my pass"word' } }, says: 'the body holds a secret or the ResponseURL' },
])('an answer with $wrong is a violation: $says', async ({ wrong, says }) => {
  const { url, violations } = expectAnswer();
  await put(url, JSON.stringify({ ...GOOD, ...wrong }));
  expect(violations).toEqual([`Thing, Update request-1: ${says}`]);
});

test('an answer that is too long is a violation, and fails the resource', async () => {
  const { url, answer, violations } = expectAnswer();
  await put(url, JSON.stringify({ ...GOOD, Data: { Long: 'é'.repeat(2048) } }));
  expect(violations).toEqual([expect.stringMatching(/the body has \d+ bytes, more than 4096$/)]);
  expect(await answer).toMatchObject({ kind: 'failed', reason: 'Response object is too long.' });
});

test('a physical id that is too long is a violation', async () => {
  const { url, violations } = expectAnswer({ requestType: 'Create' });
  await put(url, JSON.stringify({ ...GOOD, PhysicalResourceId: 'x'.repeat(1025) }));
  expect(violations).toEqual(['Thing, Create request-1: PhysicalResourceId has 1025 bytes, more than 1024']);
});

test('a leaked ResponseURL is a violation', async () => {
  const { url, violations } = expectAnswer();
  await put(url, JSON.stringify({ ...GOOD, Data: { url } }));
  expect(violations).toEqual(['Thing, Update request-1: the body holds a secret or the ResponseURL']);
});

test.each([
  { put: { method: 'POST' }, says: 'the method is POST, not PUT' },
  { put: { headers: { 'content-type': 'application/json' } }, says: 'content-type is "application/json", not empty' },
])('$says', async ({ put: how, says }) => {
  const { url, violations } = expectAnswer();
  await put(url, JSON.stringify(GOOD), how);
  expect(violations).toEqual([`Thing, Update request-1: ${says}`]);
});

test('a content-length that counts characters cuts the body, which then is no JSON', async () => {
  const { url, answer, violations } = expectAnswer();
  const body = JSON.stringify({ ...GOOD, Data: { Version: 'é 表' } });
  const cut = put(url, body, { headers: { 'content-length': String(body.length) } });
  expect(await answer).toEqual({ kind: 'failed', reason: 'Invalid Json format for response object' });
  expect(violations).toEqual([expect.stringContaining('the body is no JSON object')]);
  await cut.catch(() => undefined);
});

test('an answer without a physical id fails the resource under another reason', async () => {
  const { url, answer } = expectAnswer();
  await put(url, JSON.stringify({ ...GOOD, Status: 'FAILED', Reason: 'the real one', PhysicalResourceId: undefined }));
  expect(await answer).toEqual({ kind: 'failed', reason: 'Invalid PhysicalResourceId' });
});

test('another physical id is no violation where a replacement is meant', async () => {
  const { url, violations } = expectAnswer({ replacementMeant: true });
  await put(url, JSON.stringify({ ...GOOD, PhysicalResourceId: 'other' }));
  expect(violations).toEqual([]);
});

test('the first answer counts, and a second one is a violation unless it is expected', async () => {
  const { url, answer, violations } = expectAnswer();
  await put(url, JSON.stringify(GOOD));
  endpoint.allowAnother(url);
  const failed = { ...GOOD, Status: 'FAILED', Reason: 'late' };
  await put(url, JSON.stringify(failed));
  expect(violations).toEqual([]);
  await put(url, JSON.stringify(failed));
  expect(violations).toEqual(['Thing, Update request-1: answer number 3, where 2 may come']);
  expect(await answer).toMatchObject({ kind: 'success' });
  expect(endpoint.answersTo(url).map(({ kind }) => kind)).toEqual(['success', 'failed', 'failed']);
});

test('answers can be made to fail on their way, which is no answer', async () => {
  const { url, answer, violations } = expectAnswer();
  endpoint.failNext(1);
  endpoint.failNext(1, 'reset');
  expect(await put(url, JSON.stringify(GOOD))).toBe(503);
  await expect(put(url, JSON.stringify(GOOD))).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await put(url, JSON.stringify(GOOD))).toBe(200);
  expect(await answer).toMatchObject({ kind: 'success' });
  expect(violations).toEqual([]);
});

test('a URL that was changed is refused', async () => {
  const { url } = expectAnswer();
  expect(await put(url.replace('%7CThing%7C', '|Thing|'), JSON.stringify(GOOD))).toBe(403);
  expect(await put(url.replace(/.$/, '!'), JSON.stringify(GOOD))).toBe(403);
  expect(stray).toHaveLength(2);
});

test('the certificate is trusted by those only who trust its authority', async () => {
  const { url } = expectAnswer();
  const { ca } = certificates.databaseAuthority;
  await expect(put(url, JSON.stringify(GOOD), { ca })).rejects.toThrow('certificate');
  expect(await put(url.replace('127.0.0.1', 'localhost'), JSON.stringify(GOOD))).toBe(200);
});
