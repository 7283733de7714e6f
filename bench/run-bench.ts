import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { ResponseEndpoint } from '../rehearsal/endpoints/response-endpoint';
import { SecretsEndpoint } from '../rehearsal/endpoints/secrets-endpoint';
import { findServerProgram } from '../rehearsal/servers/server-program';
import { type FaultServer, startFaultServer } from '../test/faults/fault-server';
import { runOn } from '../test/proof/proof-record';
import { type BenchFolder, writeBenchFolder } from './bench-folder';
import { STATEMENTS } from './bench-release';
import { type BenchCase, type BenchCell, middleOf, pageOf, pictureOf, tablesOf } from './bench-report';
import { type BenchLogin, type BenchWork, TOOLS, TOOLS_WITH_HISTORY } from './bench-tools';
import { type Measured, measure } from './measured-process';
import { type RoundTrips, startRoundTrips } from './round-trips';

const HELP = `npm run bench -- [options]
  --n 1,100        numbers of migrations of one statement each (default 1,100,1000)
  --rounds 3       each round runs every tool once, in turn; medians are printed (default 5)
  --server mariadb only on this server (default: both)
  --delay 0,1      milliseconds that are added to each round trip (default 0,1)
  --tools a,b      only these: ${Object.keys(TOOLS).join(', ')}
  --output FOLDER  where bench.md and bench.svg, of the farthest server, are written (default: they are not)`;

const { values: options } = parseArgs({
  options: {
    n: { type: 'string', default: '1,100,1000' },
    rounds: { type: 'string', default: '5' },
    server: { type: 'string' },
    delay: { type: 'string', default: '0,1' },
    tools: { type: 'string', default: Object.keys(TOOLS).join(',') },
    output: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const ROUNDS = Number(options.rounds);
const STACK = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/bench/1';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:bench-AbCdEf';

/** A running server, the endpoints that the function calls, and a folder for all that is written. */
interface Bench {
  readonly server: FaultServer;
  readonly secrets: SecretsEndpoint;
  readonly answers: ResponseEndpoint;
  readonly scratch: string;
  readonly caFile: string;
}

async function main(): Promise<void> {
  const cases: BenchCase[] = [];
  for (const kind of ['mariadb', 'mysql'] as const) {
    if ((options.server ?? kind) !== kind) continue;
    const program = await findServerProgram(kind);
    if (program === undefined) {
      console.error(`note: no ${kind} server of our own here`);
      continue;
    }
    cases.push(...(await casesOn(await startFaultServer(program, []))));
  }
  if (cases.length === 0) throw new Error('nothing was measured: there is no server here');
  if (options.output !== undefined) {
    const command = `npm run bench -- ${process.argv.slice(2).join(' ')}`;
    const file = path.join(options.output, 'bench.md');
    const page = pageOf(cases, { command, ...runOn(), versions: versionsOf(options.tools.split(',')) });
    writeFileSync(file, await format(page, { ...(await resolveConfig(file)), filepath: file }));
    // As from one zone to another; all of them are in the tables.
    const numbers = numbersIn(options.n);
    const farthest = Math.max(...numbersIn(options.delay));
    const shown = cases.filter(
      ({ isPending, migrations, delayMs }) =>
        isPending && migrations === numbers[Math.floor(numbers.length / 2)] && delayMs === farthest,
    );
    writeFileSync(path.join(options.output, 'bench.svg'), pictureOf(shown));
  }
}

async function casesOn(server: FaultServer): Promise<readonly BenchCase[]> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'bench-'));
  const { publicAuthority } = server.certificates;
  const { user: username, password, caFile: databaseCa } = server.database;
  const secrets = await SecretsEndpoint.start(publicAuthority, { username, password });
  const answers = await ResponseEndpoint.start(publicAuthority, () => undefined);
  const caFile = path.join(scratch, 'ca.pem');
  writeFileSync(caFile, publicAuthority.ca + readFileSync(databaseCa, 'utf8'));
  const bench: Bench = { server, secrets, answers, scratch, caFile };
  const cases: BenchCase[] = [];
  try {
    for (const delayMs of numbersIn(options.delay)) {
      const trips = await startRoundTrips(server, delayMs);
      try {
        for (const [kind, statement] of Object.entries(STATEMENTS))
          for (const migrations of numbersIn(options.n))
            cases.push(...(await compare(bench, trips, { kind, statement, migrations, delayMs })));
      } finally {
        await trips.stop();
      }
    }
  } finally {
    await Promise.all([secrets.stop(), answers.stop(), server.database.stop()]);
    rmSync(scratch, { recursive: true, force: true });
  }
  return cases;
}

interface Subject {
  readonly kind: string;
  readonly statement: (index: number) => string;
  readonly migrations: number;
  readonly delayMs: number;
}

