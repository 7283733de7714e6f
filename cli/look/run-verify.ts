import type { Verification } from '../../lambda/commands/verify';
import { asCommandLine } from '../advice';
import { counted } from '../counted';
import type { OnTarget } from '../run-on-target';
import { lookedCode, type Told, unknownText } from '../unknown-release';
import { wholeAnswer } from '../whole-answer';
import { wrappedText } from '../terminal/wrapped-text';

/** Prints what differs between history, release, stored scripts and schema. */
export async function runVerify(
  { runner, terminal, signal }: OnTarget,
  { json }: { readonly json: boolean },
): Promise<number> {
  const answer = await runner.run({ command: 'verify' }, signal);
  const verification = wholeAnswer<Told<Verification>>(answer, ['ok', 'findings']);
  if (json) terminal.print(JSON.stringify(verification));
  else {
    const { findings, releaseUnknown } = verification;
    terminal.print(`${runner.where}: ${findings.length === 0 ? 'nothing found' : counted(findings.length, 'finding')}`);
    for (const { code, message } of findings) {
      terminal.print(`  ${terminal.colors.bold(code)}`);
      terminal.print(wrappedText(asCommandLine(message), terminal.width, '    '));
    }
    if (releaseUnknown !== undefined) {
      terminal.print(wrappedText(unknownText('How it differs from the release', releaseUnknown), terminal.width, '  '));
    }
  }
  return lookedCode(verification, !verification.ok);
}
