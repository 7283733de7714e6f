import { setTimeout as sleep } from 'node:timers/promises';
import type { Scene, SeenLine } from '../evidence/evidence';
import type { CertifyTarget, DeployHow, Need, Operation } from '../target/target';
import type { Release } from './release';
import { type Json, textOf } from '../../rehearsal/template/json';

/** Something that is played on the stack, to see what CloudFormation, Lambda or Aurora do. */
export interface Play {
  readonly id: string;
  /** What is done, in a sentence. */
  readonly title: string;
  /** What it takes that not every target has. */
  readonly needs?: Need;
  /** Whether there is a stack when it begins. */
  readonly begins: 'without-stack' | 'with-stack';
  run(stage: Stage): Promise<void>;
}

/** Says why a play could not be played to its end. The run goes on. */
export class NotPlayed extends Error {}

/** The target under one play, with a record of what the play did. */
export class Stage {
  readonly done: string[] = [];
  readonly facts: Record<string, Json> = {};
  /** Of the stack after the last command; undefined before the first. */
  lastStatus: string | undefined;

  constructor(
    readonly target: CertifyTarget,
    readonly signal: AbortSignal,
  ) {}

  get pace(): CertifyTarget['pace'] {
    return this.target.pace;
  }

  /** Deploys a release, which must end so. */
  async deploy(release: Release, expected: string, how: DeployHow = {}): Promise<void> {
    this.#ended(await this.target.deploy(release, how), expected);
  }

  /** Deploys a release, and does something once a moment has come in it. */
  async deployAndMeet(release: Release, moment: Moment, expected: string, meet: () => Promise<void>): Promise<void> {
    let isOver = false;
    const deployed = this.target.deploy(release).finally(() => (isOver = true));
    // Whatever becomes of it is looked at below.
    deployed.catch(() => undefined);
    const isMet = await this.waitFor(moment.hasCome, () => isOver);
    try {
      if (isMet) await meet();
    } finally {
      // The next play must not begin beside it.
      await deployed.catch(() => undefined);
    }
    const operation = await deployed;
    this.lastStatus = operation.status;
    if (!isMet) throw new NotPlayed(`${moment.name} was not met; the stack ended in ${operation.status}`);
    this.#ended(operation, expected);
  }

  /** When a statement runs that begins so. */
  runs(statement: string): Moment {
    const sql = `SELECT COUNT(*) AS running FROM information_schema.processlist WHERE info LIKE '${statement}%'`;
    return {
      name: `a running ${statement}`,
      hasCome: async () => Number(Object.values((await this.target.query(sql))[0] ?? {})[0]) > 0,
    };
  }

  /** When a resource of a type has come to a status, once more than now. */
  sees(type: string, status: string): Moment {
    const count = async (): Promise<number> =>
      (await this.target.events()).filter((event) => event.type === type && event.status === status).length;
    const before = count();
    return { name: `${type} in ${status}`, hasCome: async () => (await count()) > (await before) };
  }

  /** Delivers statuses of the stack once more, and waits until the function has done with them. */
  async sendStatusesAgain(lines: readonly StatusLine[]): Promise<void> {
    const done = async (): Promise<number> => {
      const seen = await this.target.seen();
      const ended = new Set(seen.filter(({ kind }) => kind === 'end').map(({ invocation }) => invocation));
      return seen.filter((line) => isStatus(line) && ended.has(line.invocation)).length;
    };
    const before = await done();
    for (const { event } of lines) await this.target.deliver(event);
    await this.waitFor(async () => (await done()) >= before + lines.length);
  }

  /** Runs a statement in the database. */
  async sql(statement: string): Promise<void> {
    await this.target.query(statement);
    this.done.push(statement);
  }

  /** `cdk rollback`, which must end so. */
  async rollBack(expected: string): Promise<void> {
    this.#ended(await this.target.rollBack(), expected);
  }

  async destroy(): Promise<void> {
    this.#ended(await this.target.destroy(), 'DELETED');
  }

  /** Waits until something is so; false where it is over before. Whatever it is, it does not take an hour. */
  async waitFor(isSo: () => Promise<boolean>, isOver: () => boolean = () => false): Promise<boolean> {
    for (const until = Date.now() + LONGEST_WAIT_MS; Date.now() < until;) {
      this.signal.throwIfAborted();
      if (await isSo()) return true;
      if (isOver()) return false;
      await sleep(this.pace.lookEverySeconds * 1000, undefined, { signal: this.signal });
    }
    throw new NotPlayed('something that was waited for had not come after an hour');
  }

  /** Keeps what the schema is: columns and indexes of all tables but the journal's, as text. */
  async noteSchema(name: string): Promise<void> {
    this.facts[name] = (await this.target.query(SCHEMA)).map((row) => Object.values(row).map(textOf).join(' '));
  }

  /** Keeps what the journal holds, without the scripts. */
  async noteJournal(name: string): Promise<void> {
    this.facts[name] = [
      ...(await this.target.query('SELECT name, state FROM migration ORDER BY id')),
      ...(await this.target.query('SELECT id, type, status FROM migration_deployment ORDER BY id')),
    ].map((row) => Object.values(row).map(textOf).join(' '));
  }

  /** What was done and seen, once it has ended. */
  scene({ id, title }: Play, startedAt: Date, notPlayed?: string): Omit<Scene, 'events' | 'seen'> {
    return {
      play: id,
      title,
      startedAt: startedAt.toISOString(),
      endedAt: new Date().toISOString(),
      done: this.done,
      facts: this.facts,
      ...(notPlayed === undefined ? {} : { notPlayed }),
    };
  }

  #ended({ command, status }: Operation, expected: string): void {
    this.lastStatus = status;
    this.done.push(`${command}: ${status}`);
    if (status !== expected) throw new NotPlayed(`the stack ended in ${status}, not in ${expected}`);
  }
}

const LONGEST_WAIT_MS = 3_600_000;

/** Something that comes while a stack is deployed. */
export interface Moment {
  readonly name: string;
  readonly hasCome: () => Promise<boolean>;
}

/** That the function was told a status of its stack. */
type StatusLine = SeenLine & { readonly kind: 'event' };

export function isStatus(line: SeenLine): line is StatusLine {
  return line.kind === 'event' && line.event['detail-type'] === 'CloudFormation Stack Status Change';
}

const SCHEMA = `SELECT table_name, column_name, column_type, is_nullable
  FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name NOT IN ('migration', 'migration_deployment')
  UNION ALL
  SELECT table_name, index_name, column_name, non_unique
  FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name NOT IN ('migration', 'migration_deployment')
  ORDER BY 1, 2, 3, 4`;
