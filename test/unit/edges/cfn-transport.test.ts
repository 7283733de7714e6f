import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { sendReply } from '../../../lambda/edges/cfn-response';
import type { Log, LogFields } from '../../../lambda/ports';
import { makeCertificates, type Authority } from '../../../rehearsal/servers/certificates';
import { AnswerServer, type Reaction } from './answer-server';

const DATA = { Version: '', Digest: '', Applied: '', Reverted: '', Kept: '', Drift: '' };
const REPLY = { status: 'SUCCESS', physicalId: 'ours', reason: 'done', data: DATA } as const;

describe('an answer', () => {
  let server: AnswerServer;
  beforeEach(async () => {
    server = await AnswerServer.start();
  });
  afterEach(() => server.stop());

  const url = (): string => `http://127.0.0.1:${server.port}/answer?X-Amz-Signature=topsecret`;
  const send = (milliseconds: number): Promise<void> =>
    sendReply(
      { StackId: 's', RequestId: 'r', LogicalResourceId: 'l', responseUrl: url() },
      REPLY,
      Date.now() + milliseconds,
      log,
    );
  const logged: string[] = [];
  const note = (message: string, fields: LogFields = {}): void =>
    void logged.push(`${message} ${JSON.stringify(fields)}`);
  const log: Log = { info: note, warn: note, error: note };
  beforeEach(() => {
    logged.length = 0;
  });

  test.each<[string, Reaction[]]>([
    ['a 503', [503, 200]],
    ['a 500 and a 503', [500, 503, 200]],
    ['a reset connection', ['reset', 200]],
    ['a reset and a 502', ['reset', 502, 200]],
  ])('is sent again after %s, with the same body, until it is taken', async (_what, reactions) => {
    const { length } = reactions;
    server.reactions = reactions;
    await send(20_000);
    expect(server.received).toHaveLength(length);
    expect(new Set(server.received.map(({ bytes }) => bytes.toString())).size).toBe(1);
  });

  test.each([400, 403, 404, 301])(
    'that is refused with %i is not sent again: the URL has expired, or is another one’s',
    async (status) => {
      server.reactions = [status, 200];
      await expect(send(20_000)).rejects.toThrow(
        `CloudFormation's answer could not be delivered to 127.0.0.1:${server.port}: HTTP ${status}`,
      );
      expect(server.received).toHaveLength(1);
    },
  );

  test.each<[string, Reaction, RegExp]>([
    ['always answers 503', 503, /HTTP 503 Service Unavailable\. The answer/],
    ['always resets', 'reset', /socket hang up|ECONNRESET/],
    ['never answers', 'hang', /no answer within/],
  ])('to a server that %s is given up at the deadline', async (_what, reaction, message) => {
    server.reactions = [reaction];
    await expect(send(700)).rejects.toThrow(message);
    expect(server.received.length).toBeGreaterThan(0);
  });

  test('that is not taken is in the log after the first try, with its host and what is missing', async () => {
    server.reactions = ['reset', 503, 200];
    await send(20_000);
    expect(logged).toEqual([
      expect.stringContaining('answering SUCCESS: done'),
      expect.stringMatching(
        new RegExp(
          `is not delivered yet, trying again .*127.0.0.1:${server.port}: it ended the connection: .*need a route to S3`,
        ),
      ),
      expect.stringContaining(`127.0.0.1:${server.port}: HTTP 503 Service Unavailable`),
    ]);
    expect(logged.join()).not.toContain('topsecret');
  });

  test('that the policy of an endpoint refuses says so, and repeats nothing of the signed URL', async () => {
    server.reactions = [403];
    server.content =
      '<Error><Code>AccessDenied</Code><Message>Access Denied</Message><Signature>topsecret</Signature></Error>';
    const error: unknown = await send(20_000).catch((reason: unknown) => reason);
    expect(String(error)).toContain(
      "HTTP 403 AccessDenied: Access Denied. The policy of the VPC's endpoint for S3 must let s3:PutObject through",
    );
    expect(String(error)).not.toContain('topsecret');
  });

  test('that comes too late, its URL having expired, is given up for good: nobody waits for it', async () => {
    server.reactions = [403];
    server.content = '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>';
    await send(20_000);
    expect(server.received).toHaveLength(1);
    expect(logged).toEqual([
      expect.stringContaining('answering SUCCESS: done'),
      expect.stringContaining('nobody waits for the answer any more: its URL has expired'),
    ]);
  });

  test('to a name that does not resolve, or to a port where nothing listens, says which', async () => {
    const to = { StackId: 's', RequestId: 'r', LogicalResourceId: 'l' };
    await expect(sendReply({ ...to, responseUrl: 'https://nobody.invalid/' }, REPLY, Date.now(), log)).rejects.toThrow(
      /nobody\.invalid: its name cannot be resolved: .*VPC's DNS support is on/,
    );
    const gone = await AnswerServer.start();
    const responseUrl = `http://127.0.0.1:${gone.port}/`;
    await gone.stop();
    await expect(sendReply({ ...to, responseUrl }, REPLY, Date.now(), log)).rejects.toThrow(
      /127\.0\.0\.1:\d+: nothing listens there: .*need a route to S3/,
    );
  });

  test('is tried once though its deadline is over', async () => {
    await send(-5_000);
    expect(server.received).toHaveLength(1);
  });

  test('that cannot be delivered does not show the signed URL in the error', async () => {
    server.reactions = [403];
    const error: unknown = await send(20_000).catch((reason: unknown) => reason);
    expect(String((error as Error).stack)).not.toContain('topsecret');
  });

  test('that was given up leaves nothing behind for the next one', async () => {
    server.reactions = [403, 200];
    await expect(send(20_000)).rejects.toThrow();
    await send(20_000);
    expect(server.received).toHaveLength(2);
  });
});

