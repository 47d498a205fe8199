/** An instruction of a Containerfile; `words` without its flags. */
export interface Instruction {
  readonly line: number;
  readonly name: string;
  readonly flags: ReadonlyMap<string, string>;
  readonly words: readonly string[];
  /** All after the name, as it stands. */
  readonly text: string;
}

export interface BuildStage {
  readonly base: string;
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

const KNOWN = new Set(
  'FROM ARG RUN COPY WORKDIR ENV LABEL USER EXPOSE STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD'.split(' '),
);

/** The stages of a Containerfile. Throws on an instruction that nobody taught it: nothing may be skipped unseen. */
export function stagesOf(text: string): BuildStage[] {
  const stages: { base: string; name: string; instructions: Instruction[] }[] = [];
  for (const instruction of instructionsOf(text)) {
    if (!KNOWN.has(instruction.name))
      throw new Error(`line ${instruction.line}: ${instruction.name} is not understood here`);
    if (instruction.name === 'FROM') {
      const [base = '', , name = ''] = instruction.words;
      stages.push({ base, name, instructions: [] });
    } else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

function instructionsOf(text: string): Instruction[] {
  const found: Instruction[] = [];
  let open: { line: number; parts: string[] } | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(raw)) continue;
    open ??= { line: index + 1, parts: [] };
    open.parts.push(raw.replace(/\\$/, '').trim());
    if (raw.endsWith('\\')) continue;
    const [, name = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(open.parts.join(' ')) ?? [];
    const flags = [...rest.matchAll(/(?:^|\s)--([a-z-]+)=(\S+)/g)];
    const words = rest.split(/\s+/).filter((word) => !/^--[a-z-]+=/.test(word));
    found.push({
      line: open.line,
      name: name.toUpperCase(),
      flags: new Map(
        name.toUpperCase() === 'COPY' || name === 'HEALTHCHECK'
          ? flags.map(([, key, value]) => [key!, value!])
          : [],
      ),
      words,
      text: rest,
    });
    open = undefined;
  }
  return found;
}

/** Whether a path of the build context is kept out of it: the last pattern of the ignore file that fits decides. */
export function ignoredBy(ignoreFile: string): (path: string) => boolean {
  const rules = ignoreFile
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keep: line.startsWith('!'), fits: patternOf(line.replace(/^!/, '')) }));
  return (path) => rules.reduce((ignored, { keep, fits }) => (fits.test(path) ? !keep : ignored), false);
}

/** A pattern fits a path and everything below it. */
function patternOf(glob: string): RegExp {
  const source = glob
    .replaceAll(/[.+^$()|{}]/g, '\\$&')
    .replaceAll('**/', '\u0000')
    .replaceAll('*', '[^/]*')
    .replaceAll('\u0000', '(?:.*/)?');
  return new RegExp(`^${source}(?:/|$)`);
}
