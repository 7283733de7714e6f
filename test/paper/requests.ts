import type { Intent, ReleaseIntent } from '../../lambda/plan/intent';
import { resourceOf } from './releases';
import type { Letters } from './letter';
import type { Delivery, Stack, Step } from './stack';

/** The request that a step makes; null where it makes none. */
export function requestOf(stack: Stack, step: Step, issuedAt: number): Delivery | null {
  const { stackId, logicalId } = stack;
  const signed = (by: string) =>
    ({ stackId, logicalId, issuedAt, isRepeated: false, requestId: `${by}-${stack.count}` }) as const;
  switch (step.do) {
    case 'set': {
      const { part, to } = step;
      const { at, isCreated, id } = stack[part];
      return { ...signed(part), kind: isCreated ? 'update' : 'create', part, to, from: at ?? to, id };
    }
    case 'delete': {
      const { part } = step;
      const { at, id } = stack[part];
      return { ...signed(part), kind: 'delete', part, to: at ?? '', from: at ?? '', id };
    }
    case 'begin':
    case 'end': {
      const { of } = step;
      return { ...signed(of), kind: `release-${step.do}s`, part: 'first', to: of, from: of, id: 'ours' };
    }
    case 'status':
    case 'start':
    case 'finish':
      return null;
    default:
      return step satisfies never;
  }
}

/** What the function reads in a request. */
export function intentOf(delivery: Delivery, letters: Letters): Intent {
  const { kind, part, to, from, issuedAt, requestId, id } = delivery;
  const resource = resourceOf(delivery, part);
  const request = { resource, requestId, issuedAt };
  const release = letters.of(to)[part];
  const ours = `aurora-migrations:app/${resource.logicalId}:cluster-A/app`;
  const physicalId = id === 'theirs' ? `app-${resource.logicalId}-made-by-cloudformation` : ours;
  switch (kind) {
    case 'create':
      return { kind, request, release };
    case 'update':
      return { kind, request, release, physicalId, old: letters.of(from)[part] };
    case 'delete':
      return { kind, request, release, physicalId };
    case 'release-begins':
    case 'release-ends':
      return { kind, request, release, physicalId: null, logicalId: `Release${to}` } satisfies ReleaseIntent;
    default:
      return kind satisfies never;
  }
}

/** A request in the words of a trace: `M A→B`, `R(B) create`. */
export function describe({ kind, part, to, from }: Delivery): string {
  const resource = part === 'first' ? 'M' : 'C';
  switch (kind) {
    case 'create':
    case 'delete':
      return `${resource} ${kind} ${to}`;
    case 'update':
      return `${resource} ${from}→${to}`;
    case 'release-begins':
      return `R(${to}) create`;
    case 'release-ends':
      return `R(${to}) delete`;
    default:
      return kind satisfies never;
  }
}
