/**
 * `make bench-kafka`: what the pipeline does over a real Kafka broker, with what it is compared to beside it in the same
 * run. It starts a broker of its own, or uses FORESHOCK_KAFKA. `--only produce,consume,…` for some parts, `--json` for
 * one line a figure.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { machine } from './figures.ts';
import { type Bed, makeBed } from './kafka/bed.ts';
import { measureConsume, tellConsume } from './kafka/consume.ts';
import { measureKafkaLatency, tellLatency } from './kafka/latency.ts';
import { measureProduce, tellProduce } from './kafka/produce.ts';
import { measureRestore, tellRestore } from './kafka/restore.ts';
import { measureScaling, tellScaling } from './kafka/scaling.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    mentions: { type: 'string', default: '40000' },
    watches: { type: 'string', default: '200' },
    /** Percent of the mentions that are about a watch. */
    shares: { type: 'string', default: '2,30,100' },
    partitions: { type: 'string', default: '6' },
    'restore-watches': { type: 'string', default: '800' },
    'restore-hours': { type: 'string', default: '6' },
    samples: { type: 'string', default: '100' },
    loads: { type: 'string', default: '100,1000,10000' },
  },
});
const rounds = Number(values.rounds);
const [mentions, watches, partitions] = [values.mentions, values.watches, values.partitions].map(Number) as [
  number,
  number,
  number,
];

type Part = (bed: Bed) => Promise<{ readonly figures: readonly object[]; readonly text: string }>;
const PARTS: Readonly<Record<string, Part>> = {
  async produce(bed) {
    const figures = await measureProduce(bed, { rounds, roundMs: 1_000 });
    return { figures, text: tellProduce(figures) };
  },
  async consume(bed) {
    const sizes = { mentions, watches, partitions };
    const shares = values.shares.split(',').map((percent) => Number(percent) / 100);
    const figures = await measureConsume(bed, { rounds, shares, ...sizes });
    return { figures, text: tellConsume(figures, sizes) };
  },
  async latency(bed) {
    const loads = values.loads.split(',').map(Number);
    const figures = await measureKafkaLatency(bed, { loads, samples: Number(values.samples), partitions });
    return { figures, text: tellLatency(figures) };
  },
  async restore(bed) {
    const figure = await measureRestore(bed, {
      rounds,
      watches: Number(values['restore-watches']),
      hours: Number(values['restore-hours']),
      partitions,
    });
    return { figures: [figure], text: tellRestore(figure) };
  },
  async scaling(bed) {
    const figures = await measureScaling(bed, { rounds: Math.min(rounds, 3), mentions, watches, partitions });
    return { figures, text: tellScaling(figures, availableParallelism()) };
  },
};

const wanted = values.only?.split(',') ?? Object.keys(PARTS);
const unknown = wanted.find((part) => !(part in PARTS));
if (unknown !== undefined) {
  process.stderr.write(`--only ${unknown}: there is no such part - write ${Object.keys(PARTS).join(', ')}\n`);
  process.exit(2);
}
const bed = await makeBed((line) => process.stderr.write(`${line}\n`));
const stopping = () => void bed.close().finally(() => process.exit(130));
process.once('SIGINT', stopping);
process.once('SIGTERM', stopping);
try {
  if (!values.json) process.stdout.write(`${machine()}; ${bed.about}; medians of ${rounds} rounds\n`);
  for (const part of wanted) {
    const { figures, text } = await PARTS[part]!(bed);
    if (values.json)
      for (const figure of figures)
        process.stdout.write(`${JSON.stringify({ ...figure, machine: machine() })}\n`);
    else process.stdout.write(`\n${text}\n`);
  }
} finally {
  await bed.close();
}
