/**
 * What goes wrong. `slow`: the statement waits on the server until the function's own KILL QUERY, or its end. `cancel`: the
 * update is cancelled, and the run goes on while the request of the rollback is there.
 */
export const FAULT_KINDS = ['kill', 'drop', 'server', 'stall', 'slow', 'cancel'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/**
 * Before the command reaches the server; while the server executes it; where it has executed one of several statements;
 * when it has executed all of them and before the client hears of it.
 */
export const FAULT_MOMENTS = ['before', 'during', 'between', 'after'] as const;
export type FaultMoment = (typeof FAULT_MOMENTS)[number];

/**
 * Whose packets are counted: those of the sessions that do the work; logging in, of all sessions; those of the sessions
 * of status events; the KILL QUERY with which the function ends a statement of its own that waits.
 */
export const FAULT_TARGETS = ['work', 'login', 'event', 'own-kill'] as const;
export type FaultTarget = (typeof FAULT_TARGETS)[number];

export interface Fault {
  readonly kind: FaultKind;
  readonly moment: FaultMoment;
  readonly target: FaultTarget;
  /**
   * Number of the command at which it strikes, from 1. Of `own-kill` the command of the work that waits until it is
   * killed: the fault strikes at the KILL.
   */
  readonly command: number;
}

/** Whether the harness sees to it that the run's statement waits on the server. */
export function makesWait({ kind, moment, target }: Fault): boolean {
  return moment === 'during' || kind === 'slow' || target === 'own-kill';
}

/** Whether a function waits for its time-out, which is made short. */
export function waitsForTimeout({ kind, target }: Fault): boolean {
  return kind === 'stall' || kind === 'slow' || target === 'own-kill';
}
