import https from 'node:https';
import { readSecret, type SecretResult } from '../../../lambda/edges/secret';
import { AnswerServer } from './answer-server';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCdEf';

let server: AnswerServer;
beforeEach(async () => {
  server = await AnswerServer.start();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await server.stop();
});

function read(secretArn = ARN, more: NodeJS.ProcessEnv = {}, tryForMs?: number): Promise<SecretResult> {
  const environment = {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secretaccesskey',
    AWS_SESSION_TOKEN: 'token',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${server.port}/`,
    ...more,
  };
  return readSecret(secretArn, environment, tryForMs);
}

async function problem(secret: Promise<SecretResult>): Promise<string> {
  const result = await secret;
  if (result.kind !== 'failed') throw new Error('the secret was read');
  expect(result.failure.code).toBe('cannot-read-secret');
  return result.failure.message;
}

function holding(secret: unknown): string {
  return JSON.stringify({ ARN, SecretString: typeof secret === 'string' ? secret : JSON.stringify(secret) });
}

describe('a secret', () => {
  test('is read with one call of GetSecretValue', async () => {
    server.content = holding({ username: 'admin', password: 'p"ä表', host: 'h', port: 3306 });
    expect(await read()).toEqual({ kind: 'credentials', credentials: { username: 'admin', password: 'p"ä表' } });
    expect(server.received).toHaveLength(1);
    expect(server.last).toMatchObject({
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
      body: { SecretId: ARN },
    });
  });

  test('is asked for with a signature for its region, and the token of the role’s credentials', async () => {
    server.content = holding({ username: 'admin', password: 'p' });
    await read();
    const { headers } = server.last;
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/secretsmanager\/aws4_request, SignedHeaders=[a-z0-9;-]*host;[a-z0-9;-]*, Signature=[0-9a-f]{64}$/,
    );
    expect(headers['x-amz-date']).toMatch(/^\d{8}T\d{6}Z$/);
    expect(headers['x-amz-security-token']).toBe('token');
    expect(JSON.stringify(headers)).not.toContain('secretaccesskey');
  });

  test('given by its name is asked for in the region of the function, at the endpoint of all services', async () => {
    server.content = holding({ username: 'admin', password: 'p' });
    const environment = {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: undefined,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${server.port}/gateway/`,
      AWS_REGION: 'eu-central-1',
    };
    expect((await read('app/admin', environment)).kind).toBe('credentials');
    expect(server.last).toMatchObject({ path: '/gateway/', body: { SecretId: 'app/admin' } });
    expect(server.last.headers.authorization).toMatch(/\/eu-central-1\/secretsmanager\//);
  });

  test('is read without a token where the credentials have none', async () => {
    server.content = holding({ username: 'admin', password: 'p' });
    expect((await read(ARN, { AWS_SESSION_TOKEN: undefined })).kind).toBe('credentials');
    expect(server.last.headers['x-amz-security-token']).toBeUndefined();
  });

  test('is read anew at each call: a password may be rotated at any time', async () => {
    server.content = holding({ username: 'admin', password: 'old' });
    await read();
    server.content = holding({ username: 'admin', password: 'new' });
    expect(await read()).toMatchObject({ credentials: { password: 'new' } });
  });

  test('is asked for again after a throttling or an error of the service', async () => {
    server.content = holding({ username: 'admin', password: 'p' });
    server.reactions = [500, 429, 200];
    expect((await read()).kind).toBe('credentials');
    expect(server.received).toHaveLength(3);
  });
});

