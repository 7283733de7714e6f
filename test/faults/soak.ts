import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makeCertificates } from '../../rehearsal/certificates';
import { startDatabase, startMysql } from '../../rehearsal/database';
import type { Database } from '../../rehearsal/database-types';
import { guard } from '../../rehearsal/guard';
import { Rehearsal } from '../../rehearsal/rehearsal';
import { type DatabaseState, StateReader } from './database-state';
import { FaultInjector } from './fault-injector';
import { STACK } from './fault-releases';
import { MysqlProxy } from './mysql-proxy';
import { Random } from './random';
import { synthesizeSoakReleases } from './soak-releases';
import { SoakScene } from './soak-scene';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string' },
    server: { type: 'string', default: 'mariadb' },
  },
});

const DATABASE = 'soak';

/** Deployments in one stack; then another one begins, so that what a point needs to be repeated stays short. */
const DEPLOYMENTS_PER_STACK = 12;

/** Lambda's time-out, for functions that wait for an answer which never comes. */
const FUNCTION_TIMEOUT_MS = 6_000;

/** Deploys at random with random faults, for a while; true where nothing was ever wrong. */
async function soak(): Promise<boolean> {
  const firstSeed = Number(options.seed ?? Date.now() % 1_000_000);
  const until = Date.now() + Number(options.minutes) * 60_000;
  const certificates = await makeCertificates();
  const database: Database | undefined =
    options.server === 'mysql' ? await startMysql({ certificates }) : await startDatabase({ certificates });
  if (database?.ownServer !== true) throw new Error(`no ${options.server} server of our own here`);
  const folder = await mkdtemp(path.join(tmpdir(), 'soak-'));
  const release = await guard({ pids: [], folder });

  let back: Promise<void> = Promise.resolve();
  let stop: () => Promise<void> = () => Promise.resolve();
  const injector = new FaultInjector({
    killFunction: () => stop(),
    crashServer: async () => {
      await database.kill();
      back = database.restart();
    },
  });
  const { host, port } = database;
  const proxy = await MysqlProxy.start({ host, port, authority: certificates.databaseAuthority, watcher: injector });
  const environment = { DATABASE_PORT: String(proxy.port) };
  const state = new StateReader(database, DATABASE);
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

    let deployments = 0;
    for (let seed = firstSeed; Date.now() < until; seed += 1) {
      await state.create();
      const said: string[] = [];
      const problems = await inRehearsal(database, async (rehearsal) => {
        const random = new Random(seed);
        const codeRollback = random.pick(['before', 'after'] as const);
        const stack = rehearsal.stack(STACK, { environment, codeRollback, functionTimeoutMs: FUNCTION_TIMEOUT_MS });
        stop = () => stack.function('Migrations').crash();
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
      print(`seed ${seed}: ${said.length} deployments, ${problems.length === 0 ? 'all well' : 'NOT WELL'}`);
      if (problems.length > 0) {
        print([...said, ...problems].join('\n'));
        print(`repeat: npm run test:soak -- --server ${options.server} --seed ${seed} --minutes 0.1`);
        print('(the same deployments and faults; where a deployment was cancelled, the moment may be another)');
        return false;
      }
    }
    print(`${deployments} deployments on ${database.kind} ${database.version}: all well`);
    return true;
  } finally {
    await back;
    await proxy.stop();
    await database.stop();
    await rm(folder, { recursive: true, force: true });
    release();
  }
}

async function inRehearsal<T>(database: Database, work: (rehearsal: Rehearsal) => Promise<T>): Promise<T> {
  const rehearsal = await Rehearsal.start({ database, retryDelaysMs: [1, 1] });
  try {
    return await work(rehearsal);
  } finally {
    await rehearsal.stop();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

void soak().then((isGood) => {
  process.exitCode = isGood ? 0 : 1;
});