/** All tools in turn, round by round; and once more where nothing is pending. */
async function compare(bench: Bench, trips: RoundTrips, subject: Subject): Promise<readonly BenchCase[]> {
  const { statement, migrations } = subject;
  const root = mkdtempSync(path.join(bench.scratch, 'migrations-'));
  const folder = writeBenchFolder(root, migrations, statement);
  copyFileSync(path.join(__dirname, '../dist/function/index.js'), path.join(folder.ours, 'index.js'));
  const work: BenchWork = { folder, migrations, statement, invocation: () => invocation(bench, folder) };
  const names = options.tools.split(',');
  const pending = new Map<string, Sample[]>(names.map((name) => [name, []]));
  const idle = new Map<string, Sample[]>(
    names.filter((name) => TOOLS_WITH_HISTORY.includes(name)).map((name) => [name, []]),
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of names) {
      const database = await createDatabase(bench.server);
      const login = loginTo(bench, trips, database);
      pending.get(name)?.push(await sample(name, login, work, trips));
      idle.get(name)?.push(await sample(name, login, work, trips));
      await inServer(bench.server, `DROP DATABASE ${database}`);
    }
  }
  rmSync(root, { recursive: true, force: true });
  const { kind, version } = bench.server.database;
  const about = { ...subject, server: `${kind === 'mysql' ? 'MySQL' : 'MariaDB'} ${version.split('-')[0] ?? ''}` };
  const cases = [
    { ...about, isPending: true, rounds: ROUNDS, cells: cellsOf(pending) },
    { ...about, isPending: false, rounds: ROUNDS, cells: cellsOf(idle) },
  ];
  process.stdout.write(`${tablesOf(cases)}\n\n`);
  return cases;
}

interface Sample extends Measured {
  readonly queries: number;
}

async function sample(name: string, login: BenchLogin, work: BenchWork, trips: RoundTrips): Promise<Sample> {
  const tool = TOOLS[name];
  if (tool === undefined) throw new Error(`there is no tool ${name}: ${Object.keys(TOOLS).join(', ')}`);
  trips.take();
  return { ...(await measure(tool(login, work))), queries: trips.take() };
}

function cellsOf(samples: ReadonlyMap<string, readonly Sample[]>): readonly BenchCell[] {
  return [...samples].map(([tool, all]) => ({
    tool,
    ...middleOf(all.map(({ ms }) => ms)),
    queries: middleOf(all.map(({ queries }) => queries)).ms,
    peakMb: Math.round(Math.max(...all.map(({ peakKb }) => peakKb)) / 1024),
  }));
}

/** A Create, with a way for its answer: each time another request for the same release. */
function invocation({ secrets, answers }: Bench, folder: BenchFolder): { event: object; env: NodeJS.ProcessEnv } {
  const requestId = randomUUID();
  const { url, answer } = answers.expect(
    {
      ...{ stackId: STACK, logicalResourceId: 'Bench', requestId, requestType: 'Create' },
      replacementMeant: false,
      secrets: [],
    },
    (violation) => {
      throw new Error(violation);
    },
  );
  // What failed took no time that means anything.
  void answer.then((given) => {
    if (given.kind === 'failed') throw new Error(given.reason);
  });
  return {
    event: {
      RequestType: 'Create',
      RequestId: requestId,
      StackId: STACK,
      LogicalResourceId: 'Bench',
      ResponseURL: url,
      ResourceType: 'Custom::AuroraMigrations',
      ResourceProperties: {
        ...{ Digest: folder.digest, Version: '', Count: '0', Database: 'bench', Nonce: requestId },
        ...{ OnDelete: 'RETAIN', OnRemoved: 'FAIL', OutOfOrder: 'ALLOW' },
      },
    },
    env: {
      DATABASE_SECRET_ARN: SECRET,
      ROOT_STACK_ID: STACK,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secretaccesskey',
      AWS_SESSION_TOKEN: 'token',
    },
  };
}

async function createDatabase(server: FaultServer): Promise<string> {
  const name = `bench_${randomUUID().slice(0, 8)}`;
  await inServer(server, `CREATE DATABASE ${name}; CREATE TABLE ${name}.target (id INT PRIMARY KEY, name VARCHAR(50))`);
  return name;
}

async function inServer(server: FaultServer, sql: string): Promise<void> {
  const connection = await server.connect();
  await connection.query(sql);
  await connection.end();
}

function loginTo({ server, caFile }: Bench, { port }: RoundTrips, database: string): BenchLogin {
  const { host, user, password } = server.database;
  return { host, port, user, password, database, ca: readFileSync(caFile, 'utf8'), caFile };
}

/** The versions of the tools that packages have, as they are installed here. */
function versionsOf(tools: readonly string[]): readonly string[] {
  return tools.flatMap((tool) => {
    const file = path.join(__dirname, '../node_modules', tool, 'package.json');
    if (!existsSync(file)) return [];
    return [`${tool} ${(JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version}`];
  });
}

function numbersIn(text: string): readonly number[] {
  return text.split(',').map(Number);
}

if (options.help) console.log(HELP);
else void main();
