/** A CPU profile as Node writes it (`--cpu-prof`), as far as it is read here. */
export interface Profile {
  readonly nodes: readonly ProfileNode[];
  /** The node that was running, by sample. */
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children?: readonly number[];
}

export interface CallFrame {
  readonly functionName: string;
  /** Empty for what is not JavaScript. */
  readonly url: string;
}

/**
 * Names the part of a program that a moment belongs to.
 * @param stack from the running function outwards
 */
export type PartOf = (stack: readonly CallFrame[]) => string;

/**
 * The share of each part in the time in which the process did something.
 * @param seconds the last seconds of the profile count
 */
export function sharesOf(
  { nodes, samples, timeDeltas }: Profile,
  seconds: number,
  partOf: PartOf,
): Map<string, number> {
  const stacks = stacksOf(nodes);
  const times = new Map<string, number>();
  let left = seconds * 1e6;
  let busy = 0;
  for (let i = samples.length - 1; i >= 0 && left > 0; i -= 1) {
    const time = timeDeltas[i]!;
    left -= time;
    const stack = stacks.get(samples[i]!)!;
    if (stack[0]!.functionName === '(idle)') continue;
    busy += time;
    const part = partOf(stack);
    times.set(part, (times.get(part) ?? 0) + time);
  }
  return new Map(Array.from(times, ([part, time]) => [part, time / busy]));
}

function stacksOf(nodes: readonly ProfileNode[]): Map<number, readonly CallFrame[]> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const stacks = new Map<number, readonly CallFrame[]>();
  const add = (node: ProfileNode, above: readonly CallFrame[]): void => {
    const stack = [node.callFrame, ...above];
    stacks.set(node.id, stack);
    for (const id of node.children ?? []) add(byId.get(id)!, stack);
  };
  add(nodes[0]!, []);
  return stacks;
}
