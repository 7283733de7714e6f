import { spawn } from 'node:child_process';
import type { DeployHow } from '../target/target';

/** What the CDK's command line is asked to do with a stack. */
export type CdkCommand =
  | { readonly kind: 'deploy'; readonly stack: string; readonly how: DeployHow }
  | { readonly kind: 'rollback'; readonly stack: string }
  | { readonly kind: 'destroy'; readonly stack: string };

/** The words of the command line. What is deployed is synthesized; all else takes the assembly that is there. */
export function cdkArguments(command: CdkCommand): readonly string[] {
  const { kind, stack } = command;
  switch (kind) {
    case 'deploy':
      return [
        ...['deploy', stack, '--exclusively', '--require-approval', 'never', '--progress', 'events'],
        ...(command.how.rollback === false ? ['--no-rollback'] : []),
        ...(command.how.express === true ? ['--express'] : []),
      ];
    case 'rollback':
      return ['rollback', stack, '--app', 'cdk.out'];
    case 'destroy':
      return ['destroy', stack, '--exclusively', '--force', '--app', 'cdk.out'];
    default:
      return command satisfies never;
  }
}

/**
 * Runs the `cdk` of the PATH in the folder of a release; what it prints goes to stderr. Resolves with its exit code: whether
 * a deployment did what it was to do, the stack's status says. Ctrl-C reaches it as well as us, and it goes on in AWS.
 */
export async function runCdk(command: CdkCommand, folder: string): Promise<number> {
  const child = spawn('cdk', cdkArguments(command), { cwd: folder, env: process.env, stdio: ['ignore', 2, 2] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}
