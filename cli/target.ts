import { parseDatabaseUrl, type DatabaseUrl } from './database/database-url';
import { EXIT_CODE } from './exit-code';
import { ExpectedFailure } from './expected-failure';
import { projectVariable } from './project-environment';
import type { Settings } from './settings';

/** What a command works on: a deployed function, or a server itself. */
export type Target = FunctionTarget | UrlTarget;

export interface FunctionTarget {
  readonly kind: 'function';
  readonly function: FunctionChoice;
  /** Null: as the AWS SDK finds them. */
  readonly region: string | null;
  readonly profile: string | null;
}

/** Which function is meant. */
export type FunctionChoice =
  /** Its name or ARN. */
  | { readonly kind: 'name'; readonly name: string }
  /** That of a stack; `construct`: the one of it that is meant, null where there is only one. */
  | { readonly kind: 'stack'; readonly stack: string; readonly construct: string | null };

export interface UrlTarget {
  readonly kind: 'url';
  readonly url: DatabaseUrl;
  /** Where the URL was found, as messages name it. */
  readonly source: string;
}

/** Flags that say what a command works on. */
export interface TargetFlags {
  readonly stack?: string;
  readonly function?: string;
  readonly construct?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly url?: string;
  /** Host of the URL that may be changed though it is another machine: said again, so that nobody does it by a slip. */
  readonly allowHost?: string;
}

/**
 * What is meant: what the flags say, else the settings, else `DATABASE_URL`. The settings first, since they are of this
 * program: a `DATABASE_URL` may be there for others.
 */
export function targetOf(
  flags: TargetFlags,
  settings: Pick<Settings, 'stack' | 'url'>,
  folder: string,
  environment: NodeJS.ProcessEnv,
): Target {
  const target =
    chosen(flags, '--url') ??
    chosen({ ...flags, ...settings }, '"url" in cdk.json') ??
    ofEnvironment(folder, environment);
  if (target !== null) {
    requireUsed(flags, target);
    return flags.allowHost === undefined ? target : allowed(target, flags.allowHost);
  }
  throw new ExpectedFailure(
    'no-target',
    'it is not said what to work on: name the stack that is deployed (--stack NAME), its function (--function NAME), or a server ' +
      '(--url mysql://user:password@127.0.0.1:3306/schema, or DATABASE_URL in the environment or .env). Nothing was done',
    EXIT_CODE.usage,
  );
}

function ofEnvironment(folder: string, environment: NodeJS.ProcessEnv): Target | null {
  const variable = projectVariable(folder, 'DATABASE_URL', environment);
  return variable === null ? null : urlTarget(variable.value, variable.source);
}

/** @param source where a URL was found, if there is one */
function chosen(
  { url, function: name, stack, construct, region, profile }: TargetFlags,
  source: string,
): Target | null {
  if (url !== undefined) return urlTarget(url, source);
  const whose = { region: region ?? null, profile: profile ?? null };
  if (name !== undefined) return { kind: 'function', function: { kind: 'name', name }, ...whose };
  if (stack !== undefined)
    return { kind: 'function', function: { kind: 'stack', stack, construct: construct ?? null }, ...whose };
  return null;
}

function urlTarget(text: string, source: string): UrlTarget {
  return { kind: 'url', url: parseDatabaseUrl(text, source), source };
}

/** What would be passed over is refused: it was meant to say something. */
function requireUsed(flags: TargetFlags, target: Target): void {
  const ofFunction = target.kind === 'function' && target.function.kind === 'name';
  const unused = target.kind === 'url' ? OF_FUNCTIONS : ofFunction ? (['construct'] as const) : [];
  const flag = unused.find((name) => flags[name] !== undefined);
  if (flag === undefined) return;
  const what =
    target.kind === 'url'
      ? `which deployed function is meant, and ${target.source} names a server`
      : 'which function of a stack is meant, and --function names it';
  throw new ExpectedFailure(
    'option-unused',
    `--${flag} says ${what}: leave it out, or name the stack with --stack. Nothing was done`,
    EXIT_CODE.usage,
  );
}

/** Flags that say something of a function alone. */
export const OF_FUNCTIONS = ['construct', 'region', 'profile'] as const;

/** A server that may be changed as one of this machine may. How the way to it is protected was decided by its URL. */
function allowed(target: Target, host: string): Target {
  if (target.kind === 'url' && target.url.host === host) return { ...target, url: { ...target.url, isLoopback: true } };
  const is = target.kind === 'url' ? `${target.source} names ${target.url.host}` : 'no server is named by a URL';
  throw new ExpectedFailure(
    'other-host',
    `--allow-host says ${host}, and ${is}. Nothing was done: write the host as the URL has it`,
    EXIT_CODE.usage,
  );
}
