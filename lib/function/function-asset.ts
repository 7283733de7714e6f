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
