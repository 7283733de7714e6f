import { setTimeout as sleep } from 'node:timers/promises';
import type { Waiting } from './function/clock-jumper';
import { type Fault, type FaultMoment, makesWait, waitsForTimeout } from './fault';
import { type Command, type CommandWatcher, type ProxySession, TLS, type Verdict } from './proxy/proxy-session';
import type { Reply } from './proxy/reply-reader';
import { commandOf, type SentCommand, type ServerEvent, targetOf } from './proxy/sent-command';

/** What a fault does to the world. */
export interface FaultActions {
  /** Kills the process that a session belongs to. */
  killFunction(session: ProxySession): Promise<void>;
  /** Kills the server and starts it again; resolves when it is dead. */
  crashServer(): Promise<void>;
  /** Makes all that writes wait on the server. */
  block(): Promise<void>;
  /** Lets it go on. */
  unblock(): Promise<void>;
  /** Lets the time of a session's process go by as long as it waits. */
  hurry(session: ProxySession, waiting: Waiting, signal: AbortSignal): Promise<void>;
  /** Cancels the stack's update, where one is under way. */
  cancel(): void;
  /** Whether the sessions are those of one process. */
  isSameFunction(session: ProxySession, other: ProxySession): Promise<boolean>;
}

/** A statement that has not been answered by then waits for a lock. */
const WAITS_AFTER_MS = 40;

/** Time for a dead function's successor to meet the statement that it left behind. */
const OUTLIVES_MS = 150;

/** Within this the request of a rollback has ended the older one's statement; where that has no row yet, it cannot. */
const IS_TOLD_MS = 250;

/** Within this a function whose time is up has sent its KILL, also on a machine that is busy with other things. */
const ON_ITS_WAY_MS = 5_000;

/** Strikes at one command of the functions, and keeps a record of all of them. */
export class FaultInjector implements CommandWatcher {
  readonly #actions: FaultActions;
  #fault: Fault | undefined;
  #isCounting = false;
  #counted: SentCommand[] = [];
  #struck: SentCommand | undefined;
  #sent: SentCommand[] = [];
  #events: ServerEvent[] = [];
  #waiting: SentCommand | undefined;
  /** Whether the server is kept from writing now. */
  #isBlocked = false;
  #inTheBackground: Promise<unknown> = Promise.resolve();
  /** Ends the jumps of a waiting function's clock. */
  #hurry:
    { readonly session: ProxySession; readonly known: Set<ProxySession>; readonly end: AbortController } | undefined;
  readonly #open = new Map<Command, SentCommand>();
  /** Sessions that have sent no command yet. */
  readonly #loggingIn = new Set<ProxySession>();

  constructor(actions: FaultActions) {
    this.#actions = actions;
  }

  /** Forgets all that was recorded. */
  reset(): void {
    this.#sent = [];
    this.#events = [];
    this.#counted = [];
    this.#struck = undefined;
    this.#waiting = undefined;
  }

  /** Counts commands from here on, from 1; and strikes at one of them, where a fault is given. */
  arm(fault?: Fault): void {
    this.#fault = fault;
    this.#isCounting = true;
    this.#counted = [];
  }

  /** Ends what the fault does, and strikes no more. */
  async disarm(): Promise<void> {
    this.#isCounting = false;
    this.#fault = undefined;
    this.#hurry?.end.abort();
    this.#hurry = undefined;
    await this.#inTheBackground;
    await this.#unblock();
  }

  /** All commands since the last reset. */
  get sent(): readonly SentCommand[] {
    return this.#sent;
  }

  get events(): readonly ServerEvent[] {
    return this.#events;
  }

  /** The commands since it was armed. */
  get counted(): readonly SentCommand[] {
    return this.#counted;
  }

  /** The command at which the fault struck. */
  get struck(): SentCommand | undefined {
    return this.#struck;
  }

