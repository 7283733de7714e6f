import { activeResources } from '../../../rehearsal/template/active-resources';
import type { Template } from '../../../rehearsal/template/template';
import { counted } from '../../counted';
import type { NotPlayed, ReleaseOrigin } from '../report/rehearsal-report';
import { PLAYED_TYPES } from './played-types';

/** What a list of kinds is cut at. */
const MOST_KINDS = 12;

/** What a rehearsal leaves to the real deployment, so that nobody takes it for more than it is. */
export interface Surroundings {
  readonly template: Template;
  readonly base: ReleaseOrigin;
  readonly server: string;
  readonly lookups: readonly string[];
  /** Of a nested stack, the stack that it is in. */
  readonly parent: string | null;
  readonly hasIamLogin: boolean;
}

/** Says all of it, what matters most first. */
export function notPlayed(surroundings: Surroundings): readonly NotPlayed[] {
  const { template, base, server, lookups, parent, hasIamLogin } = surroundings;
  const kinds = kindsOf(template);
  const number = kinds.reduce((sum, [, count]) => sum + count, 0);
  const listed = kinds.slice(0, MOST_KINDS).map(([type, count]) => `${count} ${type}`);
  const more = kinds.length > MOST_KINDS ? `, and ${kinds.length - MOST_KINDS} more kinds` : '';
  const all: readonly (NotPlayed | false)[] = [
    number > 0 && {
      what: `${counted(number, 'other resource')} succeeded at once`,
      details: `${listed.join(', ')}${more}. Whether AWS accepts their properties, or replaces one of them, was not seen.`,
    },
    parent !== null && {
      what: 'The stack around this one',
      details: `It is nested in ${parent}, and was played by itself: in a deployment its clean-up comes when all of ${parent} is there.`,
    },
    {
      what: 'Rows of your tables',
      details:
        'The tables held what the migrations themselves put there: how long a statement takes on your rows, and whether they fit, was not seen. “npx aurora-migrations prove” plays each migration with rows of its own.',
    },
    {
      what: 'Aurora',
      details: `The server was ${server}. What depends on the engine, its version and its parameter group may differ.`,
    },
    hasIamLogin && {
      what: 'Logging in by IAM',
      details: 'The function logged in with a password in place of a token.',
    },
    {
      what: 'Permissions and network',
      details: 'Roles, security groups, subnets and endpoints were not asked: the function reached everything.',
    },
    {
      what: 'Time',
      details: 'Resources that take minutes took none. Lambda’s pauses before another attempt were milliseconds.',
    },
    {
      what: 'What your code does',
      details: 'No function, container or custom resource of yours was run. “Live” means: deployed at that moment.',
    },
    lookups.length > 0 && {
      what: `${counted(lookups.length, 'lookup')} in AWS`,
      details: `Not in cdk.context.json, so that the CDK put in a placeholder: ${[...new Set(lookups)].join(', ')}.`,
    },
    base.kind === 'commit' && {
      what: 'The packages of the base release',
      details: `Its app ran with the node_modules of the working tree: where versions differ, its template may too.`,
    },
  ];
  return all.filter((each) => each !== false);
}

/** How many there are of each kind of resource that did nothing, the most frequent first. */
function kindsOf({ body }: Template): readonly (readonly [type: string, count: number])[] {
  const active = activeResources(body, PLAYED_TYPES);
  const counts = new Map<string, number>();
  for (const [id, { Type }] of Object.entries(body.Resources)) {
    if (typeof Type === 'string' && !active.has(id)) counts.set(Type, (counts.get(Type) ?? 0) + 1);
  }
  return [...counts].sort(([a, many], [b, more]) => more - many || a.localeCompare(b));
}
