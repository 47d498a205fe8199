import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { CliFault, type ExitCode } from './fault.ts';
import { systemTerminal as terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/**
 * The command line is a contract: results on stdout, everything else on stderr; 0 good, 1 found a problem, 2 wrong
 * usage. Verbs are loaded when they are called, so that the quick ones stay quick.
 */
const program = new Command('foreshock')
  .description('Early-warning social listening: mentions in, bursts found, people warned.')
  .version(VERSION)
  .showHelpAfterError('(foreshock --help lists the verbs)')
  .exitOverride();

let exitCode: ExitCode = 0;
/** The pipeline goes on when whoever read its output has left (`… | head`); every other verb is then done. */
let outlivesReader = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  if (!outlivesReader) process.exit(exitCode);
});
const verb = (run: () => Promise<ExitCode>): Promise<void> =>
  run().then((code) => {
    exitCode = code;
  });

const wholeNumber = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('write a whole number.');
  return Number(text);
};
const configOption = () => new Option('-c, --config <file>', 'the config file').default('foreshock.yaml');
const jsonOption = () => new Option('--json', 'machine-readable lines on stdout');
const portOption = () =>
  new Option('-p, --port <number>', 'port of the page and the API').argParser(wholeNumber);

program
  .command('run')
  .description('run the pipeline')
  .addOption(configOption())
  .option('--only <roles>', 'on Kafka, some roles only: ingest, detector, alerter, dashboard')
  .option('--log <driver>', 'the log: sqlite or kafka')
  .addOption(portOption())
  .action((options) =>
    verb(async () => {
      outlivesReader = true;
      return (await import('./commands/run.ts')).runCommand(options, terminal);
    }),
  );

program
  .command('demo')
  .description('play the bundled launch night into the real pipeline, in a throwaway store')
  .option('--seed <number>', 'another night', wholeNumber, 7)
  .option('--speed <times>', 'how much faster than it happened the evening is played', wholeNumber, 120)
  .addOption(portOption())
  .action((options) => verb(async () => (await import('./commands/demo.ts')).demoCommand(options, terminal)));

program
  .command('replay')
  .description('backtest recorded mentions in virtual time; reaches no receiver')
  .argument('<file...>', 'NDJSON or CSV, also .gz and .zst')
  .addOption(configOption())
  .option('--map <field=column,...>', 'columns of a CSV by the field they fill')
  .option('--timezone <zone>', 'zone of times that have none: an IANA name or +HH:MM', 'UTC')
  .option('--source <name>', 'source of rows that name none', 'replay')
  .option('--labels <file>', 'CSV watch,start,end: count found, missed, false, minutes to detect')
  .option('--against <file>', 'a second config: which incidents come and go, pages at night, minutes')
  .option(
    '--inject <what>',
    'watch=…,issue=…,people=5/10/20,minutes=60,share=1,growth=even: how big must it be?',
  )
  .addOption(jsonOption())
  .action((files, options) =>
    verb(async () => (await import('./commands/replay.ts')).replayCommand(files, options, terminal)),
  );

program
  .command('score')
  .description('timestamp,value in; timestamp,value,anomaly_score (0 to 1) out; causal')
  .argument('<file>', 'CSV of counts, or - for stdin')
  .action((file) => verb(async () => (await import('./commands/score.ts')).scoreCommand(file, terminal)));

program
  .command('analyze')
  .description('one post a line in; what is understood of it out, in the same order')
  .argument('[file]', 'plain text or NDJSON with content or text; - or nothing for stdin')
  .option('-c, --config <file>', 'also say which watches match')
  .option('--explain', 'also say why: phrases and their places, and what refused')
  .addOption(jsonOption())
  .action((file, options) =>
    verb(async () => (await import('./commands/analyze.ts')).analyzeCommand(file, options, terminal)),
  );

program
  .command('train')
  .description('learn from your own labels: judge what was learned, write the model that a config names')
  .argument('<labels>', 'CSV with a header, a post a row')
  .option('--text <column>', 'what the post says', 'text')
  .option('--sentiment <column>', 'negative, neutral or positive; empty: not said')
  .option('--issue <column>', 'the issue, “none” for none; empty: not said')
  .option('--group <column>', 'a brand, an author: rows that belong together are judged together')
  .option('--folds <number>', 'parts the rows are judged in', wholeNumber, 5)
  .option('-o, --out <file>', 'where the model goes', 'model.json')
  .option('-c, --config <file>', 'learn beside the issue packs of this config')
  .addOption(jsonOption())
  .action((file, options) =>
    verb(async () => (await import('./commands/train.ts')).trainCommand(file, options, terminal)),
  );

