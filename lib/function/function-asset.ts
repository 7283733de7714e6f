import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DockerImage } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { ASSET } from '../../lambda/contract';
import type { MigrationSet } from '../source/migration-source';
import { packageRoot } from '../package-root';
import { ValidationError } from '../validation-error';

/**
 * Bytes of a function's code, unzipped.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MAX_UNZIPPED = 262_144_000;

/** Folder of the prebuilt bundle, relative to the package's root. */
const BUNDLE_FOLDER = path.join('dist', 'function');

/**
 * The function's code: the prebuilt bundle, the manifest and the scripts.
 *
 * Written straight into the cloud assembly, so no Docker is needed and no temporary folder is left. The hash is ours and
 * not one over files: the same bundle and migrations give the same hash on every machine, and the function is updated
 * only when one of them changes.
 *
 * @param authorities certificates in PEM that the function trusts besides
 */
export function functionAsset(scope: Construct, migrations: MigrationSet, authorities?: string): lambda.Code {
  const folder = path.join(packageRoot(), BUNDLE_FOLDER);
  const bundle = readBundle(scope, path.join(folder, ASSET.bundle));
  const manifest = JSON.stringify(migrations.manifest);
  requireFitting(scope, bundle.length + Buffer.byteLength(manifest), migrations.scripts);
  return lambda.Code.fromAsset(folder, {
    // The manifest holds the sha256 of every script, so this covers the scripts too.
    assetHash: createHash('sha256')
      .update(bundle)
      .update('\0')
      .update(manifest)
      .update(authorities === undefined ? '' : `\0${authorities}`)
      .digest('hex'),
    bundling: {
      image: DockerImage.fromRegistry('never-used-because-local-bundling-always-succeeds'),
      local: {
        tryBundle: (output: string): boolean => {
          writeAsset(output, bundle, manifest, migrations.scripts);
          if (authorities !== undefined) fs.writeFileSync(path.join(output, ASSET.authorities), authorities);
          return true;
        },
      },
    },
  });
}

/** All migrations are part of the function's code: Lambda would refuse it, after all of it was uploaded. */
function requireFitting(scope: Construct, own: number, scripts: ReadonlyMap<string, string>): void {
  const sizes = [...scripts].map(([file, script]) => ({ file, size: Buffer.byteLength(script) }));
  const total = sizes.reduce((sum, { size }) => sum + size, own);
  if (total <= MAX_UNZIPPED) return;
  const largest = sizes.toSorted((a, b) => b.size - a.size).slice(0, 3);
  throw new ValidationError(
    scope,
    'migrations-too-large',
    `the migrations are ${megabytes(total)} with the function, and Lambda allows ${megabytes(MAX_UNZIPPED)}: load rows of this size by other means, such as LOAD DATA FROM S3. The largest are ${largest.map(({ file, size }) => `${file.replace(/(\.up)?\.json$/, '')} (${megabytes(size)})`).join(', ')}`,
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MB`;
}

function readBundle(scope: Construct, file: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch {
    throw new ValidationError(
      scope,
      'bundle-missing',
      `the function's bundle ${file} is missing: run "npm run build" in this repository, or install the package from npm, where it is prebuilt`,
    );
  }
}

function writeAsset(output: string, bundle: Buffer, manifest: string, scripts: ReadonlyMap<string, string>): void {
  write(path.join(output, ASSET.bundle), bundle);
  write(path.join(output, ASSET.manifest), manifest);
  const folder = path.join(output, ASSET.scripts);
  fs.mkdirSync(folder);
  for (const [file, script] of scripts) write(path.join(folder, file), script);
}

/**
 * For everybody to read, whatever the umask is: the asset's zip keeps a file's mode, and Lambda runs the code as another user
 * than the one that owns it there. Neither function could be loaded, and so nobody would answer CloudFormation.
 */
function write(file: string, content: string | Buffer): void {
  fs.writeFileSync(file, content);
  fs.chmodSync(file, 0o644);
}
