/**
 * `node tests/fit/language-grams.ts FOLDER`: makes the table of language detection anew from the npm package eld 2.1.0
 * (Apache-2.0), unpacked in FOLDER, for the languages below. The same package gives the same file.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gramHash, type LanguageGramsFile } from '@foreshock/text/language-grams';

const LANGUAGES = 'ar de en es fr it pt nl ca tr pl sv da no fi ro cs hu tl ms eu vi'.split(' ');
/** ELD keeps its weights less this. */
const WEIGHT_BASE = 53;

interface Package {
  readonly ngramsData: {
    readonly languages: Readonly<Record<string, string>>;
    readonly ngrams: Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
}

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('name the folder of the package eld');
const load = async (path: string): Promise<unknown> => import(pathToFileURL(`${folder}/${path}`).href);
const { dictionary } = (await load('src/dictionary.js')) as { dictionary: readonly string[] };
const { ngramsData } = (await load('src/ngrams/extrasmall.js')) as Package;

/** ELD writes a byte beyond ASCII as a sign of its own. */
const bytes = new Map<string, number>();
for (let byte = 128; byte < 256; byte++) {
  const sign = dictionary[byte];
  if (sign !== undefined && sign !== ' ') bytes.set(sign, byte);
}
const rows: { hash: number; typical: [number, number][] }[] = [];
for (const [gram, weights] of Object.entries(ngramsData.ngrams)) {
  const typical = Object.entries(weights).flatMap(([number, weight]): [number, number][] => {
    const language = LANGUAGES.indexOf(ngramsData.languages[number]!);
    return language < 0 ? [] : [[language, Math.min(255, weight + WEIGHT_BASE)]];
  });
  if (typical.length > 0)
    rows.push({ hash: gramHash([...gram].map((sign) => bytes.get(sign) ?? sign.charCodeAt(0))), typical });
}
rows.sort((a, b) => a.hash - b.hash);
const packed = Buffer.concat(
  rows.map(({ hash, typical }) => {
    const row = Buffer.alloc(5 + typical.length * 2);
    row.writeInt32LE(hash, 0);
    row[4] = typical.length;
    for (const [index, pair] of typical.entries()) row.set(pair, 5 + index * 2);
    return row;
  }),
);
const file: LanguageGramsFile = {
  format: 'foreshock-language-grams',
  version: 1,
  source: 'eld 2.1.0, extrasmall (Apache-2.0, Nito T.M.)',
  languages: LANGUAGES,
  grams: packed.toString('base64'),
};
const path = fileURLToPath(import.meta.resolve('@foreshock/text/language-grams').replace(/\.ts$/, '.json'));
writeFileSync(path, `${JSON.stringify(file)}\n`);
console.log(`${path}: ${rows.length} grams of ${LANGUAGES.length} languages, ${packed.length} bytes`);
