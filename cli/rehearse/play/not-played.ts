import { activeResources } from '../../../rehearsal/template/active-resources';
import type { Template } from '../../../rehearsal/template/template';
import { counted } from '../../counted';
import { madeUpParameters } from '../release/parameters';
import type { NotPlayed, ReleaseOrigin } from '../report/rehearsal-report';
import { conditionsOfMigrations } from './conditions-held';
import type { RenamedDatabase } from './databases-apart';
import { unseenCode } from './waiting-code';
import { PLAYED_TYPES } from './played-types';

/** What a list of kinds is cut at. */
const MOST_KINDS = 12;

/** What a rehearsal leaves to the real deployment, so that nobody takes it for more than it is. */
export interface Surroundings {
  readonly template: Template;
  /** Logical ids of the resources that came to be; null where the deployment did not succeed. */
  readonly made: ReadonlySet<string> | null;
  /** Databases that were called otherwise, by their name here. */
  readonly renamed: ReadonlyMap<string, RenamedDatabase>;
  /** Logical ids of constructs whose database is on another cluster than before. */
  readonly replaced: readonly string[];
  /** Stacks that are deployed after this one. */
  readonly dependents: readonly string[];
  readonly base: ReleaseOrigin;
  readonly server: string;
  readonly lookups: readonly string[];
  /** Of a nested stack, the stack that it is in. */
  readonly parent: string | null;
  /** And code of that one that waits for it. */
  readonly around: readonly string[];
  readonly hasIamLogin: boolean;
}

/** Says all of it, what matters most first. */
export function notPlayed(surroundings: Surroundings): readonly NotPlayed[] {
  const { server, hasIamLogin } = surroundings;
  return [
    ...resourcesNotPlayed(surroundings),
    ...valuesMadeUp(surroundings),
    ...codeNotSeen(surroundings),
    ...databasesNotAsDeployed(surroundings),
    ...stacksNotPlayed(surroundings),
    ROWS,
    {
      what: 'Aurora',
      details: `The server was ${server}. What depends on the engine, its version and its parameter group may differ.`,
    },
    ...(hasIamLogin ? [IAM_LOGIN] : []),
    PERMISSIONS,
    TIME,
    OWN_CODE,
    ...synthNotAsDeployed(surroundings),
  ];
}

const ROWS: NotPlayed = {
  what: 'Rows of your tables',
  details:
    'The tables held what the migrations themselves put there: how long a statement takes on your rows, and whether they fit, was not seen. “npx aurora-migrations prove” plays each migration with rows of its own.',
};

const IAM_LOGIN: NotPlayed = {
  what: 'Logging in by IAM',
  details: 'The function logged in with a password in place of a token.',
};

const PERMISSIONS: NotPlayed = {
  what: 'Permissions and network',
  details: 'Roles, security groups, subnets and endpoints were not asked: the function reached everything.',
};

const TIME: NotPlayed = {
  what: 'Time',
  details: 'Resources that take minutes took none. Lambda’s pauses before another attempt were milliseconds.',
};

const OWN_CODE: NotPlayed = {
  what: 'What your code does',
  details: 'No function, container or custom resource of yours was run. “Live” means: deployed at that moment.',
};

/** What is said of something, where there is any of it. */
function present(...all: readonly (NotPlayed | false)[]): readonly NotPlayed[] {
  return all.filter((each) => each !== false);
}

function resourcesNotPlayed({ template, made }: Surroundings): readonly NotPlayed[] {
  const kinds = kindsOf(template, made);
  const number = kinds.reduce((sum, [, count]) => sum + count, 0);
  const listed = kinds.slice(0, MOST_KINDS).map(([type, count]) => `${count} ${type}`);
  const more = kinds.length > MOST_KINDS ? `, and ${kinds.length - MOST_KINDS} more kinds` : '';
  return present(
    number > 0 && {
      what: `${counted(number, 'other resource')} succeeded at once`,
      details: `${listed.join(', ')}${more}. Whether AWS accepts their properties, or replaces one of them, was not seen.`,
    },
  );
}

