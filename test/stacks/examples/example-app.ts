import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { linkPackage } from '../../../certify/target/link-package';

const ROOT = path.join(__dirname, '../../..');

/** A change of a copy of an example: what makes an older or a newer release of it. */
export type Edit = (folder: string) => void;

/** By name, what makes each release of an example. */
export type Releases = Readonly<Record<string, readonly Edit[]>>;

/** Releases of an example: copies of its folder, each with a `cdk.out`. */
export class ExampleApp {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Copies each example for each of its releases, into a place where only what a user installs can be imported, and runs
   * their apps, all in one process: it takes longer to load the CDK than to run an app.
   */
  static async synthesize(examples: Readonly<Record<string, Releases>>): Promise<ReadonlyMap<string, ExampleApp>> {
    const apps = new Map(
      Object.keys(examples).map((name) => [name, new ExampleApp(mkdtempSync(path.join(tmpdir(), 'example-')))]),
    );
    try {
      await run([...apps].flatMap(([name, app]) => app.#copy(name, examples[name]!)));
    } catch (error) {
      for (const app of apps.values()) app.remove();
      throw error;
    }
    return apps;
  }

  /** The template of the one stack whose file's name in `cdk.out` begins so. */
  templateFile(release: string, start: string): string {
    const outdir = path.join(this.#of(release), 'cdk.out');
    const found = filesIn(outdir).filter((file) => file.startsWith(start) && file.endsWith('.template.json'));
    const [file] = found;
    if (file === undefined || found.length > 1) throw new Error(`${start} is ${found.join(', ') || 'nothing'}`);
    return path.join(outdir, file);
  }

  /** What the CDK would print beside the result: warnings, errors and infos of all stacks. */
  annotations(release: string): readonly string[] {
    const outdir = path.join(this.#of(release), 'cdk.out');
    const metadata = filesIn(outdir)
      .filter((file) => file.endsWith('.metadata.json'))
      .map((file) => JSON.parse(readFileSync(path.join(outdir, file), 'utf8')) as Metadata);
    if (metadata.length === 0) throw new Error(`${outdir} has no metadata`);
    return metadata
      .flatMap((each) => Object.entries(each))
      .flatMap(([at, entries]) => entries.map(({ type, data }) => ({ at, type, data })))
      .filter(({ type }) => ['aws:cdk:warning', 'aws:cdk:error', 'aws:cdk:info'].includes(type))
      .map(({ at, type, data }) => `${type} ${at} ${String(data)}`);
  }

  /** What the CDK would ask AWS for, which needs credentials at synth. */
  lookups(release: string): readonly unknown[] {
    const outdir = path.join(this.#of(release), 'cdk.out');
    return filesIn(outdir)
      .filter((file) => /^(assembly-[^/]*\/)?manifest\.json$/.test(file))
      .flatMap((file) => (JSON.parse(readFileSync(path.join(outdir, file), 'utf8')) as Manifest).missing ?? []);
  }

  /** Removes it all. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Gives the folders of the releases. */
  #copy(name: string, releases: Releases): readonly string[] {
    linkPackage(this.#folder);
    return Object.entries(releases).map(([release, edits]) => {
      const folder = this.#of(release);
      cpSync(path.join(ROOT, 'examples', name), folder, { recursive: true });
      for (const edit of edits) edit(folder);
      return folder;
    });
  }

  #of(release: string): string {
    return path.join(this.#folder, release);
  }
}

async function run(folders: readonly string[]): Promise<void> {
  const typescript = path.join(ROOT, 'scripts/typescript.cjs');
  await promisify(execFile)(
    process.execPath,
    ['--require', typescript, path.join(__dirname, 'synthesize-example.cjs'), ...folders],
    // The CDK's own rules for templates take longer than all else, and are left to `cdk synth`.
    { env: { PATH: process.env.PATH, CDK_VALIDATION: 'false' } },
  );
}

/** Takes the newest migrations of a folder away, each with all of its files. */
export function withoutNewest(count: number, directory = 'migrations'): Edit {
  return (folder) => {
    const files = readdirSync(path.join(folder, directory)).sort();
    const names = [...new Set(files.map((file) => file.replace(/\..*$/, '')))].slice(-count);
    for (const file of files.filter((each) => names.includes(each.replace(/\..*$/, '')))) {
      rmSync(path.join(folder, directory, file));
    }
  };
}

/** Adds to a file, which is made where it is not there. */
export function withMore(file: string, text: string): Edit {
  return (folder) => appendFileSync(path.join(folder, file), text);
}

/** Replaces a text that must be there. */
export function withReplaced(file: string, before: string, after: string): Edit {
  return (folder) => {
    const text = readFileSync(path.join(folder, file), 'utf8');
    if (!text.includes(before)) throw new Error(`${file} does not have ${before}`);
    writeFileSync(path.join(folder, file), text.replace(before, after));
  };
}

interface Manifest {
  readonly missing?: readonly unknown[];
}

type Metadata = Readonly<Record<string, readonly { readonly type: string; readonly data: unknown }[]>>;

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' });
}
