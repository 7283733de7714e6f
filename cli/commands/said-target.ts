import { quoted } from '../terminal/quoted';
import type { TargetOptions } from './target-options';

/** Flags of a target, in the order in which they are printed. */
const FLAGS = ['stack', 'function', 'construct', 'region', 'profile', 'url', 'allowHost', 'directory'] as const;

/**
 * The flags with which the program was told what to work on, as a shell reads them: a command that is printed needs them too,
 * or it would go to another database. What came from the environment or `cdk.json` comes from there again.
 */
export function saidTarget(options: TargetOptions): readonly string[] {
  return FLAGS.flatMap((flag) => {
    const value = options[flag];
    return value === undefined
      ? []
      : [`--${flag === 'allowHost' ? 'allow-host' : flag} ${quoted(flag === 'url' ? withoutPassword(value) : value)}`];
  });
}

/** Without one, the person who runs it is refused, and knows what to put there. */
function withoutPassword(url: string): string {
  return url.replace(/^([^/]*:\/\/[^/@:]*):[^/]*@/, '$1@');
}
