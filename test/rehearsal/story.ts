import { textOf } from '../../rehearsal/template/json';
import type { CustomResourceCall, OperationResult, StackEvent } from '../../rehearsal/stack/stack-types';

/** What happened, one line an event: `Thing UPDATE_COMPLETE`, and `stack UPDATE_COMPLETE` for the stack itself. */
export function storyOf({ events }: OperationResult): readonly string[] {
  return events.map(lineOf);
}

/** The requests that a custom resource got: `Create a`, `Update a to b of fixture`. */
export function requestsIn(calls: readonly CustomResourceCall[]): readonly string[] {
  return calls.map(({ event }) => {
    const { RequestType: type, PhysicalResourceId: id, ResourceProperties: now, OldResourceProperties: old } = event;
    const values = old === undefined ? textOf(now.Value) : `${textOf(old.Value)} to ${textOf(now.Value)}`;
    return `${type} ${values}${id === undefined ? '' : ` of ${id}`}`;
  });
}

/** A listener, and the moment in which a line of the story happens. */
export function moment(line: string): { readonly listener: (event: StackEvent) => void; readonly come: Promise<void> } {
  let listener: (event: StackEvent) => void = () => undefined;
  const come = new Promise<void>((resolve) => {
    listener = (event) => {
      if (lineOf(event) === line) resolve();
    };
  });
  return { listener, come };
}

function lineOf({ kind, logicalId, status }: StackEvent): string {
  return `${kind === 'stack' ? 'stack' : logicalId} ${status}`;
}
