import type { SentCommand, ServerEvent } from './proxy/sent-command';
import { PREPARE, type ProxySession } from './proxy/proxy-session';

/** A statement of a migration. */
export interface MigrationStatement {
  readonly migration: string;
  readonly form: 'sql' | 'module';
  readonly direction: 'up' | 'down';
  readonly text: string;
}

/** A statement that took effect on the server, or may have. */
interface Effect {
  readonly statement: MigrationStatement;
  /** The text with its parameters, which tell calls of the same statement apart. */
  readonly key: string;
  readonly isCertain: boolean;
}

const DEADLOCK = 1213;

/** What may run any number of times: it is not counted as done, or does nothing the second time. */
const REPEATABLE = /^\s*(SELECT|SET|USE|SHOW)\b|\bIF (NOT )?EXISTS\b|\bOR REPLACE\b/i;

/**
 * Which statements of migrations took effect, by the server's own answers: those that it committed. One whose answer the
 * server's end cut off may have taken effect.
 */
export class StatementLedger {
  readonly #statements: ReadonlyMap<string, MigrationStatement>;
  /** Those of the open transaction, by session. */
  readonly #uncommitted = new Map<ProxySession, Effect[]>();
  readonly #effects: Effect[] = [];

  constructor(statements: readonly MigrationStatement[], events: readonly ServerEvent[]) {
    this.#statements = new Map(statements.map((statement) => [statement.text, statement]));
    for (const event of events) {
      if (event.kind === 'answered') this.#onAnswered(event.command);
      else this.#onEnded(event.session, event.unanswered);
    }
  }

  /** Statements that took effect twice with nothing in between that reverted the first effect. */
  repeated(): readonly string[] {
    const found: string[] = [];
    for (const [index, { statement, key, isCertain }] of this.#effects.entries()) {
      if (!isCertain || REPEATABLE.test(statement.text)) continue;
      const before = this.#effects.slice(0, index).findLastIndex((earlier) => earlier.key === key && earlier.isCertain);
      if (before === -1) continue;
      const isReverted = this.#effects
        .slice(before + 1, index)
        .some(
          (effect) =>
            effect.statement.migration === statement.migration && effect.statement.direction !== statement.direction,
        );
      if (!isReverted) found.push(`ran twice: ${statement.direction} of ${statement.migration}: ${key}`);
    }
    return found;
  }

  /** How many statements took effect. */
  get count(): number {
    return this.#effects.length;
  }

  #onAnswered(command: SentCommand): void {
    const { session, replies } = command;
    for (const [index, text] of this.#textsOf(command).entries()) {
      const reply = replies[index];
      if (reply === undefined) return;
      if (typeof reply.result === 'number') {
        if (reply.result === DEADLOCK) this.#uncommitted.delete(session);
        continue;
      }
      this.#note(session, text, command, true);
      if (reply.isInTransaction === true) continue;
      if (/^\s*ROLLBACK\b(?!.*\bTO\b)/i.test(text)) this.#uncommitted.delete(session);
      else this.#commit(session, true);
    }
  }

  #onEnded(session: ProxySession, unanswered: SentCommand | undefined): void {
    if (unanswered !== undefined) {
      const wasInTransaction = this.#uncommitted.has(session);
      for (const text of this.#textsOf(unanswered).slice(unanswered.replies.length)) {
        if (/^\s*COMMIT\b/i.test(text) || !wasInTransaction) {
          this.#note(session, text, unanswered, false);
          this.#commit(session, false);
        }
      }
    }
    this.#uncommitted.delete(session);
  }

  #note(session: ProxySession, text: string, { text: whole, sql }: SentCommand, isCertain: boolean): void {
    const statement = this.#statements.get(text);
    if (statement === undefined || whole.startsWith(PREPARE)) return;
    const effects = this.#uncommitted.get(session) ?? [];
    effects.push({ statement, key: whole === sql ? text : whole, isCertain });
    this.#uncommitted.set(session, effects);
  }

  #commit(session: ProxySession, isCertain: boolean): void {
    const effects = this.#uncommitted.get(session) ?? [];
    this.#effects.push(...effects.map((effect) => ({ ...effect, isCertain: effect.isCertain && isCertain })));
    this.#uncommitted.delete(session);
  }

  /** The statements of one packet. Texts of migrations are known; the others hold no semicolon outside of quotes. */
  #textsOf({ sql }: SentCommand): readonly string[] {
    if (this.#statements.has(sql)) return [sql];
    const texts: string[] = [];
    let rest = sql;
    while (rest.trim() !== '') {
      rest = rest.replace(/^[\s;]+/, '');
      const known = [...this.#statements.keys()].find(
        (text) => rest.startsWith(text) && /^\s*(;|$)/.test(rest.slice(text.length)),
      );
      const text = known ?? /^(?:'(?:[^'\\]|\\.|'')*'|`[^`]*`|[^;'`])*/.exec(rest)?.[0] ?? rest;
      if (text === '') break;
      texts.push(text.trim());
      rest = rest.slice(text.length);
    }
    return texts;
  }
}