function valuesMadeUp({ template, made }: Surroundings): readonly NotPlayed[] {
  const absent = absentIn(template, made);
  const loops = Object.keys(template.body.Resources).filter((id) => id.startsWith('Fn::ForEach::'));
  const madeUp = madeUpParameters(template);
  return present(
    madeUp.length > 0 && {
      what: `The ${madeUp.length === 1 ? 'value' : 'values'} of ${counted(madeUp.length, 'parameter')}`,
      details: `Made up, since the template has no default, or the value is in AWS’s parameter store: ${listOf(madeUp)}. Give yours with --parameters NAME=VALUE.`,
    },
    ...conditionsOfMigrations(template).map((condition) => ({
      what: `The condition ${condition}`,
      details: 'The migrations are under it: it was taken to hold, whatever its parameters are.',
    })),
    absent.length > 0 && {
      what: `${counted(absent.length, 'resource')} under a condition`,
      details: `With the parameters that were given, the defaults of the others, and made-up values where they have none, the condition does not hold: ${listOf(absent)}.`,
    },
    loops.length > 0 && {
      what: `${counted(loops.length, 'loop')} of the template`,
      details: `What Fn::ForEach makes was not there: ${loops.map((id) => id.slice('Fn::ForEach::'.length)).join(', ')}.`,
    },
  );
}

function codeNotSeen({ template, around }: Surroundings): readonly NotPlayed[] {
  const unseen = [...unseenCode(template), ...around];
  return present(
    unseen.length > 0 && {
      what: 'Other code that waits for the migrations',
      details: `Whether it has its schema was only looked at for functions and ECS services of this stack itself, not for ${listOf(unseen)}.`,
    },
  );
}

function databasesNotAsDeployed({ renamed, replaced }: Surroundings): readonly NotPlayed[] {
  return [
    ...[...renamed.values()].map(({ logicalId, from, to }) => ({
      what: `The name of the database ${from} of ${logicalId}`,
      details: `A database of that name is on another cluster too, and all clusters were one server here: this one was called ${to}. What names ${from} in a statement met the other one.`,
    })),
    ...replaced.map((logicalId) => ({
      what: `The other cluster of ${logicalId}`,
      details:
        'The database is on another cluster than in the base release. In AWS that one is empty, or is what you restore there: its migrations begin with the first. Here it was the database of before.',
    })),
  ];
}

function stacksNotPlayed({ dependents, parent }: Surroundings): readonly NotPlayed[] {
  return present(
    dependents.length > 0 && {
      what: `${counted(dependents.length, 'stack')} that ${dependents.length === 1 ? 'is' : 'are'} deployed after this one`,
      details: `${listOf(dependents)}: whether code there has its schema was not looked at. Where the deployment of such a stack fails, CloudFormation rolls back that stack alone: the schema stays that of the new release.`,
    },
    parent !== null && {
      what: 'The stack around this one',
      details: `It is nested in ${parent}, and was played by itself: in a deployment its clean-up comes when all of ${parent} is there.`,
    },
  );
}

function synthNotAsDeployed({ lookups, base }: Surroundings): readonly NotPlayed[] {
  return present(
    lookups.length > 0 && {
      what: `${counted(lookups.length, 'lookup')} in AWS`,
      details: `Not in cdk.context.json, so that the CDK put in a placeholder: ${[...new Set(lookups)].join(', ')}.`,
    },
    base.kind === 'commit' && {
      what: 'The packages of the base release',
      details:
        'Its app ran with what is installed in the working tree, as far as it installs nothing itself: where versions differ, its template may too.',
    },
  );
}

/** How many there are of each kind of resource that did nothing, the most frequent first. */
function kindsOf({ body }: Template, made: ReadonlySet<string> | null): readonly (readonly [string, number])[] {
  const active = activeResources(body, PLAYED_TYPES);
  const counts = new Map<string, number>();
  for (const [id, { Type }] of Object.entries(body.Resources)) {
    if (typeof Type !== 'string' || active.has(id) || made?.has(id) === false) continue;
    counts.set(Type, (counts.get(Type) ?? 0) + 1);
  }
  return [...counts].sort(([a, many], [b, more]) => more - many || a.localeCompare(b));
}

/** What of a template was not made, since its condition does not hold here. */
function absentIn({ body }: Template, made: ReadonlySet<string> | null): readonly string[] {
  if (made === null) return [];
  return Object.entries(body.Resources)
    .filter(([id, { Type }]) => typeof Type === 'string' && !made.has(id))
    .map(([id]) => id);
}

function listOf(ids: readonly string[]): string {
  const rest = ids.length - MOST_KINDS;
  return ids.slice(0, MOST_KINDS).join(', ') + (rest > 0 ? `, and ${rest} more` : '');
}
