import type { DeployOptions, Fault, FaultPhase } from './stack-types';

/**
 * The faults of one operation by the resources that they strike.
 * @param findId - gives the logical id that a name means
 */
export function faultFinder(
  fail: DeployOptions['fail'] = {},
  findId: (name: string) => string,
): (logicalId: string, phase: FaultPhase) => Fault | undefined {
  const faults = new Map<string, Fault>(
    Object.entries(fail).map(([name, fault]) => [findId(name), typeof fault === 'string' ? { reason: fault } : fault]),
  );
  return (logicalId, phase) => {
    const fault = faults.get(logicalId);
    if (fault === undefined) return undefined;
    const strikes = fault.on === undefined ? phase === 'create' || phase === 'update' : phase === fault.on;
    return strikes ? fault : undefined;
  };
}
