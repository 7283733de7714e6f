import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation } from './context';
import type { DeployOptions, Fault, FaultPhase } from './stack-types';

/**
 * The faults and the deaths of one operation by the resources that they strike.
 * @param findId - gives the logical id that a name means
 */
export function faultsOf(
  { fail = {}, deaths = {} }: Pick<DeployOptions, 'fail' | 'deaths'>,
  findId: (name: string) => string,
): Pick<Operation, 'faultFor' | 'deathsFor'> {
  const faults = new Map<string, Fault>(
    Object.entries(fail).map(([name, fault]) => [findId(name), typeof fault === 'string' ? { reason: fault } : fault]),
  );
  const dying = new Map(Object.entries(deaths).map(([name, each]) => [findId(name), [...each]]));
  return {
    faultFor: (logicalId, phase) => {
      const fault = faults.get(logicalId);
      if (fault === undefined) return undefined;
      const strikes = fault.on === undefined ? phase === 'create' || phase === 'update' : phase === fault.on;
      return strikes ? fault : undefined;
    },
    deathsFor: (logicalId) => dying.get(logicalId) ?? [],
  };
}

/** Lets an injected fault strike, when its time has come. */
export async function strike(
  { faultFor }: Operation,
  logicalId: string,
  phase: FaultPhase,
  signal: AbortSignal,
): Promise<{ readonly reason: string } | 'cancelled' | undefined> {
  const fault = faultFor(logicalId, phase);
  if (fault === undefined) return undefined;
  const { after = 0, reason = 'Resource handler returned message: "made to fail by the rehearsal"' } = fault;
  const cancelled = new Promise<'cancelled'>((resolve) => {
    if (signal.aborted) resolve('cancelled');
    signal.addEventListener('abort', () => resolve('cancelled'), { once: true });
  });
  const due = typeof after === 'number' ? sleep(after) : after();
  return Promise.race([due.then(() => ({ reason })), cancelled]);
}
