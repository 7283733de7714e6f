import * as fs from 'node:fs';
import * as path from 'node:path';
import { distanceOf } from '../lib/letter-distance';
import { ExpectedFailure } from './expected-failure';

/** What a project says once, instead of with every command: in `cdk.json`, as `context` under `aurora-migrations`. */
export interface Settings {
  /** Folder with the migrations. */
  readonly directory?: string;
  /** Newest migration that the review leaves out, as the construct's property of that name. */
  readonly reviewAfter?: string;
  /** Name of the stack with the migrations, of several: it is rehearsed, and its function is invoked. */
  readonly stack?: string;
  /** A server that the commands work on in its place, without a password that nobody may see. */
  readonly url?: string;
}

/** Key in the context of `cdk.json`. */
const CONTEXT_KEY = 'aurora-migrations';

const NAMES: readonly (keyof Settings)[] = ['directory', 'reviewAfter', 'stack', 'url'];

/** Reads the settings of the project in this folder; none where it has no `cdk.json`, or that says nothing. */
export function readSettings(folder: string): Settings {
  const file = path.join(folder, 'cdk.json');
  if (!fs.existsSync(file)) return {};
  const context = objectIn(readJson(file, 'cdk.json', 'Nothing was done'), 'context');
  const own: unknown = context[CONTEXT_KEY];
  if (own === undefined) return {};
  if (typeof own !== 'object' || own === null || Array.isArray(own)) {
    throw unusable(`"${CONTEXT_KEY}" is no object: write "${CONTEXT_KEY}": { "directory": "migrations" }`);
  }
  for (const [name, value] of Object.entries(own)) {
    if (!NAMES.some((known) => known === name)) throw unusable(unknownName(name));
    if (typeof value !== 'string' || value === '') throw unusable(`"${name}" is no text: put its value into quotes`);
  }
  return own;
}

/** Reads a file of the CDK. `said`: what it is called where it is not JSON; `state`: what was done until then. */
export function readJson(file: string, said: string, state: string): unknown {
  try {
    // An editor of Windows may have put a byte order mark before it, which the CDK passes over.
    return JSON.parse(fs.readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    const problem = `${said} is not JSON (${(error as Error).message})`;
    throw new ExpectedFailure('settings-unusable', `${problem}: correct it. ${state}`);
  }
}

function objectIn(value: unknown, key: string): Readonly<Record<string, unknown>> {
  const found = (value as Readonly<Record<string, unknown>> | null)?.[key];
  return typeof found === 'object' && found !== null ? (found as Readonly<Record<string, unknown>>) : {};
}

function unknownName(name: string): string {
  const near = NAMES.find((known) => distanceOf(known.toLowerCase(), name.toLowerCase()) <= 2);
  return `there is no setting "${name}": ${near === undefined ? `there are ${NAMES.join(', ')}` : `is "${near}" meant?`}`;
}

function unusable(problem: string): ExpectedFailure {
  return new ExpectedFailure(
    'settings-unusable',
    `in cdk.json, in the context under "${CONTEXT_KEY}", ${problem}${problem.endsWith('?') ? '' : '.'} Nothing was done`,
  );
}
