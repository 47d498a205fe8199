import { setImmediate as turn } from 'node:timers/promises';
import { readJson } from '../../json-record.ts';
import { linesOf } from '../../lines.ts';
import { refusal } from '../../refusal.ts';
import { type Intake, RECORD_BYTES_MAX } from './intake.ts';
import { BodyError } from './request-body.ts';

/** One request brings at most so many records; a sender with more sends several requests. */
export const RECORDS_MAX = 100_000;

const tooMany = (): BodyError =>
  new BodyError(
    413,
    'too-many-records',
    `one request may bring ${RECORDS_MAX} records; send the rest in another`,
  );

/** One object or an array. A body that is no JSON at all is one refusal of the whole. */
export async function takeJson(body: Buffer, intake: Intake): Promise<void> {
  const read = readJson(body);
  if (!read.ok) {
    intake.refuse({ index: 0 }, read.refusal, () => body);
    return intake.flush();
  }
  const records: readonly unknown[] = Array.isArray(read.value) ? read.value : [read.value];
  if (records.length > RECORDS_MAX) throw tooMany();
  for (const [index, value] of records.entries()) {
    intake.add({ index }, { ok: true, value }, () => (Array.isArray(read.value) ? bytesOf(value) : body));
    if (!intake.full) continue;
    await intake.flush();
    // A long array must not keep other senders waiting.
    await turn();
  }
  return intake.flush();
}

/** The value’s JSON, or nothing where it is nested too deeply to be written. */
function bytesOf(value: unknown): Buffer | undefined {
  try {
    return Buffer.from(JSON.stringify(value) ?? '', 'utf8');
  } catch {
    return undefined;
  }
}

/** One record a line, taken as they arrive: what a chunk completed is durable before the next chunk is read. */
export async function takeLines(chunks: AsyncIterable<Uint8Array>, intake: Intake): Promise<void> {
  let records = 0;
  for await (const lines of linesOf(chunks, { lineBytesMax: RECORD_BYTES_MAX })) {
    for (const { line, bytes, tooLong } of lines) {
      records += 1;
      if (records > RECORDS_MAX) throw tooMany();
      const payload = () => bytes;
      if (tooLong)
        intake.refuse(
          { line },
          refusal('too-large', '', `is longer than ${RECORD_BYTES_MAX} bytes`),
          payload,
        );
      else intake.add({ line }, readJson(bytes), payload);
      if (intake.full) await intake.flush();
    }
    await intake.flush();
  }
}
