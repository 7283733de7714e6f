import type { Command, CommandWatcher, Reply, Verdict } from './proxy-session';

/** What goes wrong. */
export const FAULT_KINDS = ['kill', 'drop', 'server', 'stall'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Before the command reaches the server, or when the server has executed it and before the client hears of it. */
export const FAULT_MOMENTS = ['before', 'after'] as const;
export type FaultMoment = (typeof FAULT_MOMENTS)[number];

export interface Fault {
  readonly kind: FaultKind;
  readonly moment: FaultMoment;
  /** Number of the command at which it strikes, from 1. */
  readonly command: number;
}

/** What a fault does to the world. */
export interface FaultActions {
  killFunction(): Promise<void>;
  /** Kills the server and starts it again; resolves when it is dead. */
  crashServer(): Promise<void>;
}

/** A command of a run, and what came of it. */
export interface ExecutedCommand {
  readonly text: string;
  reply?: Reply;
}

/** Strikes at one command of the function's runs, and keeps a record of all of them. */
export class FaultInjector implements CommandWatcher {
  readonly #actions: FaultActions;
  #fault: Fault | undefined;
  #isCounting = false;
  #executed: ExecutedCommand[] = [];
  #struck: ExecutedCommand | undefined;
  readonly #open = new Map<Command, ExecutedCommand>();

  constructor(actions: FaultActions) {
    this.#actions = actions;
  }

  /** Counts the commands of runs from here on, from 1; and strikes at one of them, where a fault is given. */
  arm(fault?: Fault): void {
    this.#fault = fault;
    this.#isCounting = true;
    this.#executed = [];
    this.#struck = undefined;
  }

  disarm(): void {
    this.#isCounting = false;
    this.#fault = undefined;
  }

  /** The commands of runs since it was armed. */
  get executed(): readonly ExecutedCommand[] {
    return this.#executed;
  }

  /** The command at which the fault struck. */
  get struck(): ExecutedCommand | undefined {
    return this.#struck;
  }

  async beforeServer(command: Command): Promise<Verdict> {
    if (!this.#isCounting || !isRun(command)) return 'pass';
    const entry: ExecutedCommand = { text: command.text };
    this.#executed.push(entry);
    this.#open.set(command, entry);
    return this.#strikes('before', entry) ? this.#strike(command) : 'pass';
  }

  async beforeReply(command: Command, reply: Reply): Promise<Verdict> {
    const entry = this.#open.get(command);
    this.#open.delete(command);
    if (entry === undefined) return 'pass';
    entry.reply = reply;
    return this.#strikes('after', entry) ? this.#strike(command) : 'pass';
  }

  #strikes(moment: FaultMoment, entry: ExecutedCommand): boolean {
    const fault = this.#fault;
    if (fault?.moment !== moment || this.#executed.indexOf(entry) + 1 !== fault.command) return false;
    this.#struck = entry;
    return true;
  }

  async #strike({ session }: Command): Promise<Verdict> {
    switch (this.#fault?.kind) {
      case 'kill':
        await this.#actions.killFunction();
        return 'hold';
      case 'drop':
        session.drop();
        return 'hold';
      case 'server':
        await this.#actions.crashServer();
        return 'hold';
      case 'stall':
        return 'hold';
      case undefined:
        return 'pass';
    }
  }
}

/** A session that begins with the lock does work; those of status events and of KILL do not. */
function isRun({ session }: Command): boolean {
  return session.purpose.includes('GET_LOCK');
}