  async beforeServer(command: Command): Promise<Verdict> {
    const entry: SentCommand = {
      session: command.session,
      target: targetOf(command),
      text: command.text,
      sql: command.sql,
      isSent: false,
      replies: [],
      isUnanswered: false,
    };
    this.#open.set(command, entry);
    this.#sent.push(entry);
    if (command.phase === 'login') this.#loggingIn.add(command.session);
    else this.#loggingIn.delete(command.session);
    void this.#noteProgress(entry);
    if (this.#isCounting) this.#counted.push(entry);
    const fault = this.#fault;
    if (fault !== undefined && makesWait(fault) && this.#waiting === undefined && this.#isAt(fault, entry)) {
      this.#waiting = entry;
      if (fault.target !== 'own-kill' && !this.#isStruckAt('during', entry)) this.#struck = entry;
      this.#isBlocked = true;
      await this.#actions.block();
    }
    if (this.#isStruckAt('before', entry)) return this.#strike(entry);
    entry.isSent = true;
    // The proxy answers this one.
    if (entry.text === TLS) this.#open.delete(command);
    return 'pass';
  }

  onSent(command: Command): void {
    const entry = this.#open.get(command);
    if (entry === undefined || entry !== this.#waiting) return;
    if (this.#fault !== undefined && waitsForTimeout(this.#fault)) this.#letTimePass(entry.session);
    if (!this.#isStruckAt('during', entry)) return;
    this.#inTheBackground = sleep(WAITS_AFTER_MS).then(async () => {
      if (this.#struck === undefined) await this.#strike(entry);
      await sleep(OUTLIVES_MS);
      await this.#unblock();
    });
  }

  async betweenReplies(command: Command, reply: Reply): Promise<Verdict> {
    const entry = this.#open.get(command);
    if (entry === undefined) return 'pass';
    entry.replies = [...entry.replies, reply];
    return this.#isStruckAt('between', entry) ? this.#strike(entry) : 'pass';
  }

  async beforeReply(command: Command, replies: readonly Reply[]): Promise<Verdict> {
    const entry = this.#open.get(command);
    this.#open.delete(command);
    if (entry === undefined) return 'pass';
    entry.replies = replies;
    this.#events.push({ kind: 'answered', command: entry });
    // The function has ended a statement of its own: what it writes then must not wait.
    if (entry.target === 'own-kill') void this.#unblock();
    const moment = this.#isStruckAt('during', entry) ? 'during' : 'after';
    if (this.#isStruckAt(moment, entry)) return this.#strike(entry);
    if (entry.target === 'own-kill' && this.#fault?.kind === 'slow') this.#hurry?.end.abort();
    return 'pass';
  }

  onEnd(session: ProxySession, unanswered: Command | undefined): void {
    const entry = unanswered && this.#open.get(unanswered);
    if (entry !== undefined) entry.isUnanswered = true;
    this.#events.push({ kind: 'ended', session, unanswered: entry });
    this.#loggingIn.delete(session);
    for (const command of this.#open.keys()) if (command.session === session) this.#open.delete(command);
  }

  /** The client of the statement that waits is gone. */
  onClientGone(session: ProxySession): void {
    if (this.#waiting?.session !== session || !this.#isBlocked) return;
    this.#inTheBackground = sleep(OUTLIVES_MS).then(() => this.#unblock());
  }

  /** Whether it is that one of the commands that the fault is about. */
  #isAt(fault: Fault, entry: SentCommand): boolean {
    return this.#isCounting && commandOf(fault, this.#counted) === entry;
  }

  #isStruckAt(moment: FaultMoment, entry: SentCommand): boolean {
    const fault = this.#fault;
    if (this.#struck !== undefined || fault === undefined || fault.moment !== moment || fault.kind === 'slow')
      return false;
    return fault.target === 'own-kill'
      ? entry.target === 'own-kill' && this.#waiting !== undefined
      : this.#isAt(fault, entry);
  }

  async #strike(entry: SentCommand): Promise<Verdict> {
    this.#struck = entry;
    const { session } = entry;
    switch (this.#fault?.kind) {
      case 'kill':
        await this.#actions.killFunction(session);
        return 'hold';
      case 'drop':
        session.drop();
        return 'hold';
      case 'server':
        // The server's start takes real time.
        this.#hurry?.end.abort();
        await this.#actions.crashServer();
        return 'hold';
      case 'stall':
        this.#letTimePass(session);
        return 'hold';
      case 'cancel':
        await this.#cancel();
        return 'pass';
      case 'slow':
      case undefined:
        return 'pass';
    }
  }

  /** Holds the command until the rollback's request has told the run to stop, and has killed its statement. */
  async #cancel(): Promise<void> {
    this.#actions.cancel();
    const until = Date.now() + IS_TOLD_MS;
    while (Date.now() < until && !this.#sent.some(({ text }) => text.startsWith('KILL '))) await sleep(5);
    await sleep(5);
  }

  #letTimePass(session: ProxySession): void {
    if (this.#hurry !== undefined && !this.#hurry.end.signal.aborted) return;
    const end = new AbortController();
    this.#hurry = { session, known: new Set(this.#sent.map((command) => command.session)), end };
    let count = 0;
    let jumpedAt = 0;
    const isQuiet = (): boolean => {
      const isSame = count === this.#sent.length;
      count = this.#sent.length;
      // From its timer to its KILL the function is at work, though much of that is waiting for an answer.
      const isOnItsWay = this.#waiting !== undefined && !this.#hasKill() && Date.now() - jumpedAt < ON_ITS_WAY_MS;
      return (
        isSame &&
        !isOnItsWay &&
        [...this.#open.values()].every((command) => command === this.#struck || this.#mustWait(command)) &&
        [...this.#loggingIn].every((each) => each === this.#struck?.session)
      );
    };
    const onJump = (): void => {
      jumpedAt = Date.now();
    };
    void this.#actions.hurry(session, { isQuiet, onJump }, end.signal);
  }

  /** Whether a command cannot be answered, because nobody may write now. */
  #mustWait(command: SentCommand): boolean {
    return command === this.#waiting || (this.#isBlocked && !/^\s*SELECT\b/i.test(command.sql));
  }

  /** Whether the function has sent its KILL. */
  #hasKill(): boolean {
    return this.#sent.some(({ target }) => target === 'own-kill');
  }

  /** A function that has gone on to another session waits no more. */
  async #noteProgress({ session, target }: SentCommand): Promise<void> {
    const hurry = this.#hurry;
    // What looks like the session of a status event may be the one that kills.
    const isProgress =
      target === 'work' || (target === 'event' && this.#fault?.target !== 'own-kill' && this.#waiting === undefined);
    if (hurry === undefined || !isProgress || hurry.known.has(session)) return;
    hurry.known.add(session);
    if (await this.#actions.isSameFunction(session, hurry.session)) hurry.end.abort();
  }

  async #unblock(): Promise<void> {
    if (!this.#isBlocked) return;
    this.#isBlocked = false;
    await this.#actions.unblock();
  }
}
