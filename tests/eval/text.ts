/**
 * `make eval-text`: how well the mood and the language of posts are understood, on posts that people labelled, with
 * other packages beside it in the same run. Prints figures only. `--json`: one object.
 */
import { parseArgs } from 'node:util';
import { languageOf } from '@foreshock/text/language';
import { classFigures, interval } from '@foreshock/text/model/figures';
import { sentimentOf } from '@foreshock/text/sentiment';
import { tokenize } from '@foreshock/text/tokens';
import { createUnderstanding } from '@foreshock/text/understand';
import { englishFit } from '../fit/english-folds.ts';
import { evaluateCopies } from './copies.ts';
import { evaluateIssues } from './issues.ts';
import { absentText, machineText, tableText } from './table.ts';
import { airlineTraining } from './text-airline.ts';
import { labelledPosts, ratedPosts } from './text-data.ts';
import { correlation } from './text-figures.ts';
import { labelOf, otherAnalysers } from './text-others.ts';

const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const RUNS = 5;
const SECONDS_PER_RUN = 0.4;

const tweets = ratedPosts('sentiment/vader_tweets_dev.jsonl');
const reviews = ratedPosts('sentiment/amazon_snippets_dev.jsonl');
const tweetEval = labelledPosts('sentiment/tweeteval_test_dev.jsonl');
const umsab = labelledPosts('sentiment/umsab_test_dev.jsonl');
const airline = await airlineTraining();
if (!tweets || !reviews || !tweetEval || !umsab || !airline)
  console.log(absentText('a set of labelled posts'));
