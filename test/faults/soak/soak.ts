import { findServerProgram } from '../../../rehearsal/servers/server-program';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { guard } from '../../../rehearsal/servers/guard';
import { Rehearsal } from '../../../rehearsal/rehearsal';
import { type DatabaseState, StateReader } from '../database-state';
import { recordProof } from '../../proof/proof-record';
import { useFastFolder } from '../../fast-folder';
import { FaultInjector } from '../fault-injector';
import { STACK } from '../fault-releases';
import { type FaultServer, startFaultServer } from '../fault-server';
import { killProcessOfPort } from '../function/function-process';
import { MysqlProxy } from '../proxy/mysql-proxy';
import { Random } from '../random';
import { synthesizeSoakReleases } from './soak-releases';
import { SoakScene } from './soak-scene';

const HELP = `npm run test:soak -- [options]
  --minutes M             begins no further stack after that time (default 5)
  --seed N                the first stack, to repeat one (default: another one each time)
  --server mariadb|mysql  (default mariadb)
  --record                notes the result in proof/soak.json, of which docs/proof.md is made`;

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string' },
    server: { type: 'string', default: 'mariadb' },
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const startedAt = Date.now();

const DATABASE = 'soak';

/** Deployments in one stack; then another one begins, so that what a point needs to be repeated stays short. */
const DEPLOYMENTS_PER_STACK = 12;

/** Lambda's time-out, for functions that wait for an answer which never comes. */
const FUNCTION_TIMEOUT_MS = 6_000;

/** Deploys at random with random faults, for a while; true where nothing was ever wrong. */
async function soak(): Promise<boolean> {
  const firstSeed = Number(options.seed ?? Date.now() % 1_000_000);
  await useFastFolder();
  const program = await findServerProgram(options.server === 'mysql' ? 'mysql' : 'mariadb');
  if (program === undefined) throw new Error(`no ${options.server} server of our own here`);
  const server = await startFaultServer(program);
  const { database, certificates, socketPath, connect } = server;
  const folder = await mkdtemp(path.join(tmpdir(), 'soak-'));
  const release = await guard({ pids: [], folder });

  let back: Promise<void> = Promise.resolve();
  const state = new StateReader(DATABASE, connect);
  const injector = new FaultInjector({
    killFunction: ({ clientPort }) => killProcessOfPort(clientPort, () => Promise.resolve()),
    crashServer: async () => {
      state.close();
      await database.kill();
      back = database.restart();
    },
    // The soak makes no statement wait, and sits the functions' time-outs out: they are short.
    block: () => Promise.resolve(),
    unblock: () => Promise.resolve(),
    hurry: () => Promise.resolve(),
    cancel: () => undefined,
    isSameFunction: () => Promise.resolve(false),
  });
  const proxy = await MysqlProxy.start({ socketPath, authority: certificates.databaseAuthority, watcher: injector });
  const environment = { DATABASE_PORT: String(proxy.port) };
  try {
    const releases = synthesizeSoakReleases(DATABASE, folder);
    const states: DatabaseState[] = [[]];
    for (const { good } of releases) {
      await state.create();
      await inRehearsal(database, async (rehearsal) => {
        await rehearsal.stack(STACK, { environment }).deploy(good);
      });
      states.push(await state.read());
    }

    const until = Date.now() + Number(options.minutes) * 60_000;
    let deployments = 0;
    for (let seed = firstSeed; Date.now() < until; seed += 1) {
      await state.create();
      const said: string[] = [];
      const problems = await inRehearsal(database, async (rehearsal) => {
        const random = new Random(seed);
        const codeRollback = random.pick(['before', 'after'] as const);
        const stack = rehearsal.stack(STACK, { environment, codeRollback, functionTimeoutMs: FUNCTION_TIMEOUT_MS });
        const say = (line: string): void => void said.push(line);
        const scene = new SoakScene({
          random,
          stack,
          state,
          injector,
          releases,
          states,
          serverIsBack: () => back,
          say,
        });
        for (let i = 0; i < DEPLOYMENTS_PER_STACK; i += 1) {
          const found = await scene.play();
          deployments += 1;
          if (found.length > 0) return found;
        }
        return [];
      });
      if (seed === firstSeed) print(memory());
      print(`seed ${seed}: ${said.length} deployments, ${problems.length === 0 ? 'all well' : 'NOT WELL'}`);
      if (problems.length > 0) {
        print([...said, ...problems].join('\n'));
        print(`repeat: npm run test:soak -- --server ${options.server} --seed ${seed} --minutes 0.1`);
        print('(the same deployments and faults; where a deployment was cancelled, the moment may be another)');
        return false;
      }
    }
    print(memory());
    print(`${deployments} deployments on ${database.kind} ${database.version}: all well`);
    if (options.record) {
      const command = `npm run test:soak -- --server ${options.server} --minutes ${options.minutes}`;
      recordProof('soak', command, startedAt, {
        server: `${database.kind} ${database.version}`,
        deployments,
        'not well': 0,
      });
    }
    return true;
  } finally {
    await back;
    await proxy.stop();
    state.close();
    await database.stop();
    await rm(folder, { recursive: true, force: true });
    release();
  }
}

async function inRehearsal<T>(
  database: FaultServer['database'],
  work: (rehearsal: Rehearsal) => Promise<T>,
): Promise<T> {
  const rehearsal = await Rehearsal.start({ database, retryDelaysMs: [1, 1] });
  try {
    return await work(rehearsal);
  } finally {
    await rehearsal.stop();
  }
}

/** A soak that grows would end by itself some day. */
function memory(): string {
  const { rss, heapUsed } = process.memoryUsage();
  const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
  return `memory of the harness: ${megabytes(rss)}, heap ${megabytes(heapUsed)}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (options.help) print(HELP);
else
  void soak().then((isGood) => {
    process.exitCode = isGood ? 0 : 1;
  });
