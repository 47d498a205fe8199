import { scoreSeries } from '@foreshock/detect/score';
import { CliFault, type ExitCode } from '../fault.ts';
import { inputOf } from '../input-file.ts';
import { type CountLine, readCounts } from '../replay/counts.ts';
import { progress, type Terminal } from '../terminal.ts';

/** `foreshock score FILE.csv`: counts in, the same rows with an anomaly score (0–1) out; causal, row by row. */
export async function scoreCommand(file: string, terminal: Terminal): Promise<ExitCode> {
  const input = await inputOf(file);
  const bar = progress(terminal, 'rows');
  const rows: CountLine[] = [];
  for await (const row of readCounts(input, file)) {
    rows.push(row);
    bar.at(rows.length);
  }
  bar.end();
  if (rows.length === 0) throw new CliFault(`${file}: no rows below the header timestamp,value`);
  const scores = scoreSeries(rows);
  const lines = rows.map((row, i) => `${row.timestamp},${row.valueText},${scores[i]!.toFixed(6)}\n`);
  terminal.out(`timestamp,value,anomaly_score\n${lines.join('')}`);
  return 0;
}