program
  .command('feedback')
  .description('the posts of incidents that people judged, as a CSV that train reads, on stdout')
  .addOption(configOption())
  .addOption(portOption())
  .action((options) =>
    verb(async () => (await import('./commands/feedback.ts')).feedbackCommand(options, terminal)),
  );

program
  .command('check')
  .description('validate a config: file:line:column, reason, remedy')
  .argument('<file>')
  .addOption(jsonOption())
  .action((file, options) =>
    verb(async () => (await import('./commands/check.ts')).checkCommand(file, options, terminal)),
  );

program
  .command('send')
  .description('send one post to a push source of a running Foreshock')
  .argument('<source>', 'name of the push source')
  .argument('<text...>', 'what the post says')
  .addOption(configOption())
  .option('--author <id>', 'who says it')
  .option('--id <id>', 'the post’s own id; the same id twice is one post')
  .addOption(portOption())
  .addOption(jsonOption())
  .action((source, text, options) =>
    verb(async () =>
      (await import('./commands/send.ts')).sendCommand(source, text.join(' '), options, terminal),
    ),
  );

program
  .command('test-alert')
  .description('send a test notice to one receiver, now')
  .argument('<receiver>', 'id of a receiver in the config')
  .addOption(configOption())
  .addOption(jsonOption())
  .action((receiver, options) =>
    verb(async () =>
      (await import('./commands/test-alert.ts')).testAlertCommand(receiver, options, terminal),
    ),
  );

program
  .command('explain')
  .description('recompute the verdict of an incident from its mentions')
  .argument('<incident>')
  .addOption(configOption())
  .addOption(portOption())
  .addOption(jsonOption())
  .action((incident, options) =>
    verb(async () => (await import('./commands/explain.ts')).explainCommand(incident, options, terminal)),
  );

program
  .command('erase')
  .description('remove the text of a post, or of everything an author wrote; counts stay')
  .option('--post <id>', 'mention id: source:instance:nativeId')
  .option('--author <id>', 'source:authorId')
  .addOption(configOption())
  .addOption(portOption())
  .addOption(jsonOption())
  .action((options) =>
    verb(async () => (await import('./commands/erase.ts')).eraseCommand(options, terminal)),
  );

const topics = program.command('topics').description('the topics of the log on a Kafka cluster');
topics
  .command('create')
  .description('make the topics, or give those that are there their settings')
  .addOption(configOption())
  .action((options) =>
    verb(async () => (await import('./commands/topics.ts')).topicsCreateCommand(options, terminal)),
  );
topics
  .command('list')
  .description('where each topic begins and ends, and how far its stage has read')
  .addOption(configOption())
  .addOption(jsonOption())
  .action((options) =>
    verb(async () => (await import('./commands/topics.ts')).topicsListCommand(options, terminal)),
  );
topics
  .command('copy')
  .description('move a stopped log to another place, with all it has learned')
  .requiredOption('--from <log>', 'sqlite:FILE or kafka:PREFIX')
  .requiredOption('--to <log>', 'sqlite:FILE or kafka:PREFIX, empty or a copy that was cut off')
  .option('--partitions <number>', 'another number of partitions; nothing may be under way', wholeNumber)
  .addOption(configOption())
  .action((options) =>
    verb(async () => (await import('./commands/topics.ts')).topicsCopyCommand(options, terminal)),
  );

program
  .command('doctor')
  .description('what this machine, the config and the store look like, and what is wrong')
  .addOption(configOption())
  .addOption(portOption())
  .addOption(jsonOption())
  .action((options) =>
    verb(async () => (await import('./commands/doctor.ts')).doctorCommand(options, terminal)),
  );

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    terminal.err(`foreshock: ${error instanceof Error ? error.message : String(error)}\n`);
    if (
      !(error instanceof CliFault) &&
      process.env['FORESHOCK_LOG_LEVEL'] === 'debug' &&
      error instanceof Error
    )
      terminal.err(`${error.stack}\n`);
    exitCode = error instanceof CliFault ? error.exitCode : 1;
  }
}
process.exitCode = exitCode;
