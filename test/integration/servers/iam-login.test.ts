import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { createConnection, type Connection } from 'mysql2/promise';
import { makeCertificates, type Certificates } from '../../../rehearsal/servers/certificates';
import { describeEach, servers } from '../../servers';
import type { Task } from './open-session';
import { type GatewaySettings, TokenGateway } from './token-gateway';

const PASSWORD = 'certainly-secret';

let folder: string;
let certificates: Certificates;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'iam-login-'));
  buildSync({
    entryPoints: [path.join(__dirname, 'open-session.ts')],
    outfile: path.join(folder, 'open-session.js'),
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });
  certificates = await makeCertificates();
  writeFileSync(path.join(folder, 'ca.pem'), certificates.databaseAuthority.ca);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the function would say of its session. */
async function open(task: Task, caFile = 'ca.pem'): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [path.join(folder, 'open-session.js'), JSON.stringify(task)],
    {
      env: {
        PATH: process.env.PATH,
        NODE_EXTRA_CA_CERTS: path.join(folder, caFile),
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'secretaccesskey',
        AWS_SESSION_TOKEN: 'sessiontoken',
      },
    },
  );
  return stdout;
}

const withTls = servers().filter(({ hasTls }) => hasTls);

describeEach(withTls, 'on $name', (server) => {
  const user = `migrator_${randomUUID().slice(0, 8)}`;
  let outside: Connection;
  let gateway: TokenGateway | undefined;

  beforeAll(async () => {
    const ssl = server.caFile === undefined ? {} : { ssl: { ca: readFileSync(server.caFile, 'utf8') } };
    const { host, port, password } = server;
    outside = await createConnection({ host, port, user: server.user, password, ...ssl });
    await outside.query(`CREATE USER ${user}@'%' IDENTIFIED BY ''`);
    await outside.query(`CREATE DATABASE ${user}`);
    await outside.query(`GRANT ALL ON ${user}.* TO ${user}@'%'`);
  });
  afterAll(async () => {
    await outside.query(`DROP DATABASE ${user}`);
    await outside.query(`DROP USER ${user}@'%'`);
    await outside.end();
  });
  afterEach(() => gateway?.stop());

  async function startGateway(settings: Partial<GatewaySettings> = {}): Promise<TokenGateway> {
    const { host, port } = server;
    gateway = await TokenGateway.start({ host, port, authority: certificates.databaseAuthority, ...settings });
    return gateway;
  }

  function task(port: number, more: Partial<Task> = {}): Task {
    return { address: { host: '127.0.0.1', port, database: user }, user, ...more };
  }

  test('a statement of its own that somebody kills is tried again, in a new session', async () => {
    const { port, tokens } = await startGateway({ kills: 2 });
    expect(await open(task(port))).toBe(`${user}@% in ${user}`);
    expect(tokens).toHaveLength(3);
  });

  test('that somebody always kills it, is said', async () => {
    const { port } = await startGateway({ kills: Infinity });
    expect(await open({ ...task(port), tryForMs: 1_000 })).toMatch(
      /took no connection for \d+ s: somebody kills its statements \(ER_QUERY_INTERRUPTED: .*; no SQL was run\. SHOW FULL PROCESSLIST tells who$/,
    );
  });

  test('a token opens a session, and is sent only once it is encrypted', async () => {
    const { port, tokens, plain } = await startGateway();

    expect(await open(task(port))).toBe(`${user}@% in ${user}`);

    expect(tokens).toEqual([
      expect.stringMatching(
        new RegExp(`^127\\.0\\.0\\.1:${port}/\\?Action=connect&DBUser=${user}&.*X-Amz-Signature=[0-9a-f]{64}$`),
      ),
    ]);
    expect(Buffer.concat(plain).toString('latin1')).not.toMatch(/X-Amz|migrator/);
  });

  test('a token that is refused fails with what to look at, without the token', async () => {
    const { port, tokens } = await startGateway({ isWelcome: false });

    const said = await open(task(port));

    expect(said).toContain(`127.0.0.1:${port} refused the IAM token of the user ${user}; no SQL was run`);
    expect(said).toContain("IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'");
    expect(said).not.toContain('X-Amz');
    // The second is a new one: the first may have been signed with keys that had just run out.
    expect(tokens).toHaveLength(2);
  });

  test('a server without TLS gets no token', async () => {
    const { port, tokens, plain } = await startGateway({ hasTls: false });

    expect(await open(task(port))).toContain('nothing was sent');

    expect(tokens).toEqual([]);
    expect(Buffer.concat(plain).toString('latin1')).not.toMatch(/X-Amz|migrator/);
  });

  test('a server whose certificate is not trusted gets no token', async () => {
    const { port, tokens } = await startGateway({ authority: certificates.publicAuthority });

    expect(await open(task(port))).toContain('is not trusted');

    expect(tokens).toEqual([]);
  });

  test.each([
    ['127.0.0.1', { names: [], addresses: ['127.0.0.1'] }, true],
    ['127.0.0.1', { names: ['localhost'], addresses: ['::1'] }, false],
    ['127.0.0.1', { names: ['127.0.0.1'], addresses: [] }, false],
    ['localhost', { names: ['localhost'], addresses: [] }, true],
    ['localhost', { names: ['db.example.com'], addresses: ['127.0.0.1'] }, false],
  ])('for the host %s a certificate of %j is the right one: %s', async (host, certificate, isRight) => {
    const { databaseAuthority: authority } = await makeCertificates(certificate);
    writeFileSync(path.join(folder, 'other-ca.pem'), authority.ca);
    const { port, tokens } = await startGateway({ authority });

    const said = await open({ ...task(port), address: { host, port, database: user } }, 'other-ca.pem');

    expect(said).toContain(isRight ? `${user}@% in ${user}` : `the certificate of ${host}:${port} is not trusted`);
    expect(tokens).toHaveLength(isRight ? 1 : 0);
  });

  test('a password is never sent as it is, not even to a server that asks for it', async () => {
    const { port, tokens } = await startGateway();

    const said = await open(task(port, { password: PASSWORD }));

    expect(said).toContain(`127.0.0.1:${port} asks for an IAM token of the user ${user}; no SQL was run`);
    expect(said).not.toContain(PASSWORD);
    expect(tokens).toEqual([]);
  });
});