// The trusted authorities are read when a process starts, so these run one: the function's bundle, as Lambda loads it.
describe('the bundle, in a process of its own', () => {
  let folder: string;
  let authority: Authority;
  let server: AnswerServer;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'answer-'));
    authority = (await makeCertificates()).publicAuthority;
    server = await AnswerServer.start(authority);
    writeFileSync(path.join(folder, 'ca.pem'), authority.ca);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    server.received.length = 0;
  });

  const SCRIPT = `
    const [bundle, event, milliseconds] = process.argv.slice(1);
    const end = Date.now() + Number(milliseconds);
    const context = { awsRequestId: 'a', logGroupName: 'g', logStreamName: 's', getRemainingTimeInMillis: () => end - Date.now() };
    require(bundle).handler(JSON.parse(event), context).then(
      (result) => console.log('RETURNED', JSON.stringify(result)),
      (error) => console.log('THROWN', error.message));`;

  async function invoke(event: object, environment: NodeJS.ProcessEnv, milliseconds = 20_000): Promise<string> {
    const bundle = path.join(__dirname, '../../../dist/function/index.js');
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['-e', SCRIPT, bundle, JSON.stringify(event), String(milliseconds)],
      { env: { PATH: process.env['PATH'], ...environment } },
    );
    return stdout + stderr;
  }

  const malformed = (): object => ({
    RequestType: 'Update',
    RequestId: 'b1c2',
    StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/app/1',
    LogicalResourceId: 'Migrations',
    PhysicalResourceId: 'ours 表',
    ResponseURL: `https://127.0.0.1:${server.port}/answer?X-Amz-Signature=topsecret`,
  });

  test('answers over HTTPS, with the authorities of NODE_EXTRA_CA_CERTS, and keeps the signed URL out of the log', async () => {
    const output = await invoke(malformed(), { NODE_EXTRA_CA_CERTS: path.join(folder, 'ca.pem') });
    expect(output).toContain('RETURNED');
    expect(server.received).toHaveLength(1);
    expect(server.last.body).toMatchObject({
      Status: 'FAILED',
      Reason: 'ResourceProperties is missing; no SQL was run [bad-request] Log: g, CloudWatch Log Stream: s',
      PhysicalResourceId: 'ours 表',
      RequestId: 'b1c2',
    });
    expect(output).not.toContain('topsecret');
    // One line a message, each of them JSON.
    const lines = output
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('RETURNED'));
    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message).sort()).toEqual([
      'answering FAILED: ResourceProperties is missing; no SQL was run [bad-request]',
      expect.stringMatching(/^metrics: /),
    ]);
  });

  test('does not answer to a server whose certificate it does not trust', async () => {
    const output = await invoke(malformed(), {}, 4_000);
    expect(output).toMatch(/THROWN CloudFormation's answer could not be delivered to 127\.0\.0\.1:\d+: .*certificate/);
    expect(server.received).toEqual([]);
    expect(output).not.toContain('topsecret');
  });

  test.each<[string, object, string]>([
    ['an unknown event', { hello: 'world', other: 1 }, 'THROWN unknown event with the keys hello, other'],
    ['an empty event', {}, 'THROWN unknown event'],
    [
      'a request that nobody can be told of',
      { RequestType: 'Create', RequestId: 'r' },
      'THROWN the request has no RequestId or no ResponseURL; no SQL was run and nobody can be told',
    ],
    ['an unknown command', { command: 'drop' }, 'no SQL was run'],
  ])('ends with an error for %s, before it asks for any setting', async (_what, event, expected) => {
    expect(await invoke(event, {})).toContain(expected);
  });

  test('answers FAILED, and does not die, where its own settings are missing', async () => {
    const event = { ...malformed(), ResourceProperties: { Digest: 'v1:a' }, OldResourceProperties: { Digest: 'v1:b' } };
    await invoke(event, { NODE_EXTRA_CA_CERTS: path.join(folder, 'ca.pem') });
    expect(server.last.body).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('the environment variable DATABASE_HOST is missing; no SQL was run'),
      PhysicalResourceId: 'ours 表',
    });
  });
});
