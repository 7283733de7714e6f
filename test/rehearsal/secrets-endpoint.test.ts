import { AwsClient } from 'aws4fetch';
import https from 'node:https';
import { makeCertificates, type Authority } from '../../rehearsal/servers/certificates';
import { SecretsEndpoint } from '../../rehearsal/endpoints/secrets-endpoint';

const ID = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:db-AbCdEf';

let authority: Authority;
let endpoint: SecretsEndpoint;
beforeAll(async () => {
  authority = (await makeCertificates()).publicAuthority;
  endpoint = await SecretsEndpoint.start(authority, { username: 'root', password: 'one' });
});
afterAll(() => endpoint.stop());

const client = new AwsClient({
  accessKeyId: 'id',
  secretAccessKey: 'secret',
  sessionToken: 'token',
  region: 'eu-central-1',
  service: 'secretsmanager',
});

interface Change {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
}

/** Signs as an SDK does, then changes what the test is about. */
async function getSecret(change: Change = {}): Promise<{ readonly status?: number; readonly content: unknown }> {
  const body = change.body ?? JSON.stringify({ SecretId: ID });
  const signed = await client.sign(endpoint.url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
  });
  const headers = Object.fromEntries(
    Object.entries({ ...Object.fromEntries(signed.headers), ...change.headers }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  return new Promise((resolve, reject) => {
    const request = https.request(
      endpoint.url,
      { method: 'POST', headers, ca: authority.ca, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode, content: JSON.parse(text) }));
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

test('a signed call gets the value, and the one that was set for its secret', async () => {
  expect(await getSecret()).toMatchObject({
    status: 200,
    content: { ARN: ID, SecretString: '{"username":"root","password":"one"}' },
  });
  endpoint.set(ID, { username: 'root', password: 'two' });
  expect(await getSecret()).toMatchObject({ content: { SecretString: '{"username":"root","password":"two"}' } });
  expect(endpoint.calls.map(({ result }) => result)).toEqual(['answered', 'answered']);
});

test.each([
  { change: { headers: { authorization: 'Bearer token' } }, type: 'IncompleteSignatureException' },
  { change: { headers: { 'x-amz-security-token': undefined } }, type: 'UnrecognizedClientException' },
  { change: { headers: { 'x-amz-target': 'secretsmanager.PutSecretValue' } }, type: 'UnknownOperationException' },
  { change: { headers: { 'content-type': 'application/json' } }, type: 'SerializationException' },
  { change: { body: '{}' }, type: 'InvalidParameterException' },
])('a call that is wrong is refused: $type', async ({ change, type }) => {
  expect(await getSecret(change)).toMatchObject({ status: 400, content: { __type: type } });
});

test('calls can be made to fail', async () => {
  endpoint.failNext(1, 'access-denied');
  expect(await getSecret()).toMatchObject({ status: 400, content: { __type: 'AccessDeniedException' } });
  expect(await getSecret()).toMatchObject({ status: 200 });
});
