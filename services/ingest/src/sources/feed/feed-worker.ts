import { parentPort, workerData } from 'node:worker_threads';
import { decodeFeed } from './charset.ts';
import { readFeed } from './feed-document.ts';
import type { ReadingTask } from './feed-reader.ts';

/** The thread’s whole life: one document in, one answer out. */
const { body, contentType, url, itemsMax } = workerData as ReadingTask;
parentPort?.postMessage(readFeed(decodeFeed(body, contentType).text, url, itemsMax));
