/** A fenced block of a page. `line` is where its text begins. */
export interface Fence {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

export function fencesOf(page: string, text: string): Fence[] {
  const fences: Fence[] = [];
  let open: { language: string; line: number; lines: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^ *```(\w*)\s*$/.exec(line);
    if (!fence) open?.lines.push(line);
    else if (!open) open = { language: fence[1] ?? '', line: index + 2, lines: [] };
    else {
      const { language, lines } = open;
      fences.push({ page, line: open.line, language, text: lines.map((one) => `${one}\n`).join('') });
      open = undefined;
    }
  }
  return fences;
}

/** Targets of links and images, outside of fences and code. */
export function linksOf(text: string): string[] {
  const prose = text.replaceAll(/^ *```[\s\S]*?^ *```/gm, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
}

/** Anchors that the headings of a page have. */
export function slugsOf(text: string): Set<string> {
  const prose = text.replaceAll(/^ *```[\s\S]*?^ *```/gm, '');
  const headings = [...prose.matchAll(/^#+ +(.+)$/gm)].map(([, heading]) => heading!);
  return new Set(
    headings.map((heading) =>
      heading
        .trim()
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(/\s/g, '-'),
    ),
  );
}

/** A command that a page tells to type: `words` are what follows the program. */
export interface CommandLine {
  readonly page: string;
  readonly program: 'foreshock' | 'make' | 'other';
  readonly words: readonly string[];
}

/** The commands of a `sh` fence, those behind a pipe or an assignment included. Comments go. */
export function commandLines(fence: Fence): CommandLine[] {
  return fence.text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap((line) => line.replace(/(^|\s)#.*$/, '').split(/\||&&|;/))
    .map((part) => shellWords(part))
    .map((words) => words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word))))
    .filter((words) => words.length > 0)
    .map(([program = '', ...words]) => ({
      page: `${fence.page}:${fence.line}`,
      program: /^(bin\/)?foreshock$/.test(program) ? 'foreshock' : program === 'make' ? 'make' : 'other',
      words,
    }));
}

const shellWords = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"]+(?:'[^']*')?)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  );
