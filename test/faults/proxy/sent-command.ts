import type { Fault, FaultMoment, FaultTarget } from '../fault';
import { type Command, PREPARE, type ProxySession, TLS } from './proxy-session';
import type { Reply } from './reply-reader';

/** A command that a client sent, and what came of it. */
export interface SentCommand {
  readonly session: ProxySession;
  readonly target: FaultTarget;
  readonly text: string;
  readonly sql: string;
  /** Whether it reached the server. */
  isSent: boolean;
  /** Of each of its statements that the server has answered. */
  replies: readonly Reply[];
  /** Whether the session ended before the server had answered all of it. */
  isUnanswered: boolean;
}

/** What happened on the server, in its order. */
export type ServerEvent =
  | { readonly kind: 'answered'; readonly command: SentCommand }
  | { readonly kind: 'ended'; readonly session: ProxySession; readonly unanswered?: SentCommand };

/** What the packet is part of. A session that begins with the lock does work; others note a status, or kill. */
export function targetOf({ phase, session, text }: Command): FaultTarget {
  if (phase === 'login') return 'login';
  const purpose = session.purpose === '' ? text : session.purpose;
  if (purpose.includes('GET_LOCK')) return 'work';
  return text.startsWith('KILL ') ? 'own-kill' : 'event';
}

/** Whether a command may change what is in the database. */
export function mayWrite({ target, sql, text }: SentCommand): boolean {
  return target === 'work' && !text.startsWith(PREPARE) && !/^\s*(SELECT|SHOW|SET|USE|START|ROLLBACK)\b/i.test(sql);
}

/**
 * Whether there is such a moment of a command. The request for TLS never reaches the server, so nothing comes after it. Such
 * a command is not counted: which number it has depends on how the logins of two functions fall between each other.
 */
export function hasMoment(moment: FaultMoment, { text }: Pick<SentCommand, 'text'>): boolean {
  return moment !== 'after' || text !== TLS;
}

/** The command that a fault is about, of those that were counted; undefined where this run has fewer of them than the counted one. */
export function commandOf<Counted extends Pick<SentCommand, 'target' | 'text'>>(
  { target, moment, command }: Omit<Fault, 'kind'>,
  counted: readonly Counted[],
): Counted | undefined {
  const counts = target === 'own-kill' ? 'work' : target;
  return counted.filter((each) => each.target === counts && hasMoment(moment, each))[command - 1];
}
