import * as fs from 'node:fs';
import * as path from 'node:path';
import { readJson } from '../../settings';

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
  const read = (name: string): unknown => readJson(name, name, 'Nothing was played');
  const { app, build, output = 'cdk.out', context = {} } = read(file) as Partial<CdkProject>;
  const found = path.join(folder, 'cdk.context.json');
  const looked = fs.existsSync(found) ? (read(found) as Readonly<Record<string, unknown>>) : {};
  return { app: typeof app === 'string' ? app : undefined, build, output, context: { ...looked, ...context }, looked };
}