describe('a failure', () => {
  test.each([
    [
      'AccessDeniedException',
      '{"__type":"AccessDeniedException","Message":"User: arn:aws:sts::1:assumed-role/f is not authorized"}',
    ],
    ['ResourceNotFoundException', '{"__type":"com.amazonaws.secretsmanager#ResourceNotFoundException","Message":"no"}'],
    ['DecryptionFailure', '{"Message":"no","__type" : "DecryptionFailure"}'],
    ['no error type', '<html>proxy</html>'],
  ])('of the service is told by its type: %s', async (type, content) => {
    server.reactions = [400];
    server.content = content;
    expect(await problem(read())).toBe(
      `Secrets Manager refused to give the secret ${ARN} (HTTP 400, ${type}); no SQL was run. ` +
        "Check that it exists and that the function's role may read it and use its KMS key",
    );
    expect(server.received).toHaveLength(1);
  });

  test.each<[string, string]>([
    ['is no JSON', holding('admin:hunter2')],
    ['is JSON with a mistake', holding('{"username":"admin","password":"hunter2"')],
    ['is null', holding('null')],
    ['is a text', holding('"hunter2"')],
    ['is a list', holding(['admin', 'hunter2'])],
    ['has no password', holding({ username: 'admin', pass: 'hunter2' })],
    ['has no username', holding({ user: 'admin', password: 'hunter2' })],
    ['has a password that is a number', holding({ username: 'admin', password: 2 })],
    ['is binary', JSON.stringify({ ARN, SecretBinary: 'aHVudGVyMg==' })],
    ['comes in an answer that is no JSON', 'hunter2'],
  ])('says that the secret is unusable where it %s, and does not quote it', async (_what, content) => {
    server.content = content;
    const message = await problem(read());
    expect(message).toBe(
      `the secret ${ARN} is not a JSON object with "username" and "password"; no SQL was run. Give the construct the database's own secret`,
    );
    expect(message).not.toMatch(/hunter2|admin/);
  });

  test('names the endpoint that cannot be reached, and what is missing', async () => {
    const gone = await AnswerServer.start();
    const { port } = gone;
    await gone.stop();
    const message = await problem(read(ARN, { AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}/` }));
    expect(message).toContain(`Secrets Manager at 127.0.0.1:${port} cannot be reached (`);
    expect(message).toContain('ECONNREFUSED');
    expect(message).toContain('need an interface endpoint for Secrets Manager, or a NAT gateway');
  });

  test('names the variable that leads to an endpoint that is not there', async () => {
    const message = await problem(
      read(ARN, { AWS_ENDPOINT_URL_SECRETS_MANAGER: '', AWS_ENDPOINT_URL: 'http://nobody.invalid/' }),
    );
    expect(message).toMatch(
      /^Secrets Manager at nobody\.invalid .*The variable AWS_ENDPOINT_URL says that it is there$/,
    );
  });

  test('says that no region is known, and does not ask an endpoint that cannot be', async () => {
    expect(await problem(read('app/admin'))).toBe(
      'the secret app/admin cannot be read: no region is known: app/admin names none, and neither AWS_REGION nor AWS_DEFAULT_REGION is set; no SQL was run',
    );
    expect(server.received).toHaveLength(0);
  });

  test('tells a name that cannot be resolved from an endpoint that is missing', async () => {
    const message = await problem(read(ARN, { AWS_ENDPOINT_URL_SECRETS_MANAGER: 'https://nobody.invalid/' }));
    expect(message).toMatch(
      /Secrets Manager at nobody\.invalid cannot be reached \(its name cannot be resolved: .*nobody\.invalid\)/,
    );
    expect(message).toContain("the VPC's DNS support is on");
    expect(message).not.toContain('NAT gateway');
  });

  test('comes of an endpoint that takes the call and never answers: its time is all that it gets, tries and all', async () => {
    server.reactions = ['hang'];
    expect(await problem(read(ARN, {}, 50))).toMatch(
      /cannot be reached \(nothing came back: no answer within 0\.\d s\); no SQL was run/,
    );
    server.reactions = [500, 'hang'];
    expect(await problem(read(ARN, {}, 1_500))).toContain('nothing came back');
    // The third try would begin when its time is over.
    server.reactions = [500, 500, 'hang'];
    expect(await problem(read(ARN, {}, 1_000))).toContain('HTTP 500');
  });

  test('of a service that stays down is told by its status, and not tried for ever', async () => {
    server.reactions = [503];
    expect(await problem(read())).toContain('(HTTP 503, no error type)');
    expect(server.received).toHaveLength(4);
  });
});

describe('where no endpoint is set', () => {
  test.each([
    ['aws', 'eu-west-1', 'https://secretsmanager.eu-west-1.amazonaws.com/'],
    ['aws-us-gov', 'us-gov-west-1', 'https://secretsmanager.us-gov-west-1.amazonaws.com/'],
    ['aws-cn', 'cn-north-1', 'https://secretsmanager.cn-north-1.amazonaws.com.cn/'],
  ])('a secret of the partition %s is read in its region', async (partition, region, expected) => {
    const urls: unknown[] = [];
    jest.spyOn(https, 'request').mockImplementation((url) => {
      urls.push(url);
      throw new Error('nobody is asked in a test');
    });
    await read(`arn:${partition}:secretsmanager:${region}:1:secret:a`, { AWS_ENDPOINT_URL_SECRETS_MANAGER: '' });
    expect(urls).toEqual([expected]);
  });
});
