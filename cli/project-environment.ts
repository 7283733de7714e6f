import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseEnv } from 'node:util';
import { ExpectedFailure } from './expected-failure';

/** A variable's value, and where it was found. */
export interface FoundVariable {
  readonly value: string;
  /** As messages name it, such as `DATABASE_URL in .env`. */
  readonly source: string;
}

/** Reads a variable of the environment, or else of the folder's `.env`; null where neither has it. */
export function projectVariable(folder: string, name: string, environment: NodeJS.ProcessEnv): FoundVariable | null {
  const own = environment[name];
  if (own) return { value: own, source: `${name} in the environment` };
  const file = path.join(folder, '.env');
  if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) return null;
  const text = textIn(file);
  const values: NodeJS.Dict<string> = parseEnv(text);
  const written = values[name];
  if (!written) return null;
  const source = `${name} in .env`;
  // What the environment has was read by a shell before, and single quotes say that a text is meant as it is.
  const isLiteral = (each: string): boolean =>
    Boolean(environment[each]) || new RegExp(`^\\s*(?:export\\s+)?${each}\\s*=\\s*'`, 'm').test(text);
  const all = new Map(Object.entries({ ...values, ...environment }));
  const valueOf = (each: string): Found => ({ value: all.get(each), isLiteral: isLiteral(each) });
  return { value: isLiteral(name) ? written : expanded(written, source, valueOf), source };
}

/** What a name stands for. `isLiteral`: no other name is meant in it. */
interface Found {
  readonly value: string | undefined;
  readonly isLiteral: boolean;
}

/** An editor of Windows may have put a byte order mark before it, and PowerShell writes UTF-16. */
function textIn(file: string): string {
  const content = fs.readFileSync(file);
  const isUtf16 = content[0] === 0xff && content[1] === 0xfe;
  return content.toString(isUtf16 ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '');
}

/**
 * With the values of `${NAME}`, `${NAME:-default}` and `$NAME`, which what reads the file for an application puts in, too; a dollar sign
 * behind a backslash is one. What only looks like a name, as in a password, stays.
 */
function expanded(
  text: string,
  source: string,
  valueOf: (name: string) => Found,
  around: readonly string[] = [],
): string {
  return text.replace(REFERENCE, (whole, braced?: string, fallback?: string, bare?: string) => {
    const name = braced ?? bare;
    if (name === undefined) return '$';
    const found = valueOf(name);
    const value = found.value || fallback;
    if (value === undefined && bare !== undefined) return whole;
    if (found.value && found.isLiteral) return found.value;
    if (value !== undefined && !around.includes(name)) return expanded(value, source, valueOf, [...around, name]);
    const why = value === undefined ? 'neither the environment nor .env has' : 'refers to itself';
    throw new ExpectedFailure(
      'url-unusable',
      `${source} has \${${name}}, which ${why}: set ${name}, or write the value itself. Nothing was done`,
    );
  });
}

/** A dollar sign that is meant as one, a name in braces with what stands in its place, and a name without. */
const REFERENCE = /\\\$|\$\{(\w+)(?::?-([^}]*))?\}|\$([A-Za-z_]\w*)/g;
