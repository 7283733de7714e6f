import fc from 'fast-check';
import {
  cutInTheMiddle,
  logPlace,
  sendReply,
  UndeliveredAnswer,
  undeliveredReply,
  type Reply,
} from '../../../lambda/edges/cfn-response';
import type { Log } from '../../../lambda/ports';
import { AnswerServer } from './answer-server';
import { cdkCli } from './cdk-cli';

const DATA = { Version: '0001_user', Digest: 'v1:abc', Applied: '0001_user', Reverted: '', Kept: '', Drift: '' };
const REPLY: Reply = { status: 'FAILED', physicalId: 'ours', reason: 'it failed', data: DATA };

const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

let server: AnswerServer;
beforeAll(async () => {
  server = await AnswerServer.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.received.length = 0;
  server.reactions = [200];
});

const to = (): Parameters<typeof sendReply>[0] => ({
  StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/app/1',
  RequestId: 'b1c2',
  LogicalResourceId: 'Migrations',
  responseUrl: `http://127.0.0.1:${server.port}/arn%3Aaws%7CMigrations?X-Amz-Date=20260131T120005Z&X-Amz-Signature=topsecret`,
});
const send = (more: Partial<Reply> = {}): Promise<void> =>
  sendReply(to(), { ...REPLY, ...more }, Date.now() + 5_000, SILENT);

test('an answer has the fields that CloudFormation reads, and repeats the ids of the request', async () => {
  await send();
  expect(server.received).toHaveLength(1);
  expect(server.last.body).toEqual({
    Status: 'FAILED',
    Reason: 'it failed',
    PhysicalResourceId: 'ours',
    StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/app/1',
    RequestId: 'b1c2',
    LogicalResourceId: 'Migrations',
    Data: DATA,
  });
});

test('an answer is put to the signed URL as it is, with an empty content type', async () => {
  await send({ status: 'SUCCESS' });
  expect(server.last.method).toBe('PUT');
  expect(to().responseUrl).toContain(server.last.path);
  expect(server.last.headers['content-type']).toBe('');
  expect(server.last.headers['transfer-encoding']).toBeUndefined();
  expect(server.last.body['Status']).toBe('SUCCESS');
});

test.each(['é', '表', '🙂', "Duplicate entry 'Åsa' for key '表.name' \"quoted\" \\ back\nnew line 🙂"])(
  'a reason with %j arrives as it is: its length counts bytes',
  async (reason) => {
    await send({ reason });
    expect(server.last.body['Reason']).toBe(reason);
    expect(server.last.headers['content-length']).toBe(String(server.last.bytes.length));
  },
);

test.each([
  ['ASCII', 'x'],
  ['two bytes', 'é'],
  ['three bytes', '表'],
  ['four bytes', '🙂'],
  ['quotes, which JSON writes with two bytes', '"'],
  ['control characters, which JSON writes with six bytes', '\u0001'],
])(
  'a reason of 10,000 characters in %s is cut to CloudFormation’s 4,096 bytes, in the middle',
  async (_what, character) => {
    const reason = `0002_orders.sql failed at step 3 of 5: ${character.repeat(10_000)} [migration-failed]`;
    await send({ reason, readAt: logPlace('/aws/lambda/f', '2026/01/31/[$LATEST]7') });
    expect(server.last.bytes.length).toBeLessThanOrEqual(4096);
    expect(server.last.bytes.length).toBeGreaterThan(4096 - 12);
    const arrived = String(server.last.body['Reason']);
    expect(arrived).toMatch(
      /^0002_orders\.sql failed at step 3 of 5: .* \[…\] .* \[migration-failed\] Log: \/aws\/lambda\/f, CloudWatch Log Stream: 2026\/01\/31\/\[\$LATEST\]7$/su,
    );
    expect(isWellFormed(arrived)).toBe(true);
  },
);

/** Half of a character has no UTF-8 form, and comes back as another one. */
function isWellFormed(text: string): boolean {
  return Buffer.from(text, 'utf8').toString('utf8') === text;
}

