import { readFile, stat } from 'node:fs/promises';
import type { SchemaFault, ValuePath } from '@foreshock/model/schema-faults';
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { type Fault, pathText } from './fault.ts';

/** 10,000 watches with 20 phrases each are about 8 MB. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;
/** A file may name one node this many times in all; more is an attempt to blow up the memory. */
const ALIASES_MAX = 100;

export interface YamlSource {
  readonly file: string;
  /** Plain data: maps, lists, strings, numbers, booleans, null. */
  readonly value: unknown;
  /** A fault at `path`; at the nearest parent that the file holds where the path itself does not stand in it. */
  readonly fault: (fault: SchemaFault & { readonly level?: Fault['level'] }) => Fault;
}

export type YamlRead =
  | { readonly ok: true; readonly source: YamlSource }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Reads one YAML 1.2 document (JSON is one too). `file` is how messages name it. */
export async function readYaml(file: string): Promise<YamlRead> {
  const unreadable = (reason: string, remedy?: string): YamlRead => ({
    ok: false,
    faults: [{ level: 'error', file, line: 1, column: 1, path: '', reason, ...(remedy ? { remedy } : {}) }],
  });
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > FILE_BYTES_MAX) return unreadable(`is ${size} bytes long; at most ${FILE_BYTES_MAX} are read`);
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT')
      return unreadable('there is no such file', 'config/example.yaml is one to start from');
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return unreadable('is not UTF-8 text');
    return unreadable(`cannot be read: ${code ?? String(error)}`);
  }
  return parseYaml(file, text);
}

export function parseYaml(file: string, text: string): YamlRead {
  const lines = new LineCounter();
  // The core schema knows no dates, no merge keys, no yes and no; custom tags are left unresolved and refused below.
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    strict: true,
    uniqueKeys: true,
    stringKeys: true,
    resolveKnownTags: false,
    lineCounter: lines,
    prettyErrors: false,
  });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const whole = { level: 'error', file, path: '' } as const;
  const broken = [...document.errors, ...document.warnings].map(
    (error): Fault => ({ ...whole, ...at(error.pos[0]), reason: inWords(error), ...remedyFor(error) }),
  );
  if (broken.length > 0) return { ok: false, faults: broken };

  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, faults: [{ ...whole, line: 1, column: 1, reason }] };
  }
  return {
    ok: true,
    source: {
      file,
      value,
      fault: (fault) => ({
        level: fault.level ?? 'error',
        file,
        ...at(offsetOf(document, fault.path, fault.at)),
        path: pathText(fault.path),
        reason: fault.reason,
        ...(fault.remedy === undefined ? {} : { remedy: fault.remedy }),
      }),
    },
  };
}

interface YamlProblem {
  readonly code: string;
  readonly message: string;
}

function inWords(problem: YamlProblem): string {
  if (problem.code === 'DUPLICATE_KEY') return 'this key stands twice in one map';
  return `is not valid YAML: ${problem.message.split('\n')[0]!.replace(/\.$/, '')}`;
}

function remedyFor(problem: YamlProblem): { remedy: string } | undefined {
  if (/reserved character [@`]/.test(problem.message)) return { remedy: 'put it in quotes: "@handle"' };
  if (/^Flow (sequence|map)/.test(problem.message))
    return { remedy: 'close the bracket; outside of quotes # starts a comment: write "#launch" in quotes' };
  if (problem.code === 'TAB_AS_INDENT') return { remedy: 'indent with spaces' };
  if (problem.code === 'TAG_RESOLVE_FAILED') return { remedy: 'leave the !tag away' };
  if (problem.code === 'MULTIPLE_DOCS') return { remedy: 'keep one document in a file: remove the --- line' };
  return undefined;
}

/** Where the node at `path` starts; for a missing one, the deepest of its parents that is there. */
function offsetOf(document: Document.Parsed, path: ValuePath, at: SchemaFault['at']): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const [index, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    const isLast = index === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (!pair) break;
      const key = pair.key as Node;
      offset = key.range?.[0] ?? offset;
      node = pair.value as Node | null;
      if (isLast && at === 'key') break;
    } else if (isSeq(node)) node = (node.items[Number(step)] as Node | undefined) ?? null;
    else break;
    if (!node) break;
    offset = node.range?.[0] ?? offset;
  }
  return offset;
}
