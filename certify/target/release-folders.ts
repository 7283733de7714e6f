import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Release } from '../plays/release';
import { linkPackage } from './link-package';

const ROOT = path.dirname(path.dirname(__dirname));

/** Copies of the example's app, one for each release, in a place where they find what a user would have installed. */
export class ReleaseFolders {
  /** The command that runs the app of a release in its folder. */
  static readonly command = [process.execPath, '--require', path.join(ROOT, 'scripts/typescript.cjs'), 'app.ts'];
  readonly #gateSeconds: number;
  /** Made with the first release: who does not agree to the run has nothing to remove. */
  #folder: string | undefined;

  /** @param gateSeconds - after which the gate fails that does not fail at once */
  constructor(gateSeconds: number) {
    this.#gateSeconds = gateSeconds;
  }

  /** Makes the folder of a release. */
  make({ name, plain, more = {}, gate }: Release): string {
    this.#folder ??= makeFolder();
    const folder = path.join(this.#folder, name);
    cpSync(path.join(ROOT, 'examples/certify'), folder, { recursive: true });
    const migrations = path.join(folder, 'migrations');
    for (const file of readdirSync(migrations)) {
      if (!plain.some((start) => file.startsWith(start))) rmSync(path.join(migrations, file));
    }
    for (const [file, text] of Object.entries(more)) writeFileSync(path.join(migrations, file), text);
    const failAfterSeconds = gate === undefined ? '' : gate === 'after' ? '0' : String(this.#gateSeconds);
    const context = { release: name, failAfterSeconds, gate: gate ?? '' };
    const app = ReleaseFolders.command.map((word) => JSON.stringify(word)).join(' ');
    writeFileSync(path.join(folder, 'cdk.json'), JSON.stringify({ app, versionReporting: false, context }));
    return folder;
  }

  /** Removes it all. */
  remove(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}

function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'certify-'));
  linkPackage(folder);
  return folder;
}
