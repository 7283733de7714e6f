import type { Verification } from '../../lambda/commands/verify';
import { asCommandLine } from '../advice';
import { counted } from '../counted';
import { EXIT_CODE } from '../exit-code';
import type { OnTarget } from '../run-on-target';
import { wholeAnswer } from '../whole-answer';
import { wrappedText } from '../wrapped-text';

/** Prints what differs between history, release, stored scripts and schema. */
export async function runVerify(
  { runner, terminal, signal }: OnTarget,
  { json }: { readonly json: boolean },
): Promise<number> {
  const verification = wholeAnswer<Verification>(await runner.run({ command: 'verify' }, signal), ['ok', 'findings']);
  if (json) terminal.print(JSON.stringify(verification));
  else {
    const { findings } = verification;
    terminal.print(`${runner.where}: ${findings.length === 0 ? 'nothing found' : counted(findings.length, 'finding')}`);
    for (const { code, message } of findings) {
      terminal.print(`  ${terminal.colors.bold(code)}`);
      terminal.print(wrappedText(asCommandLine(message), terminal.width, '    '));
    }
  }
  return verification.ok ? EXIT_CODE.fine : EXIT_CODE.found;
}
