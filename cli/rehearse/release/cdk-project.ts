import * as fs from 'node:fs';
import * as path from 'node:path';
import { ExpectedFailure } from '../../expected-failure';

/** What a `cdk.json` says of how its app is run. */
export interface CdkProject {
  readonly app?: string;
  /** Is run before the app. */
  readonly build?: string;
  /** Where its assembly goes, in this folder, where the app does not take another one. */
  readonly output: string;
  readonly context: Readonly<Record<string, unknown>>;
  /** What is looked up in AWS, by keys that name account and region. */
  readonly looked: Readonly<Record<string, unknown>>;
}

/** Reads `cdk.json`, and the context that the CDK keeps beside it; null where there is no `cdk.json`. */
export function readProject(folder: string): CdkProject | null {
  const file = path.join(folder, 'cdk.json');
  if (!fs.existsSync(file)) return null;
  const { app, build, output = 'cdk.out', context = {} } = parse(file) as Partial<CdkProject>;
  const found = path.join(folder, 'cdk.context.json');
  const looked = fs.existsSync(found) ? (parse(found) as Readonly<Record<string, unknown>>) : {};
  return { app: typeof app === 'string' ? app : undefined, build, output, context: { ...looked, ...context }, looked };
}

function parse(file: string): unknown {
  try {
    // An editor of Windows may have put a byte order mark before it, which the CDK passes over.
    return JSON.parse(fs.readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new ExpectedFailure(
      'settings-unusable',
      `${file} is not JSON (${(error as Error).message}): correct it. Nothing was played`,
    );
  }
}