else {
  const understander = createUnderstanding([]);
  const ratings = tweets.map(({ rating }) => rating);
  const truth = tweetEval.map(({ label }) => label);
  const others = otherAnalysers();

  const held = englishFit(tweets, reviews).heldOut();
  const r = {
    heldOut: correlation(held, ratings),
    interval: interval(held.length, (drawn) =>
      correlation(
        drawn.map((index) => held[index]!),
        drawn.map((index) => ratings[index]!),
      ),
    ),
  };
  const mood = [
    {
      name: 'foreshock',
      r: r.heldOut,
      rate: postsPerSecond((text) => sentimentOf(text, 'en')),
      ...classFigures(
        truth,
        tweetEval.map(({ text }) => sentimentOf(text, 'en').label),
      ),
    },
    {
      name: 'foreshock, language guessed',
      r: undefined,
      rate: undefined,
      ...classFigures(
        truth,
        tweetEval.map(({ text }) => understander.understand({ content: text }).sentiment.label),
      ),
    },
    ...others.map((other) => ({
      name: other.name,
      r: correlation(
        tweets.map(({ text }) => other.score(text)),
        ratings,
      ),
      rate: postsPerSecond((text) => other.score(text)),
      ...classFigures(
        truth,
        tweetEval.map(({ text }) => labelOf(other.score(text), other.neutralBelow)),
      ),
    })),
  ];

  const languages = [...new Set(umsab.map(({ language }) => language))].sort().map((language) => {
    const posts = umsab.filter((post) => post.language === language);
    const labels = posts.map(({ label }) => label);
    const declared = posts.map(({ text }) => sentimentOf(text, language).label);
    const guessed = posts.map(({ text }) => understander.understand({ content: text }));
    const covered = posts.filter((_, index) => guessed[index]!.sentiment.label !== 'unknown').length;
    return {
      language,
      posts: posts.length,
      supported: declared.some((label) => label !== 'unknown'),
      f1: classFigures(labels, declared).f1,
      f1Guessed: classFigures(
        labels,
        guessed.map(({ sentiment }) => sentiment.label),
      ).f1,
      coverage: covered / posts.length,
      identified:
        posts.filter(({ text }) => languageOf(undefined, text, tokenize(text)) === language).length /
        posts.length,
    };
  });
  const supported = languages.filter((one) => one.supported);
  const meanF1 = supported.reduce((sum, { f1 }) => sum + f1, 0) / supported.length;
  const known = umsab.filter(({ language }) => language !== 'hi');
  const guessed = known.map(({ text }) => languageOf(undefined, text, tokenize(text)));
  const identification = {
    accuracy: guessed.filter((language, index) => language === known[index]!.language).length / known.length,
    undetermined: guessed.filter((language) => language === 'und').length / known.length,
    rate: postsPerSecond((text) => languageOf(undefined, text, tokenize(text))),
  };

  if (options.json)
    console.log(
      JSON.stringify({
        machine: machineText(),
        mood: mood.map(({ byClass, ...figures }) => ({ ...figures, classes: Object.fromEntries(byClass) })),
        r,
        languages,
        meanF1,
        identification,
        airline,
      }),
    );
  else print();

  function print(): void {
    const share = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(3));
    const whole = (value: number | undefined): string =>
      value === undefined ? '–' : Math.round(value).toLocaleString('en');
    const range = ([low, high]: readonly [number, number]): string => `${share(low)}–${share(high)}`;
    console.log(`${machineText()}\n`);
    console.log(
      `English mood. r: ${tweets!.length} tweets rated by 20 people, Foreshock ten-fold cross-validated ` +
        `(95 %: ${range(r.interval)}).\nF1, recall: ${tweetEval!.length} TweetEval posts, means over three classes. ` +
        `posts/s: of one core, the score of a tweet, median of ${RUNS}.\n`,
    );
    console.log(
      tableText(
        ['', 'r', 'F1', 'recall', 'neg P', 'neg R', 'posts/s'],
        mood.map(({ name, byClass, ...one }) => [
          name,
          share(one.r),
          share(one.f1),
          share(one.recall),
          share(byClass.get('negative')!.precision),
          share(byClass.get('negative')!.recall),
          whole(one.rate),
        ]),
      ),
    );
    console.log(
      `\nUMSAB by language. F1: mean over three classes, the language declared; guessed: the language guessed too;\n` +
        `coverage: posts whose mood is not unknown, the language guessed. Mean F1 of those supported: ${share(meanF1)}\n`,
    );
    console.log(
      tableText(
        ['language', 'posts', 'F1', 'F1 guessed', 'coverage', 'language right'],
        languages.map((one) => [
          one.language,
          String(one.posts),
          one.supported ? share(one.f1) : 'unknown',
          one.supported ? share(one.f1Guessed) : 'unknown',
          share(one.coverage),
          share(one.identified),
        ]),
      ),
    );
    console.log(
      `\nLanguage, without Hindi: ${share(identification.accuracy)} right, ${share(identification.undetermined)} undetermined ` +
        `(counted wrong), ${whole(identification.rate)} posts/s, tokens included`,
    );
    const { sentiment, issue, untaughtSentiment, untaughtIssue } = airline!;
    console.log(
      `\nforeshock train on ${airline!.posts} airline posts: each airline judged by what the other three taught\n`,
    );
    console.log(
      tableText(
        ['', 'posts', 'accuracy', '95 %', 'F1', '95 %', 'untaught accuracy', 'F1'],
        [
          ['mood, 3 classes', sentiment, untaughtSentiment] as const,
          ['reason, 10 classes', issue, untaughtIssue] as const,
        ].map(([name, taught, untaught]) => [
          name,
          String(taught.rows),
          share(taught.accuracy),
          range(taught.accuracy95),
          share(taught.f1),
          range(taught.f1Interval95),
          share(untaught.accuracy),
          share(untaught.f1),
        ]),
      ),
    );
  }
}

if (!options.json) {
  console.log(`\n${evaluateIssues()}\n`);
  console.log(evaluateCopies());
}

/** Of one core, user and system time: the median of some runs over the rated tweets. */
function postsPerSecond(read: (text: string) => unknown): number {
  const rates: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const start = process.cpuUsage();
    let done = 0;
    for (let used = 0; used < SECONDS_PER_RUN; ) {
      for (const { text } of tweets!) read(text);
      done += tweets!.length;
      const { user, system } = process.cpuUsage(start);
      used = (user + system) / 1e6;
      if (used >= SECONDS_PER_RUN) rates.push(done / used);
    }
  }
  return rates.sort((a, b) => a - b)[RUNS >> 1]!;
}
