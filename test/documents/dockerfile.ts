export interface Stage {
  readonly name: string;
  readonly from: string;
  readonly copies: readonly { readonly from: string | undefined; readonly sources: readonly string[] }[];
  readonly user: string | undefined;
}

/** The stages of a Dockerfile, as far as the tests look at them. */
export function stagesOf(text: string): Stage[] {
  return instructions(text)
    .join('\n')
    .split(/^(?=FROM )/m)
    .filter((stage) => stage.startsWith('FROM '))
    .map(stageOf);
}

/** The command of the HEALTHCHECK instruction. */
export function healthCommand(text: string): string[] {
  const found = instructions(text)
    .map((line) => /^HEALTHCHECK .*?CMD (\[.*\])$/.exec(line)?.[1])
    .find((command) => command !== undefined);
  if (found === undefined) throw new Error('there is no HEALTHCHECK with a command in JSON form');
  return JSON.parse(found) as string[];
}

function stageOf(text: string): Stage {
  const [, from, name] = /^FROM (\S+) AS (\S+)/.exec(text)!;
  const copies = Array.from(text.matchAll(/^COPY (?:--from=(\S+) )?(.+) \S+$/gm), ([, stage, sources]) => ({
    from: stage,
    sources: sources!.split(' '),
  }));
  return { name: name!, from: from!, copies, user: /^USER (\S+)/m.exec(text)?.[1] };
}

/** One line each: comments gone, continued lines joined. */
function instructions(text: string): string[] {
  const joined = text.replaceAll(/^#.*\n/gm, '').replaceAll(/\\\n\s*/g, '');
  return joined.split('\n').filter((line) => line.trim() !== '');
}
