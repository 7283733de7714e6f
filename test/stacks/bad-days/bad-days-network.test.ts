import { readFileSync } from 'node:fs';
import { connect } from '../../../lambda/edges/database/mysql';
import { stackServers, type TestServer } from '../../servers';
import { BlackHole } from './black-hole';
import { DatabaseProxy } from './database-proxy';
import { LiveFunction } from '../live-function';
import { pause } from '../stack-scene';

// A host from which nothing comes back is given up after eight seconds, each time.
jest.setTimeout(120_000);

const STATUS = { command: 'status' };
const TRYING = 'the database does not take the connection, trying again';

describe.each(stackServers())('the function, whose $name', (server) => {
  let live: LiveFunction;
  let proxy: DatabaseProxy;
  beforeEach(async () => {
    live = await LiveFunction.start(server);
    proxy = await DatabaseProxy.start(server);
  });
  afterEach(async () => {
    await proxy.stop();
    await live.stop();
  });
  const behindProxy = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
    DATABASE_PORT: String(proxy.port),
    ...more,
  });

  test('was paused, refuses connections, then takes them and says nothing, then works: each is in the log, and it gets its session', async () => {
    await proxy.close();
    proxy.treatment = 'hang';
    const { log, returned } = await live.invoke(STATUS, {
      environment: behindProxy(),
      milliseconds: 300_000,
      onLine: async ({ code }) => {
        if (code === 'ETIMEDOUT') proxy.treatment = 'pass';
        else if (code === 'ECONNREFUSED' && proxy.connections === 0) await proxy.reopen().catch(() => undefined);
      },
    });
    expect(returned).toMatchObject({ database: 'mysql', pending: [] });
    const lines = log.filter(({ message }) => message.startsWith(TRYING));
    const where = `127.0.0.1:${proxy.port}`;
    expect(lines[0]).toMatchObject({
      code: 'ECONNREFUSED',
      problem: `${where}: nothing listens there. Check that the database is running, and its port`,
    });
    expect(lines.at(-1)).toMatchObject({
      code: 'ETIMEDOUT',
      problem: `${where}: it takes the connection and says nothing: it is paused, starting or overloaded. Check that the database is running, and its port`,
    });
  });

  test('is stripped of its TLS on the way gets neither user nor password', async () => {
    proxy.treatment = 'without-tls';
    const { thrown } = await live.invoke(STATUS, { environment: behindProxy() });
    expect(thrown).toContain(`127.0.0.1:${proxy.port} offers no TLS; nothing was sent`);
    expect(proxy.connections).toBe(1);
    expect(Buffer.concat(proxy.received)).toHaveLength(0);
  });

  test('dies in the TLS handshake and works again is tried again, and not taken for one that is not trusted', async () => {
    proxy.treatment = 'cut-in-tls';
    const { log, returned } = await live.invoke(STATUS, {
      environment: behindProxy(),
      onLine: ({ code }) => {
        if (code === 'ECONNRESET') proxy.treatment = 'pass';
      },
    });
    expect(returned).toMatchObject({ database: 'mysql', pending: [] });
    expect(log.filter(({ message }) => message.startsWith(TRYING))[0]).toMatchObject({ code: 'ECONNRESET' });
  });

  test('was not there for as long as CONNECT_SECONDS says is given up, and named', async () => {
    await proxy.close();
    const { thrown, log } = await live.invoke(STATUS, { environment: behindProxy({ CONNECT_SECONDS: '6' }) });
    expect(thrown).toMatch(
      /127\.0\.0\.1:\d+ took no connection for \d+ s: nothing listens there \(ECONNREFUSED: .*\[cannot-connect\]/,
    );
    expect(log.length).toBeGreaterThan(1);
  });
});

/** Where the kernel says which of its timers runs for a socket. */
const onLinux = process.platform === 'linux' ? test : test.skip;

