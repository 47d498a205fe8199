import { afterEach, describe, expect, test } from 'vitest';
import { type FeedServer, startFeedServer } from '../fakes/feed-server.ts';
import { sharedBrokers } from '../kafka/cluster.ts';
import { kafkaNeed } from '../kafka/need.ts';
import { type RunningForeshock, until } from './foreshock-process.ts';
import { installOnKafka, type KafkaForeshock, metricOf } from './kafka-foreshock.ts';

const NAMES = ['north', 'south', 'east', 'west', 'inland', 'coast'];
const FEED = `<?xml version="1.0"?><rss version="2.0"><channel><title>shop</title><link>http://127.0.0.1/</link>
<description>news</description></channel></rss>`;

let feeds: FeedServer;
let installed: KafkaForeshock | undefined;
afterEach(async () => {
  await installed?.close();
  installed = undefined;
  await feeds?.close();
});

const runsIn = async ({ address }: RunningForeshock): Promise<string[]> => {
  const runs = await Promise.all(
    NAMES.map(async (name) =>
      (await metricOf(address, 'foreshock_source_connected', `source="${name}"`)) === 1 ? [name] : [],
    ),
  );
  return runs.flat();
};
const asked = (name: string): number =>
  feeds.requests.filter(({ path }) => path.startsWith(`/${name}`)).length;

describe.skipIf(kafkaNeed() === 'skip')('connectors over a cluster', () => {
  test('run each in one of two processes, and move to the other when theirs is killed', async () => {
    feeds = await startFeedServer();
    for (const name of NAMES)
      feeds.serve(`/${name}`, {
        body: FEED,
        conditional: false,
        headers: { 'content-type': 'application/rss+xml' },
      });
    installed = await installOnKafka({
      brokers: sharedBrokers(),
      learned: false,
      changes: {
        partitions: 6,
        sources: NAMES.map((name) => ({
          name,
          kind: 'feed',
          urls: [feeds.url(`/${name}`)],
          every: '10s',
          allowPrivateAddresses: true,
        })),
      },
    });
    const first = await installed.run('ingest');
    await until(async () => (await runsIn(first)).length === NAMES.length);
    const second = await installed.run('ingest');
    const shares = await until(async () => {
      const [ofFirst, ofSecond] = await Promise.all([runsIn(first), runsIn(second)]);
      return ofFirst.length > 0 && ofSecond.length > 0 && { ofFirst, ofSecond };
    });
    await until(async () => {
      const both = [...(await runsIn(first)), ...(await runsIn(second))].sort();
      return both.length === NAMES.length && both.every((name, index) => name === NAMES.toSorted()[index]);
    });

    await first.kill();
    await until(async () => (await runsIn(second)).length === NAMES.length);
    const before = new Map(NAMES.map((name) => [name, asked(name)]));
    await until(() => NAMES.every((name) => asked(name) > before.get(name)!));
    expect(shares.ofSecond.length).toBeLessThan(NAMES.length);
    // Asked to stop, it leaves them where the next one finds them.
    expect(await second.stop()).toBe(0);
  });
});
