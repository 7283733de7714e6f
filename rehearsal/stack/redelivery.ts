import type { StackSettings } from './context';
import type { Invocation } from '../function/function-types';
import type { Answer } from '../endpoints/response-checks';
import type { CustomResourceCall } from './stack-types';

/** What came of a request that was delivered once more. */
export interface Redelivery {
  readonly invocation: Invocation;
  /** Absent where it gave none. */
  readonly answer?: Answer;
}

/** Delivers a request to a custom resource once more. */
export async function redeliver(
  { cloud, endpoint }: Pick<StackSettings, 'cloud' | 'endpoint'>,
  { event, functionArn }: CustomResourceCall,
): Promise<Redelivery> {
  const { ResponseURL: url } = event;
  endpoint.allowAnother(url);
  const before = endpoint.answersTo(url).length;
  const invocation = await cloud.deliver(functionArn, event);
  return { invocation, answer: endpoint.answersTo(url)[before] };
}
