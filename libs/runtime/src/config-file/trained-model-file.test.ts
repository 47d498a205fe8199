import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { MODEL_BYTES_MAX, readTrainedModel } from './trained-model-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'foreshock-model-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const good = { format: 'foreshock-model', version: 1, languages: ['en'], packs: [], pieces: '' };
async function read(text: string, judge: () => string | undefined = () => undefined) {
  writeFileSync(join(folder, 'model.json'), text);
  const result = await readTrainedModel('model.json', folder, judge);
  return result.ok ? result.model : `${result.fault.path.join('.')}: ${result.fault.reason}`;
}

describe('the model that a config names', () => {
  test('is read beside the config', async () => {
    expect(await read(JSON.stringify(good))).toEqual(good);
    expect(await readTrainedModel(undefined, folder, () => 'never asked')).toEqual({
      ok: true,
      model: undefined,
    });
  });

  test.each([
    ['{', /^model: model\.json: is no JSON/],
    ['null', /is no model/],
    ['{"format":"onnx"}', /is no model/],
    [JSON.stringify({ ...good, version: 2 }), /is of version 2, this Foreshock reads 1/],
    [JSON.stringify({ ...good, languages: [] }), /languages/],
    [JSON.stringify({ ...good, more: 1 }), /more/],
    [' '.repeat(MODEL_BYTES_MAX + 1), /larger than/],
  ])('is refused as %.40j', async (text, reason) => {
    expect(await read(text)).toMatch(reason);
  });

  test('is refused where the program cannot use it, or it is not there', async () => {
    expect(await read(JSON.stringify(good), () => 'was made by another version')).toMatch(/another version/);
    const missing = await readTrainedModel('nothing.json', folder, () => undefined);
    expect(missing).toMatchObject({ ok: false, fault: { reason: expect.stringMatching(/ENOENT/) } });
  });
});