test('the longest fields that a request can have leave room for an answer', async () => {
  const long = 'a'.repeat(255);
  const value = '表'.repeat(133);
  const data = {
    Version: long,
    Digest: `v1:${'a'.repeat(64)}`,
    Applied: value,
    Reverted: value,
    Kept: value,
    Drift: value,
  };
  await sendReply(
    { ...to(), StackId: long, RequestId: long, LogicalResourceId: long },
    { ...REPLY, data, reason: 'x'.repeat(9000) },
    Date.now() + 5_000,
    SILENT,
  );
  expect(server.last.bytes.length).toBeLessThanOrEqual(4096);
  expect(server.last.body['Data']).toEqual(data);
});

test.each(['x', '🙂'])(
  'the longest name of a stream is whole in a Reason that is cut to a few %s',
  async (character) => {
    // Of a log group that several functions share, the stream's name has the function's, of up to 64 characters.
    const stream = `2026/11/27/${'f'.repeat(64)}[$LATEST]${'0'.repeat(32)}`;
    const value = '表'.repeat(133);
    const data = { ...DATA, Version: 'v'.repeat(255), Applied: value, Reverted: value, Kept: value, Drift: value };
    const reason = `0001_a.sql failed at step 1 of 1: ${character.repeat(4_000)}`;
    await send({ data, reason, readAt: logPlace('g'.repeat(512), stream) });
    expect(server.last.bytes.length).toBeLessThanOrEqual(4096);
    const arrived = String(server.last.body['Reason']);
    expect(arrived).toMatch(/^0001_a\.sql failed at step 1 of 1: .*\[…\]/u);
    // As CloudFormation hands it on.
    const status = `Received response status [FAILED] from custom resource. Message returned: ${arrived} (RequestId: 1)`;
    expect(cdkCli().extractLogStreamName(status)).toBe(stream);
  },
);

test('nothing that the library prints gets into the log, the signed URL least of all', async () => {
  const written: unknown[] = [];
  const spies = [
    ...(['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
      jest.spyOn(console, name).mockImplementation((...said) => void written.push(said)),
    ),
    ...([process.stdout, process.stderr] as const).map((stream) =>
      jest.spyOn(stream, 'write').mockImplementation((said) => written.push(said) > 0),
    ),
  ];
  const { log } = console;
  try {
    server.reactions = [503, 200];
    await send();
    server.reactions = [403];
    await expect(send()).rejects.toThrow();
    expect(console.log).toBe(log);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  expect(written).toEqual([]);
});

test('an answer that is not delivered comes back whole out of the error that says so, and out of no other', async () => {
  server.reactions = [403];
  const readAt = logPlace('g', 's');
  const reply: Reply = { ...REPLY, reason: `The answer: {} é表🙂 ${'x'.repeat(9000)}`, readAt };
  const error: unknown = await send(reply).catch((thrown: unknown) => thrown);
  const { name, message } = error as Error;
  expect(error).toBeInstanceOf(UndeliveredAnswer);
  server.reactions = [200];
  await send(undeliveredReply(name, message)!);
  expect(server.received.at(-1)!.body).toEqual(server.received.at(-2)!.body);
  expect(undeliveredReply('Error', message)).toBeNull();
  expect(undeliveredReply('', 'it said nothing')).toBeNull();
});

describe('a text that is cut in the middle', () => {
  const sizeOf = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2;

  test('stays as it is where it fits to the byte', () => {
    expect(cutInTheMiddle('表"', 5)).toBe('表"');
    expect(cutInTheMiddle('', 0)).toBe('');
  });

  test('fits, begins and ends as before, and is never cut inside of a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 9, max: 400 }), (text, bytes) => {
        const cut = cutInTheMiddle(text, bytes);
        expect(sizeOf(cut)).toBeLessThanOrEqual(bytes);
        expect(isWellFormed(cut)).toBe(true);
        if (cut === text) return;
        const [head = '', tail = ''] = cut.split(' […] ');
        expect(text.startsWith(head)).toBe(true);
        expect(text.endsWith(tail)).toBe(true);
        // Nothing is given away: one character more would not fit.
        const spared = bytes - sizeOf(cut);
        expect(spared).toBeLessThan(12);
      }),
    );
  });
});
