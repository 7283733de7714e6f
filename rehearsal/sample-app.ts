import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { AuroraStack } from '../lib/aurora-stack';
import { packageRoot } from '../lib/package-root';

/** One release of the sample app. */
export interface SampleRelease {
  /** Files of `migrations/` that it carries. */
  readonly files: readonly string[];
  /** More migrations, by file name. */
  readonly more?: Readonly<Record<string, string>>;
  /** What its application is: another value is another version of the code. */
  readonly version: string;
}

/** Name of the sample app's stack. */
export const SAMPLE_STACK = 'SampleStack';

/** Logical id of the application's function: a hash over its construct path, so that it stays. */
export const APPLICATION = 'ApiF70053CD';

/** Synthesizes a release of the sample app, the repository's stack with an application in it, into a folder. */
export function synthesize(release: SampleRelease, folder: string): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'sample-migrations-'));
  try {
    for (const file of release.files) cpSync(path.join(packageRoot(), 'migrations', file), path.join(directory, file));
    for (const [file, text] of Object.entries(release.more ?? {})) writeFileSync(path.join(directory, file), text);
    const app = new App({ outdir: folder, analyticsReporting: false });
    const stack = new AuroraStack(app, SAMPLE_STACK, { directory });
    const api = new lambda.Function(stack, 'Api', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => ({ statusCode: 200 });'),
      environment: { VERSION: release.version },
    });
    stack.migrations.executeBefore(api);
    return app.synth().directory;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
