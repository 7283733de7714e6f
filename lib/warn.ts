import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Warns at synth. By its code the warning can be acknowledged, as `cdk-aurora-migrations:<code>`. */
export function warn(scope: Construct, code: string, text: string): void {
  Annotations.of(scope).addWarningV2(`cdk-aurora-migrations:${code}`, text);
}