describe('a session', () => {
  onLinux('is asked for after ten silent seconds, so that a host that vanishes is missed', async () => {
    const proxy = await DatabaseProxy.start(stackServers()[0]!);
    proxy.treatment = 'hang';
    const session = connect({
      address: { host: '127.0.0.1', port: proxy.port, database: 'app' },
      credentials: { username: 'app', password: 'secret' },
      timeoutMs: 2_000,
      mustBeWriter: false,
    }).catch((error: unknown) => error);
    const KEEP_ALIVE = '02';
    let timer: RegExpExecArray | null = null;
    // The other end may hear of the connection first.
    while (timer?.[1] !== KEEP_ALIVE) {
      await pause();
      timer = timerOf(proxy.port);
    }
    // Hundredths of a second that are left.
    expect(parseInt(timer[2] ?? '', 16)).toBeLessThanOrEqual(1_000);
    expect(await session).toMatchObject({ code: 'ETIMEDOUT', isReached: true });
    await proxy.stop();
  });

  function timerOf(port: number): RegExpExecArray | null {
    const peer = port.toString(16).toUpperCase().padStart(4, '0');
    const line = new RegExp(`: 0100007F:\\w+ 0100007F:${peer} 01 \\w+:\\w+ (\\w+):(\\w+)`);
    return line.exec(readFileSync('/proc/net/tcp', 'utf8'));
  }
});

describe('the function', () => {
  const server = (): TestServer => stackServers()[0]!;
  let live: LiveFunction;
  let blackHole: BlackHole;
  beforeAll(async () => {
    live = await LiveFunction.start(server());
    blackHole = await BlackHole.open();
  });
  afterAll(async () => {
    await blackHole.close();
    await live.stop();
  });

  /** Ends the function once a line of its log says so much, without waiting for the end of its patience. */
  async function firstProblem(environment: NodeJS.ProcessEnv, event: object = STATUS): Promise<string> {
    const { log, thrown } = await live.invoke(event, {
      environment,
      milliseconds: 300_000,
      onLine: ({ problem }) => problem === undefined,
    });
    return thrown ?? String(log.at(-1)?.['problem']);
  }

  test('names the host where its name cannot be resolved', async () => {
    expect(await firstProblem({ DATABASE_HOST: 'nobody.invalid' })).toBe(
      `nobody.invalid:${server().port}: its name cannot be resolved. Check the host name, and that the VPC's DNS support is on`,
    );
  });

  test('tells by name whether nothing comes back from the database, from Secrets Manager, or from S3', async () => {
    const { port } = blackHole;
    const request = {
      RequestType: 'Create',
      RequestId: 'r',
      StackId: 's',
      LogicalResourceId: 'Migrations',
      ResponseURL: `https://127.0.0.1:${port}/answer?X-Amz-Signature=topsecret`,
    };
    const [database, secrets, s3, undelivered] = await Promise.all([
      firstProblem({ DATABASE_PORT: String(port) }),
      firstProblem({ AWS_ENDPOINT_URL_SECRETS_MANAGER: `https://127.0.0.1:${port}/` }),
      firstProblem({}, request),
      live.invoke(request, { milliseconds: 3_000 }),
    ]);
    expect(database).toBe(
      `127.0.0.1:${port}: nothing came back. Check that the database's security group lets the function's in on port ${port}, and the function's lets it out`,
    );
    expect(secrets).toMatch(
      new RegExp(
        `^Secrets Manager at 127.0.0.1:${port} cannot be reached \\(nothing came back: .*\\); no SQL was run. ` +
          "The function's subnets need an interface endpoint for Secrets Manager, or a NAT gateway; .* port 443\\. The variable AWS_ENDPOINT_URL_SECRETS_MANAGER says that it is there \\[cannot-read-secret\\]$",
      ),
    );
    expect(s3).toBe(
      `127.0.0.1:${port}: nothing came back: no answer within 8 s. ` +
        "The function's subnets need a route to S3 (a gateway endpoint, or a NAT gateway), and its security group must let it out on port 443",
    );
    expect(undelivered.thrown).toContain(`CloudFormation's answer could not be delivered to 127.0.0.1:${port}`);
    expect(undelivered.thrown).toContain('need a route to S3');
    expect(JSON.stringify(undelivered)).not.toContain('topsecret');
  });
});
